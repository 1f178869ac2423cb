"""Training steps of any kind: each ends the same with and without the collector, and is recorded or says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import CollectorWarning, KerasCollector, open_collection
from collector.capture.insight_options import InsightOptions
from collector.keras.optimizer_hooks import OptimizerHooks
from collector.keras.optimizers import Optimizers
from collector.storage import Collection

layers = keras.layers
optimizers = keras.optimizers

N, SIZE = 24, 8
INPUTS = np.random.default_rng(0).normal(size=(N, 5)).astype(np.float32)
LABELS = np.random.default_rng(1).integers(0, 3, N)
LOSS = "sparse_categorical_crossentropy"
CLOSE = {"rtol": 1e-4, "atol": 1e-6}


def small() -> keras.Model:
    last = layers.Dense(3, activation="softmax", name="fc2", dtype="float32")
    return keras.Sequential([keras.Input((5,)), layers.Dense(7, activation="relu", name="fc1"), last])


def fit(model: keras.Model, callbacks: list[Any], **more: Any) -> dict[str, list[float]]:
    options = {"batch_size": SIZE, "epochs": 2, "shuffle": False, "verbose": 0} | more
    return dict(model.fit(INPUTS, LABELS, callbacks=callbacks, **options).history)


def a_collector(path: Path, **options: Any) -> KerasCollector:
    given = {"probe": (INPUTS[:4], LABELS[:4]), "interval": 1, "insight": InsightOptions(interval=1)}
    return KerasCollector(path, **(given | options))


@pytest.fixture
def both(path: Path) -> Callable[..., Collection]:
    """Trains a model without and with the collector, which must end alike; gives what was recorded."""

    def train(
        make: Callable[[], keras.Model], *, fitting: Callable[..., Any] = fit, tolerance: float = 0.0, **options: Any
    ) -> Collection:
        ends = []
        for callbacks in ([], [a_collector(path, **options)]):
            keras.backend.clear_session()
            keras.utils.set_random_seed(0)
            model = make()
            history = fitting(model, callbacks)
            moved = [*model.variables, *(each for one in Optimizers(model) for each in one.variables)]
            values = [tf.cast(each.value, tf.float64).numpy() for each in moved]
            ends.append([*map(np.array, history.values()), *values])
            for each in (*Optimizers(model), *model.metrics):
                assert not {"apply", "update_state"} & set(vars(each)), "the wrappers are taken off"
        for one, other in zip(*ends, strict=True):
            np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)
        return open_collection(path)

    return train


def compiled(**options: Any) -> keras.Model:
    model = small()
    model.compile(**({"optimizer": optimizers.SGD(0.1), "loss": LOSS} | options))
    return model


def norms(collection: Collection, kind: str) -> np.ndarray:
    return np.asarray(collection.series[f"{kind}_norm/total"])


@pytest.mark.parametrize(("policy", "tolerance"), [("mixed_float16", 1e-2), ("mixed_bfloat16", 2e-2)])
def test_that_any_precision_trains_alike_and_gradients_are_those_of_the_step(
    both: Callable[..., Collection], policy: str, tolerance: float
) -> None:
    def make() -> keras.Model:
        keras.config.set_dtype_policy(policy)
        try:
            return compiled()
        finally:
            keras.config.set_dtype_policy("float32")

    with both(make) as collection:
        np.testing.assert_allclose(0.1 * norms(collection, "gradient"), norms(collection, "update"), rtol=tolerance)
        told = [note.text for note in collection.notes]
        scaled = "Gradients are recorded with the factor of the loss scaling taken out."
        assert told == ([scaled] if policy == "mixed_float16" else [])


def test_that_a_step_compiled_by_xla_trains_alike(both: Callable[..., Collection]) -> None:
    """Keeping the gradients may change what XLA makes of a step, so that the last bits may differ."""
    with both(lambda: compiled(jit_compile=True), tolerance=1e-5) as collection:
        np.testing.assert_allclose(0.1 * norms(collection, "gradient"), norms(collection, "update"), rtol=1e-4)
        assert "last bits" in collection.notes[0].text


def test_that_clipped_gradients_are_those_before_it(both: Callable[..., Collection]) -> None:
    with both(lambda: compiled(optimizer=optimizers.SGD(0.1, clipvalue=1e-3))) as collection:
        assert (norms(collection, "update") < 0.05 * norms(collection, "gradient")).all()
        assert "before it clips them (clipvalue 0.001)" in collection.notes[0].text


def test_that_gathered_gradients_are_those_of_each_step(both: Callable[..., Collection]) -> None:
    optimizer = lambda: optimizers.SGD(0.1, gradient_accumulation_steps=2)  # noqa: E731
    with both(lambda: compiled(optimizer=optimizer())) as collection:
        assert (norms(collection, "gradient") > 0).all()
        assert (norms(collection, "update") > 0).tolist() == [False, True] * 3
        first, second = (collection.passes[number].layers["fc2"] for number in (0, 1))
        mean = (first.weight_gradient + second.weight_gradient) / 2
        np.testing.assert_allclose(second.weight_update, -0.1 * mean, **CLOSE)
        assert "gathers the gradients of 2 steps" in collection.notes[0].text


def test_that_a_step_whose_scaled_gradients_overflow_is_recorded_as_it_was(both: Callable[..., Collection]) -> None:
    scaled = lambda: optimizers.LossScaleOptimizer(optimizers.SGD(0.1), initial_scale=2.0**127)  # noqa: E731
    with both(lambda: compiled(optimizer=scaled(), loss_weights=[16.0])) as collection:
        gradient, update = norms(collection, "gradient"), norms(collection, "update")
        skipped = ~np.isfinite(gradient)
        assert skipped[0], "16 times that is infinite"
        assert not update[skipped].any()
        np.testing.assert_allclose(update[~skipped], 0.1 * gradient[~skipped], rtol=1e-3)


def test_that_an_average_put_in_the_weights_place_is_part_of_the_update(both: Callable[..., Collection]) -> None:
    averaged = lambda: optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)  # noqa: E731
    with both(lambda: compiled(optimizer=averaged())) as collection:
        for number in range(5):
            now, later = (collection.passes[each].layers["fc2"] for each in (number, number + 1))
            np.testing.assert_allclose(now.weight + now.weight_update, later.weight, **CLOSE)
        ratio = norms(collection, "update") / norms(collection, "gradient")
        np.testing.assert_allclose(ratio[[0, 2, 4]], 0.1, rtol=1e-4)
        assert (np.abs(ratio[[1, 3, 5]] - 0.1) > 1e-3).all()
        assert "and after each 2 steps, which is part of the update of those" in collection.notes[0].text


class OwnUpdate(keras.Model):
    """Moves its weights without any optimizer."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = small()

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs)

    def train_step(self, data: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            loss = self.compute_loss(data[0], data[1], self(data[0], training=True))
        for variable, gradient in zip(
            self.trainable_variables, tape.gradient(loss, self.trainable_variables), strict=True
        ):
            variable.assign_sub(0.1 * gradient)
        return {"loss": loss}


def test_that_a_step_that_calls_no_optimizer_is_told_and_has_no_gradients(both: Callable[..., Collection]) -> None:
    def make() -> keras.Model:
        model = OwnUpdate()
        model.compile("sgd", LOSS)
        return model

    with pytest.warns(CollectorWarning, match="No gradient was seen in the first steps"):
        collection = both(make)
    with collection:
        first = collection.passes[0].layers["sequential.fc2"]
        assert first.weight_gradient is None
        assert first.weight_update.any()
        assert len(collection.series["loss"]) == 6
        assert "learning_rate" not in collection.series
        assert [note.step for note in collection.notes] == [1], "once, after the first two passes"


def test_that_a_training_too_short_to_expect_gradients_is_told_at_its_end_that_there_were_none(path: Path) -> None:
    model = OwnUpdate()
    model.compile("sgd", LOSS)

    with pytest.warns(CollectorWarning, match="No gradient was seen in the first steps"):
        fit(model, [a_collector(path)], batch_size=N, epochs=1)


class Rivals(keras.Model):
    """A generator and a discriminator, each with an optimizer of its own."""

    def __init__(self) -> None:
        super().__init__()
        first = layers.Dense(6, activation="relu", name="hidden")
        self.generator = keras.Sequential([keras.Input((5,)), first, layers.Dense(4, name="made")], name="generator")
        self.judge = keras.Sequential([keras.Input((4,)), layers.Dense(1, name="verdict")], name="judge")
        self.criterion = keras.losses.BinaryCrossentropy(from_logits=True)

    def compile(self, **chosen: Any) -> None:
        super().compile(optimizer=None)
        self.of_generator, self.of_judge = chosen["generator"], chosen["judge"]

    def call(self, inputs: Any) -> Any:
        return self.judge(self.generator(inputs))

    def train_step(self, data: Any) -> dict[str, Any]:
        noise, real = data[0], data[0][:, :4]
        with tf.GradientTape() as tape:
            false = self.criterion(tf.zeros((SIZE, 1)), self(noise))
            judged = false + self.criterion(tf.ones((SIZE, 1)), self.judge(real))
        weights = self.judge.trainable_weights
        self.of_judge.apply_gradients(zip(tape.gradient(judged, weights), weights, strict=True))
        with tf.GradientTape() as tape:
            fooled = self.criterion(tf.ones((SIZE, 1)), self(noise))
        weights = self.generator.trainable_weights
        self.of_generator.apply_gradients(zip(tape.gradient(fooled, weights), weights, strict=True))
        return {"judge_loss": judged, "generator_loss": fooled}


def test_that_each_of_two_optimizers_is_recorded(both: Callable[..., Collection]) -> None:
    def make() -> keras.Model:
        model = Rivals()
        model.compile(generator=optimizers.SGD(0.1, name="of_generator"), judge=optimizers.SGD(0.3, name="of_judge"))
        return model

    with both(make) as collection:
        for layer, rate in (("generator.hidden", 0.1), ("generator.made", 0.1), ("judge.verdict", 0.3)):
            arrays = collection.passes[3].layers[layer]
            np.testing.assert_allclose(arrays.weight_update, -rate * arrays.weight_gradient, **CLOSE)
        np.testing.assert_allclose(collection.series["learning_rate"], 0.1, rtol=1e-6)
        np.testing.assert_allclose(collection.series["learning_rate/group1"], 0.3, rtol=1e-6)
        assert {"judge_loss", "generator_loss"} < set(collection.series)
        assert collection.run.optimizer == "SGD, SGD"
        assert collection.series["updates/of_judge"].tolist() == [1, 2, 3, 4, 5, 6]
        assert "learning_rate is that of of_generator, learning_rate/group1 is that of of_judge" in [
            note.text.rstrip(".").partition(": ")[2] for note in collection.notes
        ]


class EachSecond(keras.Model):
    """Applies its gradients at each second step only, inside the graph or outside of it."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = small()
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, dtype="int32", name="count")

    def call(self, inputs: Any) -> Any:
        return self.inner(inputs)

    def train_step(self, data: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            loss = self.compute_loss(data[0], data[1], self(data[0], training=True))
        variables = self.trainable_variables
        gradients = tape.gradient(loss, variables)
        self.count.assign_add(1)

        def apply() -> bool:
            self.optimizer.apply(gradients, variables)
            return True

        tf.cond(self.count.value % 2 == 1, apply, lambda: False)
        return {"loss": loss}


@pytest.mark.parametrize("eagerly", [False, True])
def test_that_a_step_that_applies_nothing_has_no_gradient_left_over(
    both: Callable[..., Collection], eagerly: bool
) -> None:
    def make() -> keras.Model:
        model = EachSecond()
        model.compile(optimizers.SGD(0.1), LOSS, run_eagerly=eagerly)
        model.optimizer.build(model.inner.trainable_variables)
        return model

    with both(make) as collection:
        arrays = [collection.passes[number].layers["sequential.fc2"] for number in range(6)]
        assert [each.weight_gradient is not None for each in arrays] == [True, False] * 3
        assert [each.weight_update.any() for each in arrays] == [True, False] * 3
        np.testing.assert_allclose(arrays[2].weight_update, -0.1 * arrays[2].weight_gradient, **CLOSE)


def test_that_a_layer_that_the_loss_does_not_depend_on_is_told(both: Callable[..., Collection]) -> None:
    def make() -> keras.Model:
        inputs = keras.Input((5,))
        aside = layers.Dense(2, name="aside")(inputs)
        out = layers.Dense(3, activation="softmax", name="out")(inputs)
        model = keras.Model(inputs, [out, aside])
        model.compile(optimizers.SGD(0.1), [LOSS, None])
        return model

    with pytest.warns(UserWarning) as told:
        collection = both(make)
    assert any("No gradient reached aside.weight and aside.bias" in str(each.message) for each in told)
    with collection:
        assert collection.passes[0].layers["aside"].weight_gradient is None
        assert not collection.passes[0].layers["aside"].weight_update.any()
        assert collection.passes[0].layers["out"].weight_gradient is not None


def thawed(model: keras.Model, callbacks: list[Any]) -> dict[str, Any]:
    """Fine-tuning as Keras's guide has it: freeze, fit, thaw, compile anew, fit."""
    model.get_layer("fc1").trainable = False
    model.compile(optimizers.SGD(0.1), LOSS)
    first = fit(model, callbacks, epochs=1)
    model.get_layer("fc1").trainable = True
    model.compile(optimizers.Adam(0.01), LOSS)
    return {**first, "after": fit(model, callbacks, epochs=1)["loss"]}


def test_that_a_model_that_is_thawed_and_compiled_anew_goes_on_and_says_so(both: Callable[..., Collection]) -> None:
    with both(small, fitting=thawed) as collection:
        assert collection.passes.steps.tolist() == list(range(7))
        gradients = [collection.passes[number].layers["fc1"].weight_gradient is not None for number in range(6)]
        assert gradients == [False] * 3 + [True] * 3
        assert [note.text for note in collection.notes] == [
            "The model was compiled anew before step 3; its optimizer is Adam.",
            "Trained from step 3 on, and not before: fc1.weight and fc1.bias.",
            "A gradient comes to fc1: first seen at step 3, none at step 2.",
        ]
        np.testing.assert_allclose(collection.series["learning_rate"], [0.1] * 3 + [0.01] * 3, rtol=1e-6)
        last = collection.passes[5].layers
        weights = [getattr(last[layer], kind) for layer in ("fc1", "fc2") for kind in ("weight", "bias")]
        assert norms(collection, "weight")[5] == pytest.approx(np.sqrt(sum((each**2).sum() for each in weights)))


class CompileAnew(keras.callbacks.Callback):
    """Takes another optimizer in the midst of a `fit`."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if epoch == 0:
            self.model.compile(optimizers.SGD(0.3), LOSS)
            self.model.make_train_function()


def test_that_an_optimizer_replaced_in_mid_run_is_followed(both: Callable[..., Collection]) -> None:
    def fitting(model: keras.Model, callbacks: list[Any]) -> dict[str, Any]:
        model.compile(first := optimizers.SGD(0.1), LOSS)
        history = fit(model, [*callbacks, CompileAnew()])
        assert "apply" not in vars(first), "the wrappers are taken off the one that went, too"
        return history

    with both(small, fitting=fitting) as collection:
        np.testing.assert_allclose(collection.series["learning_rate"], [0.1] * 3 + [0.3] * 3, rtol=1e-6)
        for number, rate in ((2, 0.1), (3, 0.3), (5, 0.3)):
            arrays = collection.passes[number].layers["fc1"]
            np.testing.assert_allclose(arrays.weight_update, -rate * arrays.weight_gradient, **CLOSE)
        assert collection.notes[0].text == "The model was compiled anew before step 3; its optimizer is SGD."


def test_that_a_failure_of_ours_inside_the_step_does_not_reach_it(
    both: Callable[..., Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: Any) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(OptimizerHooks, "keep", fail)
    with pytest.warns(CollectorWarning, match="Strobe failed while keeping the gradients of a step"):
        collection = both(compiled)
    with collection:
        assert len(collection.series["loss"]) == 6
        assert collection.passes[0].layers["fc1"].weight_gradient is None
