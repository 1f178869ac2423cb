"""The faults that are planted with Keras too, each in a training whose healthy twin is the same without it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn import datasets

from tests.faults.keras_training import Data, KerasTraining, run
from tests.faults.training import case

import keras  # isort: skip - started quietly by the module above

__all__ = ["CASES", "run"]

ONSET = 150
CROSS_ENTROPY = "sparse_categorical_crossentropy"
layers = keras.layers


@lru_cache
def digits() -> tuple[Data, Data]:
    """Standardised digits: 1,280 for the training, 500 held out."""
    data = datasets.load_digits()
    order = np.random.default_rng(0).permutation(len(data.data))
    inputs, labels = data.data.astype(np.float32)[order], data.target.astype(np.int64)[order]
    inputs = (inputs - inputs[:1280].mean()) / inputs[:1280].std()
    return (inputs[:1280], labels[:1280]), (inputs[1280:1780], labels[1280:1780])


def mlp(
    sizes: Sequence[int] = (64, 128, 64, 10),
    activation: str | None = "relu",
    last: str | None = "softmax",
    **inner: Any,
) -> keras.Model:
    """``fc1``, ``fc2``, …, He; ``inner`` are options of all but the last."""
    options = {"kernel_initializer": "he_normal", **inner}
    parts = [
        layers.Dense(n_out, activation, name=f"fc{number}", **options)
        for number, (_, n_out) in enumerate(pairwise(sizes[:-1]), 1)
    ]
    return keras.Sequential(
        [keras.Input((sizes[0],)), *parts, layers.Dense(sizes[-1], last, name=f"fc{len(parts) + 1}")]
    )


def right(inputs: np.ndarray, labels: np.ndarray) -> Callable[[keras.Model], float]:
    """Share of right answers."""
    return lambda model: float((model.predict(inputs, verbose=0).argmax(1) == labels).mean())


def m1(
    seed: int,
    make: Callable[[], keras.Model] = mlp,
    *,
    optimizer: Any = None,
    loss: Any = CROSS_ENTROPY,
    data: Data | None = None,
    held_out: Data | None = None,
    **fields: Any,
) -> KerasTraining:
    """MLP 64-128-64-10 on digits, Adam, 400 steps."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = make()
    model.compile(optimizer or keras.optimizers.Adam(1e-3), loss)
    own, held = digits()
    held = held_out or held
    given: dict[str, Any] = {"epochs": 20, "labels": held[1]}
    if "score" not in fields:
        given["score"] = right(*held)
    return KerasTraining(model, data or own, held, **given | fields)


def one_softmax(seed: int, broken: bool) -> KerasTraining:
    """F01: one output unit with a softmax."""
    (inputs, labels), (held, held_labels) = digits()
    targets, held_targets = (np.float32(each < 5)[:, None] for each in (labels, held_labels))
    return m1(
        seed,
        lambda: mlp((64, 128, 64, 1), last="softmax" if broken else "sigmoid"),
        loss="binary_crossentropy",
        data=(inputs, targets),
        held_out=(held, held_targets),
        labels=None,
        score=lambda model: float(((model.predict(held, verbose=0) > 0.5) == (held_targets > 0.5)).mean()),
    )


def relu_output(seed: int, broken: bool) -> KerasTraining:
    """F03: a ReLU where probabilities are wanted."""
    return m1(seed, lambda: mlp(last="relu" if broken else "softmax"))


def no_activation(seed: int, broken: bool) -> KerasTraining:
    """F05: no activation between the layers, on circles."""
    points, labels = datasets.make_circles(1780, noise=0.05, factor=0.5, random_state=0)
    inputs, classes = points.astype(np.float32) * 1.5, labels.astype(np.int64)
    held = inputs[1280:], classes[1280:]
    make = lambda: mlp((2, 32, 32, 2), None if broken else "relu")  # noqa: E731
    return m1(seed, make, data=(inputs[:1280], classes[:1280]), held_out=held, labels=held[1])


def sigmoids(seed: int, broken: bool) -> KerasTraining:
    """F07: 20 sigmoid layers. The twin has norms and ReLU."""

    def healthy() -> keras.Model:
        parts: list[Any] = [keras.Input((64,))]
        for number in range(1, 21):
            parts += [layers.Dense(64, kernel_initializer="he_normal", name=f"fc{number}")]
            parts += [layers.BatchNormalization(momentum=0.9), layers.ReLU()]
        return keras.Sequential([*parts, layers.Dense(10, "softmax", name="fc21")])

    deep = lambda: mlp((*[64] * 21, 10), "sigmoid", kernel_initializer="glorot_normal")  # noqa: E731
    return m1(seed, deep if broken else healthy, optimizer=keras.optimizers.SGD(0.05, momentum=0.9))


def dead_from_start(seed: int, broken: bool) -> KerasTraining:
    """F09: a bias of -10 in one hidden layer."""

    def make() -> keras.Model:
        model = mlp()
        if broken:
            model.get_layer("fc2").bias.assign(np.full(64, -10.0))
        return model

    return m1(seed, make)


