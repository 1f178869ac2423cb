"""A file as the original visualizer writes it, made of numbers alone."""

from typing import Any

import numpy as np

SIZES = {"13_Linear": (60, 48), "14_Linear": (48, 10), "15_Linear": (10, 10)}
"""Tag → inputs and units; the first one reads flattened feature maps, not the picture."""


def architecture(sizes: dict[str, tuple[int, int]]) -> dict[str, dict[str, Any]]:
    """The modules as the original's parser of ``str(module)`` writes them."""
    container = {"in_features": 10.0, " out_features": 10.0, " bias": True, "p": 0.5}
    linear = {
        tag: {"in_features": float(inputs), " out_features": float(units), " bias": True}
        for tag, (inputs, units) in sizes.items()
    }
    return {"1_Identity": {}, "2_CNN": container, "3_Conv2d": {"kernel_size": False}, **linear, "99_Identity": {}}


def reduced(values: np.ndarray, cap: int) -> np.ndarray:
    """As the original caps a layer: means of groups of rows, adaptive average pooling of columns."""
    rows = len(values)
    if rows <= cap:
        return values
    means = np.stack([group.mean(axis=0) for group in np.array_split(values, cap)])
    if values.ndim == 1:
        return means
    old = values.shape[1]
    new = max(1, int(old / (rows / cap)))
    windows = [means[:, i * old // new : -(-(i + 1) * old // new)].mean(axis=1) for i in range(new)]
    return np.stack(windows, axis=1)


def linear(number: int, tag: str, cap: int) -> dict[str, Any]:
    """What the original writes of a linear layer at a pass; made of the numbers alone."""
    inputs, units = SIZES[tag]
    random = np.random.default_rng([number, inputs])
    arrays = {
        "input": random.random(inputs),
        "weight": random.normal(size=(units, inputs)),
        "bias": random.random(units),
    }
    return {name: reduced(array.astype(np.float32), cap).tolist() for name, array in arrays.items()}


def a_pass(number: int, cap: int) -> dict[str, Any]:
    """Pass ``number``, from 1."""
    return {
        "input": picture(number).tolist(),
        **{tag: linear(number, tag, cap) for tag in SIZES},
        "prediction": [number, f"digit {number}"],
        "true_label": [number + 1, f"digit {number + 1}"],
        "logits": [float(unit == number) for unit in range(10)],
        "loss": 2.5 / number,
        "accuracy": number / 10,
    }


def picture(number: int) -> np.ndarray:
    """What pass ``number`` was measured on, ``[1, 4, 4]``."""
    return np.arange(16, dtype=np.float64).reshape(1, 4, 4) * (1 if number % 2 else -1)


def document(cap: int = 1000, n_passes: int = 3) -> dict[str, Any]:
    """A whole file of the original."""
    return {
        "architecture": architecture(SIZES),
        "0": {tag: linear(0, tag, cap) for tag in SIZES},
        **{str(number): a_pass(number, cap) for number in range(1, n_passes + 1)},
    }
