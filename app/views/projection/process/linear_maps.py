"""Maps that are fixed once and then place any sample: PCA and the two autoencoders."""

import itertools
from collections.abc import Callable
from typing import Protocol

import numpy as np
from sklearn.decomposition import PCA

Tell = Callable[[float], None]
"""Hears how far the work is, 0…1."""

HIDDEN = 128
BATCH = 256
ROUNDS = 60
_EXACT_UP_TO = 1024
_MOST_INPUTS = 256


class FlatMap(Protocol):
    """Places samples ``[N, D]`` in the plane, ``[N, 2]``."""

    def place(self, features: np.ndarray) -> np.ndarray: ...

    def explained(self, features: np.ndarray) -> tuple[float, ...]:
        """Shares of the variance of these samples that the plane shows; see `Points`."""
        ...


class PrincipalAxes:
    """The first two principal axes of some samples. Beyond 1,024 features they are found by random projections."""

    def __init__(self, features: np.ndarray) -> None:
        solver = "covariance_eigh" if features.shape[1] <= _EXACT_UP_TO else "randomized"
        with np.errstate(invalid="ignore"):  # samples that are all alike have no shares of a variance
            self._pca = PCA(2, svd_solver=solver, iterated_power=7, random_state=0).fit(features.astype(np.float64))

    def place(self, features: np.ndarray) -> np.ndarray:
        return np.asarray(self._pca.transform(features.astype(np.float64)))

    def explained(self, features: np.ndarray) -> tuple[float, ...]:
        return _shares(self.place(features).var(axis=0), features)


class LinearAutoencoder:
    """Two linear layers, ``x → E x → D E x``, that lose least of some samples.

    Fitted by alternating least squares: the best encoder for a decoder, then the best decoder for that encoder, again
    and again. Each turn maps the decoder's columns through the covariance (Roweis 1998, EM for PCA without noise), so
    that is what is computed. The optimum is the plane of PCA (Baldi & Hornik 1989).
    """

    def __init__(self, features: np.ndarray, tell: Tell, *, most_turns: int = 5000) -> None:
        self._mean = features.mean(axis=0, dtype=np.float64)
        centred = features - self._mean
        covariance = centred.T @ centred / len(centred)
        decoder, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(len(self._mean), 2)))
        for turn in range(most_turns):
            before = decoder
            decoder, _ = np.linalg.qr(covariance @ decoder)
            tell(turn / most_turns)
            if np.linalg.norm(decoder - before @ (before.T @ decoder)) < 1e-9:
                break
        # Any two axes in the plane are as good; those of largest variance are the same in every computation.
        _, turned = np.linalg.eigh(decoder.T @ covariance @ decoder)
        self.decoder = decoder @ turned[:, ::-1]
        """Orthonormal, ``[D, 2]``; its transpose is the encoder."""
        self.decoder *= np.where(np.abs(self.decoder).max(0) == self.decoder.max(0), 1, -1)

    def place(self, features: np.ndarray) -> np.ndarray:
        return np.asarray((features - self._mean) @ self.decoder)

    def explained(self, features: np.ndarray) -> tuple[float, ...]:
        return (float(np.sum(_shares(self.place(features).var(axis=0), features))),)


class NonlinearAutoencoder:
    """``D → 128 → 2 → 128 → D`` with tanh between, trained by Adam (Kingma & Ba 2015) on the mean squared error.

    Wider samples are first projected on their 256 principal axes.
    """

    def __init__(self, features: np.ndarray, tell: Tell, *, rounds: int = ROUNDS) -> None:
        random = np.random.default_rng(0)
        wide = features.shape[1] > _MOST_INPUTS
        self._narrow = PCA(min(_MOST_INPUTS, len(features)), random_state=0).fit(features) if wide else None
        inputs = self._narrowed(features)
        self._mean = inputs.mean(axis=0)
        self._scale = np.float32(max(float(inputs.std()), 1e-12))
        inputs = (inputs - self._mean) / self._scale
        sizes = (inputs.shape[1], HIDDEN, 2, HIDDEN, inputs.shape[1])
        self._weights = [
            (random.normal(size=(a, b)) / np.sqrt(a)).astype(np.float32) for a, b in itertools.pairwise(sizes)
        ]
        self._biases = [np.zeros(b, np.float32) for b in sizes[1:]]
        learned = [*self._weights, *self._biases]
        first, second = [np.zeros_like(each) for each in learned], [np.zeros_like(each) for each in learned]
        n_batches = -(-len(inputs) // BATCH)
        for turn in range(rounds * n_batches):
            if turn % n_batches == 0:
                order = random.permutation(len(inputs))
                tell(turn / (rounds * n_batches))
            rows = inputs[order[turn % n_batches * BATCH :][:BATCH]]
            rate = 2e-3 * min(1.0, 2 * (1 - turn / (rounds * n_batches)))  # slower in the second half
            for value, gradient, mean, square in zip(learned, self._gradients(rows), first, second, strict=True):
                mean += 0.1 * (gradient - mean)
                square += 0.001 * (gradient**2 - square)
                correction = np.sqrt(1 - 0.999 ** (turn + 1)) / (1 - 0.9 ** (turn + 1))
                value -= (rate * correction * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)

    def place(self, features: np.ndarray) -> np.ndarray:
        inputs = (self._narrowed(features) - self._mean) / self._scale
        return self._through(inputs)[2]

    def explained(self, features: np.ndarray) -> tuple[float, ...]:
        inputs = (self._narrowed(features) - self._mean) / self._scale
        lost = float(((self._through(inputs)[4] - inputs) ** 2).sum()) * float(self._scale) ** 2
        total = float(((features - features.mean(axis=0)) ** 2).sum())
        kept = float(((inputs - inputs.mean(axis=0)) ** 2).sum()) * float(self._scale) ** 2
        return (max(0.0, (kept - lost) / total) if total else 0.0,)

    def _narrowed(self, features: np.ndarray) -> np.ndarray:
        return np.asarray(features if self._narrow is None else self._narrow.transform(features), np.float32)

    def _through(self, inputs: np.ndarray) -> list[np.ndarray]:
        """The inputs and what each layer makes of them."""
        values = [inputs]
        for number, (weight, bias) in enumerate(zip(self._weights, self._biases, strict=True)):
            raw = values[-1] @ weight + bias
            values.append(np.tanh(raw) if number in (0, 2) else raw)
        return values

    def _gradients(self, inputs: np.ndarray) -> list[np.ndarray]:
        """Of the mean squared error, for all weights, then all biases."""
        values = self._through(inputs)
        back = 2 * (values[4] - inputs) / inputs.size
        weights: list[np.ndarray] = []
        biases: list[np.ndarray] = []
        for number in (3, 2, 1, 0):
            if number in (0, 2):
                back = back * (1 - values[number + 1] ** 2)
            weights.insert(0, values[number].T @ back)
            biases.insert(0, back.sum(axis=0))
            back = back @ self._weights[number].T
        return [*weights, *biases]


def _shares(variances: np.ndarray, features: np.ndarray) -> tuple[float, ...]:
    total = float(features.var(axis=0, dtype=np.float64).sum())
    return tuple(float(each) / total if total else 0.0 for each in variances)
