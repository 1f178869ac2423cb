"""A loop of the user's own is recorded as it trains, and trains as it would without."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import CollectorWarning, KerasCollector, open_collection

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers
criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def a_net() -> keras.Model:
    return keras.Sequential(
        [keras.Input((5,)), layers.Dense(4, activation="tanh", name="fc"), layers.Dense(3, name="out")]
    )


def batches(data: tuple[np.ndarray, np.ndarray]) -> Iterator[tuple[Any, Any]]:
    for start in range(0, len(data[0]), 8):
        yield tf.constant(data[0][start : start + 8]), tf.constant(data[1][start : start + 8])


def a_step(model: keras.Model, optimizer: Any, kept: list[Any]) -> Callable[[Any, Any], Any]:
    """One that keeps its gradients, and what the weights were and became."""

    def step(images: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = criterion(labels, model(images, training=True))
        variables = model.trainable_variables
        gradients = tape.gradient(loss, variables)
        before = [tf.identity(each.value) for each in variables]
        optimizer.apply_gradients(zip(gradients, variables, strict=True))
        kept.append((loss, gradients, before, [tf.identity(each.value) for each in variables]))
        return loss

    return step


@pytest.mark.parametrize("is_compiled", [True, False], ids=["graph", "eager"])
def test_that_a_loop_by_hand_has_the_arrays_that_were_kept_and_trains_alike(
    path: Path, samples: Samples, is_compiled: bool
) -> None:
    data = samples(40, 5)
    ends, kept = [], []
    for is_recorded in (False, True):
        keras.utils.set_random_seed(0)
        model, optimizer = a_net(), keras.optimizers.Adam(0.1)
        step = tf.function(lambda x, y, m=model, o=optimizer: whole(m, o, x, y)) if is_compiled else None
        kept = []
        step = step or a_step(model, optimizer, kept)
        losses = []
        if not is_recorded:
            losses += [float(step(*batch)) for batch in batches(data)]
        else:
            probe = (data[0][:4], data[1][:4])
            with KerasCollector(path, model=model, optimizer=optimizer, probe=probe, interval=1) as collector:
                for batch in batches(data):
                    loss = step(*batch)
                    losses.append(float(loss))
                    collector.step(loss, half=loss / 2)
        ends.append((losses, [each.tolist() for each in model.get_weights()]))

    assert ends[0] == ends[1]
    assert "apply" not in vars(optimizer)
    with open_collection(path) as collection:
        np.testing.assert_array_equal(collection.series["loss"], np.array(losses, np.float32))
        np.testing.assert_array_equal(collection.series["half"], np.array(losses, np.float32) / 2)
        assert [each.step for each in collection.passes] == [0, 1, 2, 3, 4, 5]
        assert [each.text for each in collection.notes] == []
        recorded = [collection.passes[number].layers["fc"] for number in range(5)]
        assert collection.series["learning_rate"].tolist() == [np.float32(0.1)] * 5
        for number, (_, gradients, before, after) in enumerate(kept):
            np.testing.assert_array_equal(recorded[number].weight, before[0].numpy().T)
            np.testing.assert_array_equal(recorded[number].weight_gradient, gradients[0].numpy().T)
            np.testing.assert_array_equal(recorded[number].weight_update, (after[0] - before[0]).numpy().T)
        if is_compiled:
            np.testing.assert_array_equal(recorded[1].weight, recorded[0].weight + recorded[0].weight_update)
            assert all(np.any(each.weight_gradient) for each in recorded)


def whole(model: keras.Model, optimizer: Any, images: Any, labels: Any) -> Any:
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(images, training=True))
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return loss


def test_that_two_optimizers_of_one_step_are_recorded_each(path: Path, samples: Samples) -> None:
    data = samples(24, 5)

    class Rivals(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.maker = keras.Sequential([keras.Input((2,)), layers.Dense(5, name="makes")], name="maker")
            self.judge = keras.Sequential([keras.Input((5,)), layers.Dense(1, name="judges")], name="judge")

    rivals = Rivals()
    of_judge, of_maker = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.2)
    own = keras.losses.BinaryCrossentropy(from_logits=True)

    @tf.function
    def judged(real: Any, noise: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = own(tf.ones((8, 1)), rivals.judge(real)) + own(tf.zeros((8, 1)), rivals.judge(rivals.maker(noise)))
        variables = rivals.judge.trainable_variables
        of_judge.apply(tape.gradient(loss, variables), variables)
        return loss

    @tf.function
    def made(noise: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = own(tf.ones((8, 1)), rivals.judge(rivals.maker(noise)))
        variables = rivals.maker.trainable_variables
        of_maker.apply(tape.gradient(loss, variables), variables)
        return loss

    noise = tf.constant(samples(8, 2)[0])
    collector = KerasCollector(
        *(path,),
        model=rivals,
        optimizer={"judge": of_judge, "maker": of_maker},
        probe=(noise[:4], None),
        probe_call=lambda rivals, inputs: rivals.judge(rivals.maker(inputs)),
        interval=1,
    )
    with collector:
        for number, (images, _) in enumerate(batches(data)):
            d_loss = judged(images, noise)
            g_loss = made(noise) if number != 1 else 0.0
            collector.step(d_loss=d_loss, g_loss=g_loss)

    with open_collection(path) as collection:
        assert {"d_loss", "g_loss"} <= set(collection.series)
        assert collection.series["learning_rate/group1"][0] == np.float32(0.2)
        assert collection.series[f"updates/{of_judge.name}"].tolist() == [1, 2, 3]
        assert collection.series[f"updates/{of_maker.name}"].tolist() == [1, 1, 2]
        first, second = (collection.passes[number].layers for number in (0, 1))
        assert first["maker.makes"].activation.shape == (4, 5)
        assert np.any(first["maker.makes"].weight_gradient)
        assert second["maker.makes"].weight_gradient is None
        assert not np.any(second["maker.makes"].weight_update)
        assert np.any(second["judge.judges"].weight_gradient)
        assert collection.layers["judge.judges"].reads == ("maker.makes",)


def test_that_steps_of_train_on_batch_are_seen_without_a_word(path: Path, samples: Samples) -> None:
    data, ends, given = samples(24, 5), [], []
    for is_recorded in (False, True):
        keras.utils.set_random_seed(0)
        model = a_net()
        model.compile(keras.optimizers.SGD(0.1), criterion, metrics=["accuracy"])
        losses = []
        if is_recorded:
            with KerasCollector(path, model=model, probe=(data[0][:4], data[1][:4]), interval=1) as collector:
                for number, batch in enumerate(batches(data)):
                    losses.append(model.train_on_batch(*batch)[0])
                    if number:
                        collector.step(losses[-1], twice=2.0 * number)
                collector.end_epoch(test_loss=0.5)
        else:
            losses += [model.train_on_batch(*batch)[0] for batch in batches(data)]
        given = [float(each) for each in losses]
        ends.append((given, [each.tolist() for each in model.get_weights()]))

    assert ends[0] == ends[1]
    with open_collection(path) as collection:
        np.testing.assert_allclose(collection.series["loss"], given, rtol=1e-6)
        assert len(collection.series["accuracy"]) == 3
        np.testing.assert_array_equal(collection.series["twice"], [np.nan, 2, 4])
        assert [each.step for each in collection.passes] == [0, 1, 2, 3]
        assert collection.passes[0].layers["fc"].weight_gradient is not None
        assert collection.epochs[0].metrics == {"test_loss": 0.5}


def test_that_a_function_that_was_made_before_the_collector_is_told_of(path: Path, samples: Samples) -> None:
    data = samples(24, 5)
    model, optimizer = a_net(), keras.optimizers.SGD(0.1)
    step = tf.function(lambda images, labels: whole(model, optimizer, images, labels))
    step(*next(batches(data)))
    with (
        pytest.warns(CollectorWarning, match="make the collector before that is first called"),
        KerasCollector(path, model=model, optimizer=optimizer, interval=1) as collector,
    ):
        for batch in batches(data):
            collector.step(step(*batch))

    with open_collection(path) as collection:
        layer = collection.passes[0].layers["fc"]
        assert layer.weight_gradient is None
        assert np.any(layer.weight_update)


def test_that_a_wrong_call_is_told_in_words(path: Path) -> None:
    for options, words in (
        ({"model": layers.Dense(2)}, "model is of type Dense; give a keras.Model"),
        ({"optimizer": keras.optimizers.SGD()}, "give the model too"),
        ({"model": a_net(), "optimizer": "sgd"}, "optimizer is of type str"),
        ({"probe_call": 3}, "probe_call is of type int"),
    ):
        with pytest.raises(ValueError, match=words):
            KerasCollector(path, **options)
    with pytest.raises(ValueError, match="make the collector with its model"):
        KerasCollector(path).step(1.0)
    assert not path.exists()


def test_that_a_value_that_is_no_number_is_a_note(path: Path) -> None:
    with (
        pytest.warns(CollectorWarning) as told,
        KerasCollector(path, model=a_net(), optimizer=keras.optimizers.SGD()) as collector,
    ):
        collector.step(tf.ones((2, 2)))
    assert "logging 'loss'" in str(told[0].message)


def test_that_clocks_count_from_where_the_run_began(path: Path, samples: Samples) -> None:
    inputs, labels = samples(8, 5)
    model = keras.Sequential([keras.Input((5,)), layers.Dense(4, name="fc1"), layers.Dense(3, name="fc2")])
    often, seldom = keras.optimizers.SGD(0.1, name="often"), keras.optimizers.SGD(0.1, name="seldom")

    def update(optimizer: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, model(inputs))
        variables = model.trainable_variables[:2] if optimizer is often else model.trainable_variables[2:]
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    update(often)
    with KerasCollector(path, model=model, optimizer=[often, seldom], probe=(inputs, labels)) as collector:
        for number in range(6):
            loss = update(often)
            if number % 3 == 2:
                loss = update(seldom)
            collector.step(loss)
    with open_collection(path) as collection:
        assert collection.series["updates/often"].tolist() == [1, 2, 3, 4, 5, 6]
        assert collection.series["updates/seldom"].tolist() == [0, 0, 1, 1, 1, 2]