def rate_too_high(seed: int, broken: bool) -> KerasTraining:
    """F11: Adam at a rate of 1."""
    return m1(seed, optimizer=keras.optimizers.Adam(1.0 if broken else 1e-3))


def rate_too_low(seed: int, broken: bool) -> KerasTraining:
    """F12: Adam at a rate of 1e-7."""
    return m1(seed, optimizer=keras.optimizers.Adam(1e-7 if broken else 1e-3))


class _Jump(keras.callbacks.Callback):
    """Sets the rate at a step."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate, self._n_steps = rate, 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._n_steps == ONSET:
            self.model.optimizer.learning_rate = self._rate
        self._n_steps += 1


def rate_jump(seed: int, broken: bool) -> KerasTraining:
    """F14: the rate times 300 at step 150."""
    return m1(seed, callbacks=[_Jump(0.3 if broken else 1e-3)])


def all_alike(seed: int, broken: bool) -> KerasTraining:
    """F22: all weights 0.05."""

    def make() -> keras.Model:
        model = mlp()
        for each in model.trainable_variables if broken else ():
            each.assign(np.full(each.shape, 0.05))
        return model

    return m1(seed, make)


def not_normalised(seed: int, broken: bool) -> KerasTraining:
    """F25: bytes in place of normalised inputs, SGD."""
    (inputs, labels), (held, held_labels) = digits()
    low = inputs.min()
    raw, raw_held = ((each - low) * 40 if broken else each for each in (inputs, held))
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    return m1(seed, optimizer=optimizer, data=(raw, labels), held_out=(raw_held, held_labels))


def targets_not_scaled(seed: int, broken: bool) -> KerasTraining:
    """F27: regression targets of 1e4 and more."""
    data = datasets.load_diabetes()
    inputs = (data.data / data.data.std()).astype(np.float32)
    targets = ((data.target - data.target.mean()) / data.target.std()).astype(np.float32)[:, None]
    targets = (targets + 2) * 1e4 if broken else targets
    held = inputs[350:], targets[350:]
    return m1(
        seed,
        lambda: mlp((10, 64, 64, 1), last=None),
        loss="mse",
        data=(inputs[:350], targets[:350]),
        held_out=held,
        labels=None,
        epochs=60,
        score=lambda model: -float(np.mean((model.predict(held[0], verbose=0) - held[1]) ** 2) / held[1].var()),
    )


def squared_error(seed: int, broken: bool) -> KerasTraining:
    """F38: a squared error of a softmax, SGD."""
    (inputs, labels), (held, held_labels) = digits()
    optimizer = keras.optimizers.SGD(0.05)
    if not broken:
        return m1(seed, optimizer=optimizer)
    one_hot, held_hot = (keras.utils.to_categorical(each, 10) for each in (labels, held_labels))
    return m1(
        seed,
        optimizer=optimizer,
        loss="mse",
        data=(inputs, one_hot),
        held_out=(held, held_hot),
        labels=held_labels,
        score=right(held, held_labels),
    )


def dropout(seed: int, broken: bool) -> KerasTraining:
    """F44: dropout of 97 %."""

    def make() -> keras.Model:
        rate = 0.97 if broken else 0.2
        hidden = [
            part
            for number, width in enumerate((128, 64), 1)
            for part in (
                layers.Dense(width, "relu", kernel_initializer="he_normal", name=f"fc{number}"),
                layers.Dropout(rate, name=f"drop{number}"),
            )
        ]
        return keras.Sequential([keras.Input((64,)), *hidden, layers.Dense(10, "softmax", name="fc3")])

    return m1(seed, make, epochs=15)


_CASES = (
    case("F01 one output with a softmax", one_softmax, "output-mismatch constant-output no-gradient", "fc3"),
    case("F03 ReLU where probabilities are wanted", relu_output, "output-mismatch dead-units", "fc3"),
    case("F05 no activations", no_activation, "linear-copies", "fc1 fc2"),
    case("F07 twenty sigmoids", sigmoids, "vanishing-gradient bad-initialization", "fc1 fc2 fc3 fc4 fc5"),
    case("F09 a layer that is dead", dead_from_start, "dead-units no-gradient", "fc2"),
    case("F11 rate too high", rate_too_high, "learning-rate-too-high update-too-large diverging-loss"),
    case("F12 rate too low", rate_too_low, "learning-rate-too-low update-too-small"),
    case(
        "F14 rate times 300", rate_jump, "learning-rate-too-high update-too-large loss-spike diverging-loss", "", ONSET
    ),
    case("F22 all weights alike", all_alike, "symmetric-units bad-initialization", "fc1 fc2 fc3"),
    case("F25 inputs not normalised", not_normalised, "input-scale", "fc1"),
    case("F27 targets not scaled", targets_not_scaled, "target-scale", "fc3"),
    case("F38 squared error of a softmax", squared_error, "output-mismatch", "fc3"),
    case("F44 dropout of 97 %", dropout, "dropout-too-high", "drop1 drop2"),
)
CASES = tuple(replace(each, name=f"{each.name} (Keras)") for each in _CASES)
