"""However the callback is used, the training goes on: what it cannot record it says, and only a wrong call raises."""

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import CollectorWarning, KerasCollector, open_collection

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers


def a_net() -> keras.Model:
    return keras.Sequential([keras.Input((5,)), layers.Dense(3, activation="softmax", name="out")])


def compiled(model: keras.Model | None = None) -> keras.Model:
    model = a_net() if model is None else model
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model


def by_hand(model: keras.Model, data: Any, callbacks: list[Any], *, tells_batches: bool) -> list[float]:
    """A loop of the user's own, with Keras's list of callbacks around it."""
    told = keras.callbacks.CallbackList(callbacks, model=model)
    told.on_train_begin()
    losses = []
    for number in range(3):
        part = slice(number * 8, number * 8 + 8)
        if tells_batches:
            told.on_train_batch_begin(number)
        losses.append(float(model.train_on_batch(data[0][part], data[1][part])))
        if tells_batches:
            told.on_train_batch_end(number, {"loss": losses[-1]})
    told.on_train_end()
    return losses


@pytest.mark.parametrize("is_built", [True, False], ids=["built", "unbuilt"])
@pytest.mark.parametrize("tells_batches", [True, False], ids=["with batches", "without"])
def test_that_a_loop_by_hand_trains_alike_and_is_recorded_or_says_why_not(
    path: Path, samples: Samples, tells_batches: bool, is_built: bool
) -> None:
    data = samples(24, 5)
    ends = []
    for collected in (False, True):
        keras.utils.set_random_seed(0)
        net = a_net() if is_built else keras.Sequential([layers.Dense(3, activation="softmax", name="out")])
        model = compiled(net)
        collector = KerasCollector(path, probe=(data[0][:4], data[1][:4]), interval=1)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            losses = by_hand(model, data, [collector] if collected else [], tells_batches=tells_batches)
        ends.append((losses, [each.tolist() for each in model.get_weights()]))

    assert ends[0] == ends[1]
    assert [each.category for each in told] == [CollectorWarning] * (not tells_batches)
    with open_collection(path) as collection:
        assert collection.finished
        if tells_batches:
            np.testing.assert_allclose(collection.series["loss"], ends[1][0], rtol=1e-6)
            assert collection.passes[1].layers["out"].weight_gradient is not None
        else:
            assert "No training step was seen" in collection.notes[0].text


@pytest.mark.parametrize("what", ["evaluate", "predict"])
def test_that_what_takes_no_steps_leaves_no_file_and_says_so_once(path: Path, samples: Samples, what: str) -> None:
    data, model = samples(8, 5), compiled()
    given = data if what == "evaluate" else data[:1]
    collector = KerasCollector(path, probe=(data[0][:4], None))

    with pytest.warns(CollectorWarning, match=f"`{what}` takes no training steps") as told:
        getattr(model, what)(*given, verbose=0, callbacks=[collector])
        getattr(model, what)(*given, verbose=0, callbacks=[collector])

    assert len(told) == 1
    assert not path.exists()


def test_that_a_callback_without_a_model_says_so(path: Path) -> None:
    collector = KerasCollector(path)
    with pytest.warns(CollectorWarning, match="the callback has no model"):
        collector.on_train_begin()
    for tell in (collector.on_train_batch_begin, collector.on_train_batch_end, collector.on_epoch_end):
        tell(0)
    collector.on_train_end()

    assert not path.exists()


