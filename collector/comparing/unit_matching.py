"""Which unit of one network does what a unit of another does, where the same units stand in another order."""

from dataclasses import dataclass

import numpy as np

SHUFFLES = 20
OFFERED_BELOW = 0.5
"""Where units go together with themselves by less than this in the mean, another order is worth a look."""

_SEED = 0


@dataclass(frozen=True)
class UnitMatch:
    """Units of A, each with one of B.

    Attributes:
        of_b: for each unit of A the place of its partner among B's, int ``[U]``; −1 where B has fewer.
        correlation: of each with its partner, float ``[U]``; NaN where it has none.
        own: of each with the unit at its own place, float ``[U]``; NaN where B has no such place.
        null: what 95 of 100 partners have less than when samples are shuffled: below it a match says nothing.
    """

    of_b: np.ndarray
    correlation: np.ndarray
    own: np.ndarray
    null: float

    @property
    def is_found(self) -> np.ndarray:
        """Which units have a partner that is more than chance, bool ``[U]``."""
        return np.asarray(self.correlation > self.null)

    @property
    def is_worth_offering(self) -> bool:
        """Whether units at the same place do other things, and others do the same."""
        mean = float(np.nanmean(self.own)) if np.isfinite(self.own).any() else 0.0
        return mean < OFFERED_BELOW and bool(self.is_found.any())


def match_units(a: np.ndarray, b: np.ndarray) -> UnitMatch:
    """Pair units by the correlation of their activations, so that the sum is the largest that there is.

    The pairing is the assignment of Kuhn 1955, as Li et al. 2015 (Convergent learning) match units of two networks.
    The null is made of the same assignment with B's samples in random order, 20 times.

    Args:
        a: ``[N, U]`` for the same samples.
        b: ``[N, V]``.

    Raises:
        ValueError: the two have not as many samples.
    """
    if len(a) != len(b):
        raise ValueError(f"{len(a)} samples and {len(b)} are not the same ones")
    one, other = _standardised(a), _standardised(b)
    correlation = one.T @ other
    of_b, found = _assigned(correlation)
    n = min(correlation.shape)
    own = np.full(len(correlation), np.nan)
    own[:n] = np.diagonal(correlation)[:n]
    numbers = np.random.default_rng(_SEED)
    chance = [_assigned(one.T @ other[numbers.permutation(len(other))])[1] for _ in range(SHUFFLES)]
    together = np.concatenate(chance)
    null = float(np.nanquantile(together, 0.95)) if np.isfinite(together).any() else np.nan
    return UnitMatch(of_b, found, own, null)


def _standardised(values: np.ndarray) -> np.ndarray:
    """Columns of mean 0 and length 1; of those that are constant, 0."""
    centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(centred, axis=0)
    floor = len(values) * np.finfo(np.float32).eps * np.abs(values).max(axis=0, initial=0)
    scaled: np.ndarray = np.divide(centred, length, out=np.zeros_like(centred), where=length > floor)
    return scaled


def _assigned(correlation: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # SciPy is no small thing to load, and only this needs it.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(np.nan_to_num(correlation), maximize=True)
    of_b, found = np.full(len(correlation), -1), np.full(len(correlation), np.nan)
    of_b[rows], found[rows] = columns, correlation[rows, columns]
    return of_b, found
