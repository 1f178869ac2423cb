"""What a pass shows of an update where there is no memory for a copy of the weights: its parts, and estimates."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import sqrt

import numpy as np
import torch
from torch import Tensor

from collector.capture.pass_draft import ParameterNumbers
from collector.metrics.norms import is_possible
from collector.pytorch.host_copy import take_numbers
from collector.pytorch.pass_arrays import kept_values, put_changes
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan
from collector.pytorch.step_sizes import Told

Sampled = Callable[[Tensor, Tensor], tuple[Tensor, int]]
"""Gives of a parameter, and of what is as large as it, the values that are counted ``[n]``, and each how manieth."""


class WeightParts:
    """Holds of the weights before an update what the file keeps, and the values that histograms count.

    Args:
        sampled: of one too many values those that stand for all.
    """

    def __init__(self, plans: Sequence[LayerPlan], parameters: Sequence[Tensor], sampled: Sampled) -> None:
        self._sampled = sampled
        self._kept = {plan.name: kept_values(plan, plan.parameters) for plan in plans}
        self._counted = {each: sampled(each, each)[0].clone() for each in parameters}
        self._versions = {each: each._version for each in parameters}

    def put_changes(
        self, draft: PassDraft, plans: Sequence[LayerPlan], after: Mapping[Tensor, Tensor], told: Told
    ) -> None:
        """Put the changes since then into a pass.

        Args:
            after: parameter → what it is behind the update.
            told: the sizes of updates, as the optimizer tells them.
        """
        with torch.no_grad():
            for plan in plans:
                own = {name: after.get(each, each) for name, each in plan.parameters.items()}
                put_changes(draft, plan, self._kept[plan.name], own)
            of = draft.of("update")
            sampled = {each: self._sampled(each, after[each]) for each in self._counted}
            changes = [values - self._counted[each] for each, (values, _) in sampled.items()]
            if draft.has_histograms:
                puts = [partial(of.histograms.__setitem__, each) for each in sampled]
                draft.host_copy.take_histograms(changes, [step for _, step in sampled.values()], puts)
            if draft.has_norms:
                found: dict[Tensor, float] = {}
                known: dict[Tensor, float] = {}
                in_part = [each for each, (values, _) in sampled.items() if len(values) < _n_values(each)]
                norms = told(in_part)
                take_numbers(
                    draft.host_copy, list(norms.values()), lambda all_: known.update(zip(norms, all_, strict=True))
                )
                puts_norm = [partial(self._put_norm, of, found, each) for each in sampled]
                draft.host_copy.take_sizes(changes, puts_norm)
                sizes = [len(change) for change in changes]
                is_same = [each._version == self._versions[each] for each in sampled]
                estimates = [
                    partial(self._estimate, of, found, known, each, size, same)
                    for each, size, same in zip(sampled, sizes, is_same, strict=True)
                ]
                draft.host_copy.take_sizes([each.square() for each in changes], estimates)

    def _put_norm(
        self, of: ParameterNumbers[Tensor], found: dict[Tensor, float], parameter: Tensor, norm: float, bad: np.ndarray
    ) -> None:
        found[parameter] = norm
        if bad.any():
            of.not_finite[parameter] = bad

    def _estimate(
        self,
        of: ParameterNumbers[Tensor],
        found: Mapping[Tensor, float],
        told: Mapping[Tensor, float],
        parameter: Tensor,
        size: int,
        is_same: bool,
        of_squares: float,
        _: np.ndarray,
    ) -> None:
        n = _n_values(parameter)
        norm, variance = estimated_norm(found[parameter], of_squares, size, n)
        known = np.array(told.get(parameter, np.nan))
        if is_possible(known, np.array(norm), np.array(variance)):
            norm, variance = float(known), 0.0
        if norm != 0 or is_same or size == n:
            of.norms[parameter], of.variances[parameter] = norm, variance


def _n_values(parameter: Tensor) -> int:
    return parameter.numel() * (1 + parameter.is_complex())


def estimated_norm(norm: float, of_squares: float, m: int, n: int) -> tuple[float, float]:
    """‖x‖₂ of ``n`` values of which evenly spread ones are looked at, and the variance of its square.

    N² (1 − n/N) s² ÷ n as of a simple random sample (Cochran 1977, Sampling Techniques, 3rd ed., eq. 2.20).

    Args:
        norm, of_squares: √Σx² and √Σx⁴ of the ``m`` values.
    """
    if not 1 < m < n:
        return norm, 0.0
    spread = (of_squares**2 - norm**4 / m) / (m - 1)
    return norm * sqrt(n / m), n * (n - m) / m * max(spread, 0.0)
