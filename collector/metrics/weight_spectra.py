"""The singular values of a layer's weights, and what they say."""

import numpy as np


def as_matrix(weight: np.ndarray) -> np.ndarray:
    """A weight ``[U, …]`` as a matrix ``[U, D]``, float64: of a convolution the rows are its kernels, flattened."""
    return weight.reshape(len(weight), -1).astype(np.float64)


def squared_singular_values(matrix: np.ndarray) -> np.ndarray:
    """Rising, float64 ``[min(U, D)]``: the eigenvalues of the smaller of W Wᵀ and Wᵀ W."""
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    found: np.ndarray = np.maximum(np.linalg.eigvalsh(gram), 0.0)
    return found


def largest_singular_value(matrix: np.ndarray, n_steps: int = 50) -> float:
    """σ₁ by power iteration of Wᵀ W, for matrices too large for all of their singular values.

    It begins with the sum of the rows' absolute values, so that no random number is drawn, and never lies above σ₁.
    """
    vector = np.abs(matrix).sum(axis=0) + 1e-3 * np.abs(matrix).max(initial=0.0)
    vector *= np.where(np.arange(len(vector)) % 2, -1.0, 1.0) * 0.5 + 1.0
    size = 0.0
    for _ in range(n_steps):
        length = float(np.linalg.norm(vector))
        if not length:
            return 0.0
        image = matrix @ (vector / length)
        before, size = size, float(np.linalg.norm(image))
        if abs(size - before) <= 1e-6 * size:
            break
        vector = matrix.T @ image
    return size


def stable_rank(squared_norm: float, largest: float) -> float:
    """‖W‖_F² ÷ σ₁², 1 … rank; NaN where W is 0.

    Rudelson & Vershynin 2007, Sampling from Large Matrices, arXiv:math/0503442.
    """
    return squared_norm / largest**2 if largest > 0 else float("nan")
