"""What a layer's output is reduced to before layers are compared: standardised features and a Gram matrix.

Both are float64 inside, and made in chunks of features, so that a wide convolutional output costs little memory.
"""

from collections.abc import Iterator

import numpy as np

RESOLUTION = float(np.finfo(np.float32).eps)
"""A feature whose standard deviation is at most so many times its largest absolute value is constant.

Outputs are float32, whose steps are that wide: what varies by less varies by rounding only. A feature of nothing but
zeros is constant too.
"""

_CHUNK = 4096


def standardised(features: np.ndarray) -> np.ndarray:
    """Features scaled so that products of columns are Pearson correlations: ``standardised(a).T @ standardised(b)``.

    Args:
        features: ``[N, D]``.

    Returns:
        float32 ``[N, D]``, each column with mean 0 and length 1; zeros where the feature is constant, which has no
        correlation with anything; NaN where it is not finite.
    """
    scaled = np.empty(features.shape, np.float32)
    for part, centred, constant in _centred(features):
        length = np.sqrt(np.einsum("nd,nd->d", centred, centred))
        length[constant] = 1
        scaled[:, part] = centred / length
    return scaled


def gram_matrix(features: np.ndarray) -> tuple[np.ndarray, int]:
    """Inner products of the samples' centred features, and how many features are constant.

    Args:
        features: ``[N, D]``.

    Returns:
        float64 ``[N, N]``, NaN where any feature is not finite, and the count.
    """
    n = len(features)
    gram = np.zeros((n, n))
    n_constant = 0
    for _, centred, constant in _centred(features):
        gram += centred @ centred.T
        n_constant += int(constant.sum())
    return gram, n_constant


def _centred(features: np.ndarray) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Chunks of features: where they are, their values minus their means ``[N, d]``, which are constant ``[d]``.

    Constant features come as zeros.
    """
    for start in range(0, features.shape[1], _CHUNK):
        part = slice(start, min(start + _CHUNK, features.shape[1]))
        values = features[:, part].astype(np.float64)
        with np.errstate(invalid="ignore"):
            largest = np.abs(values).max(axis=0)
            values -= values.mean(axis=0)
            constant = np.einsum("nd,nd->d", values, values) <= len(values) * (RESOLUTION * largest) ** 2
        values[:, constant] = 0
        yield part, values, constant
