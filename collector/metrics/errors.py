"""Standard errors of what a sample estimates, from the covariances of the estimated totals.

The totals of a stratified sample are unbiased, and their covariances add up over the strata. Of a quotient or an angle
the variance is that of its linear part in the totals (Cochran 1977, Sampling Techniques, 3rd ed., eq. 6.4 and 6.13;
Särndal, Swensson & Wretman 1992, Model Assisted Survey Sampling, result 5.5.1).
"""

from collections.abc import Callable

import numpy as np

from collector.metrics.spread import Pairs

_SMALLEST_GAP = 1e-6
"""Of smaller angles, below 0.08 degrees, products in float32 cannot tell the error."""


class Covariances:
    """The covariances of layers' totals by the names of the two.

    Args:
        pairs: the names of each pair.
        of_parameters: float64 ``[S, pairs, …, P]``.
        there: bool ``[S, …, P]``, which parameters count; the axes between may be 1.
        add: sums over the parameters of each layer, ``[…, L]`` of ``[…, P]``.
    """

    def __init__(
        self, pairs: Pairs, of_parameters: np.ndarray, there: np.ndarray, add: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        of_layers = add(np.where(there[:, None], of_parameters, 0))
        self._found = {pair: of_layers[:, number] for number, pair in enumerate(pairs)}

    def __call__(self, one: str, other: str = "") -> np.ndarray:
        """``[S, …, L]``: of two totals, or the variance of one."""
        return self._found[one, other or one]


def error_of_sum(variance: np.ndarray, least: np.ndarray | float = 0.0) -> np.ndarray:
    """Of a total.

    Args:
        least: of a count, the number of values that one in the sample can stand for. That none was drawn does not say
            that there is none, and one more may have been: else what is rare would have no error in most samples.
    """
    return np.sqrt(np.maximum(variance, 0) + np.square(least))


def error_of_ratio(
    of: Covariances,
    part: str,
    whole: str,
    ratio: np.ndarray,
    total: np.ndarray,
    least: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Of the quotient of two totals, of which ``total`` is the second; ``least`` is as in `error_of_sum`."""
    variance = of(part) - 2 * ratio * of(part, whole) + np.square(ratio) * of(whole)
    return error_of_sum(variance, least) / total


def error_of_angle(of: Covariances, x: np.ndarray, y: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """In degrees, of the angle between two vectors.

    Args:
        of: covariances of the totals of x·y, x² and y²: ``xy``, ``xx``, ``yy``.
        x, y: ‖x‖ and ‖y‖.
        gaps: 1 − cos of the angle.
    """
    cosines, both = 1 - gaps, x * y
    xx, yy = np.square(x), np.square(y)
    of_squares = of("xx") / np.square(xx) + of("yy") / np.square(yy) + 2 * of("xx", "yy") / np.square(both)
    with_squares = (of("xy", "xx") / xx + of("xy", "yy") / yy) / both
    variance = of("xy") / np.square(both) - cosines * with_squares + np.square(cosines) / 4 * of_squares
    sines = np.sqrt(gaps * (2 - gaps))
    return np.where(gaps > _SMALLEST_GAP, np.degrees(error_of_sum(variance) / sines), np.nan)