class WithoutCall(keras.Model):
    """As autoencoders and rivals are often written: a training step, and no `call`."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = a_net()
        self.criterion = keras.losses.SparseCategoricalCrossentropy()

    def train_step(self, data: Any) -> dict[str, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = self.criterion(data[1], self.inner(data[0]))
        variables = self.inner.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"loss": loss}


def test_that_a_model_without_call_is_recorded_but_for_its_activations(path: Path, samples: Samples) -> None:
    data, model = samples(24, 5), WithoutCall()
    model.compile(keras.optimizers.SGD(0.1))
    collector = KerasCollector(path, probe=(data[0][:4], data[1][:4]), interval=1)

    with pytest.warns(CollectorWarning) as told:
        model.fit(*data, batch_size=8, verbose=0, callbacks=[collector])
    assert [str(each.message) for each in told] == [
        "Activations and connections are not recorded: the model could not run on the probe (NotImplementedError: "
        "Model WithoutCall does not have a `call()` method implemented.); where it is to be run otherwise, give "
        "probe_call=lambda model, inputs: …"
    ]

    with open_collection(path) as collection:
        assert len(collection.series["loss"]) == 3
        assert collection.passes[0].layers["sequential.out"].weight_gradient is not None


def test_that_a_model_without_call_is_run_on_the_probe_as_the_user_says(path: Path, samples: Samples) -> None:
    data, ends = samples(24, 5), []
    for is_recorded in (False, True):
        keras.backend.clear_session()
        keras.utils.set_random_seed(0)
        model = WithoutCall()
        model.compile(keras.optimizers.SGD(0.1))
        collector = KerasCollector(
            *(path,),
            probe=(data[0][:4], data[1][:4]),
            probe_call=lambda model, inputs: model.inner(2 * inputs),
            similarity=(data[0][:8], data[1][:8]),
            projection=(data[0][:8], data[1][:8]),
            interval=1,
        )
        first = model.inner(2 * data[0][:4]).numpy()
        model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=[collector] if is_recorded else [])
        ends.append([each.tolist() for each in model.get_weights()])

    assert ends[0] == ends[1]
    with open_collection(path) as collection:
        assert [each.text for each in collection.notes] == []
        out = collection.layers["sequential.out"]
        assert out.reads == ("input",)
        assert keras.ops.softmax(collection.passes[0].logits).numpy() == pytest.approx(first, rel=1e-5)
        assert [each.name for each in collection.flow] == ["input", "sequential.out", "output"]
        assert collection.projection.layers


def test_that_the_reason_why_a_model_cannot_run_is_the_models_own(path: Path, samples: Samples) -> None:
    class Fails(layers.Layer):
        def call(self, inputs: Any, training: Any = None) -> Any:
            if training is False:
                raise TypeError("it wants no probe")
            return inputs

    data = samples(8, 5)
    model = keras.Sequential([keras.Input((5,)), layers.Dense(3, name="out"), Fails()])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    with pytest.warns(CollectorWarning, match=r"\(TypeError: it wants no probe\)"):
        model.fit(*data, verbose=0, callbacks=[KerasCollector(path, probe=data)])


def test_that_layers_are_built_for_any_number_of_samples(path: Path, samples: Samples) -> None:
    class Built(layers.Dense):
        def build(self, input_shape: Any) -> None:
            self.built_for = input_shape
            super().build(input_shape)

    data, layer = samples(8, 5), Built(3, activation="softmax")
    model = compiled(keras.Sequential([layer]))
    with KerasCollector(path, probe=(data[0][:4], data[1][:4])) as collector:
        model.fit(*data, verbose=0, callbacks=[collector])

    assert layer.built_for == (None, 5)


def test_that_an_unbuilt_model_that_cannot_run_on_the_probe_still_trains(path: Path, samples: Samples) -> None:
    """Building it for the probe's number of samples would leave it with that."""

    class Fails(layers.Layer):
        def call(self, inputs: Any, training: Any = None) -> Any:
            if training is False:
                raise TypeError("it wants no probe")
            return inputs

    data, ends = samples(12, 5), []
    for collected in (False, True):
        keras.utils.set_random_seed(0)
        model = compiled(keras.Sequential([layers.Dense(3, activation="softmax", name="out"), Fails()]))
        collector = KerasCollector(path, probe=(data[0][:4], data[1][:4]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CollectorWarning)
            history = model.fit(*data, batch_size=8, verbose=0, callbacks=[collector] if collected else [])
        ends.append(history.history)

    assert ends[0] == ends[1]


def test_that_a_second_collector_of_a_model_ends_the_first_and_both_say_so(tmp_path: Path, samples: Samples) -> None:
    """As a cell of a notebook that is run again after it was interrupted."""
    data, model = samples(24, 5), compiled()

    class Interrupts(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                raise KeyboardInterrupt

    first, second = (KerasCollector(tmp_path / name, probe=(data[0][:4], None)) for name in ("1.json", "2.json"))
    with pytest.raises(KeyboardInterrupt):
        model.fit(*data, batch_size=8, verbose=0, callbacks=[first, Interrupts()])
    with pytest.warns(CollectorWarning, match="An earlier collector of the same model was still recording"):
        model.fit(*data, batch_size=8, verbose=0, callbacks=[second])

    assert not {"apply", "train_step"} & {*vars(model.optimizer), *vars(model)}
    with open_collection(tmp_path / "1.json") as one, open_collection(tmp_path / "2.json") as other:
        assert one.finished
        assert one.n_steps == 2
        assert "another collector was made of the same model" in one.notes[-1].text
        assert other.n_steps == 3


def test_that_the_same_cell_with_the_same_path_begins_the_file_anew(path: Path, samples: Samples) -> None:
    data = samples(24, 5)

    class Interrupts(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            raise KeyboardInterrupt

    kept = []
    for callbacks in ([Interrupts()], []):
        model = compiled()
        kept.append((model, KerasCollector(path, probe=(data[0][:4], None), overwrite=True)))
        if callbacks:
            with pytest.raises(KeyboardInterrupt):
                model.fit(*data, batch_size=8, verbose=0, callbacks=[kept[-1][1], *callbacks])
        else:
            with pytest.warns(CollectorWarning, match="for the same file was still recording"):
                model.fit(*data, batch_size=8, verbose=0, callbacks=[kept[-1][1]])

    with open_collection(path) as collection:
        assert collection.n_steps == 3
        assert not collection.damaged


def test_that_an_error_of_ours_in_words_of_others_never_reaches_the_training(
    path: Path, samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, model = samples(8, 5), compiled()

    def fail(*given: Any, **options: Any) -> Any:
        return np.zeros(3).reshape(2)

    monkeypatch.setattr("collector.keras.collector.describe_training", fail)
    with pytest.warns(CollectorWarning, match="Strobe could not begin to collect: ValueError: cannot reshape"):
        model.fit(*data, verbose=0, callbacks=[KerasCollector(path, probe=data)])
    assert model.optimizer.iterations == 1


@pytest.mark.parametrize("backend", ["torch"])
def test_that_another_backend_is_refused_in_words(path: Path, backend: str) -> None:
    script = f"from collector import KerasCollector; KerasCollector({str(path)!r})"
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 1
    last = run.stderr.strip().splitlines()[-1]
    assert last == (
        f"ValueError: Keras runs on {backend} here, and KerasCollector records it on TensorFlow alone: set "
        "KERAS_BACKEND=tensorflow before keras is first imported"
    )


def test_that_a_collector_of_torch_says_that_a_model_is_one_of_keras_and_trains_it(path: Path) -> None:
    script = f"""
import keras, torch, warnings
from collector import Collector
warnings.simplefilter("always")
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
optimizer = torch.optim.SGD(model.parameters(), 0.1)
with Collector(model, optimizer, {str(path)!r}, probe=(torch.ones(2, 5), None)) as collector:
    for _ in range(2):
        loss = model(torch.ones(2, 5)).sum()
        loss.backward()
        optimizer.step()
        collector.log(loss=loss)
"""
    environment = {**os.environ, "KERAS_BACKEND": "torch"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    with open_collection(path) as collection:
        assert len(collection.series["loss"]) == 2
        assert ["Keras model" in each.text for each in collection.notes] == [True]
    assert "CollectorWarning: " + collection.notes[0].text in run.stderr


def test_that_a_collector_that_has_recorded_a_training_says_nothing_of_a_prediction(
    path: Path, samples: Samples
) -> None:
    inputs, labels = samples(16, 5)
    model, collector = compiled(), KerasCollector(path, probe=(inputs[:4], labels[:4]))
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model.fit(inputs, labels, callbacks=[collector], verbose=0)
        model.predict(inputs, callbacks=[collector], verbose=0)
    assert [each for each in said if each.category is CollectorWarning] == []
