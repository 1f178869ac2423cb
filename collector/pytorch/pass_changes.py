"""What a pass shows of an update where there is no memory for a copy of the weights: its parts, and estimates."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from collector.capture.pass_draft import ParameterNumbers
from collector.metrics.histogram import histogram
from collector.metrics.not_finite import not_finite
from collector.pytorch.pass_arrays import kept_values, put_changes
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan
from collector.pytorch.tensors import is_wide

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

    def put_changes(self, draft: PassDraft, plans: Sequence[LayerPlan], after: Mapping[Tensor, Tensor]) -> None:
        """Put the changes since then into a pass.

        Args:
            after: parameter → what it is behind the update.
        """
        with torch.no_grad():
            for plan in plans:
                own = {name: after.get(each, each) for name, each in plan.parameters.items()}
                put_changes(draft, plan, self._kept[plan.name], own)
            of = draft.of("update")
            for parameter, before in self._counted.items():
                values, step = self._sampled(parameter, after[parameter])
                is_same = parameter._version == self._versions[parameter]
                put = partial(self._put_counted, draft, of, parameter, step, is_same)
                change = values - before
                draft.host_copy.take(change, put, exactly=is_wide(change))

    def _put_counted(
        self,
        draft: PassDraft,
        of: ParameterNumbers[Tensor],
        parameter: Tensor,
        step: int,
        is_same: bool,
        changes: np.ndarray,
    ) -> None:
        if draft.has_histograms:
            of.histograms[parameter] = step * histogram(changes)
        if draft.has_norms:
            with np.errstate(all="ignore"):
                norm, variance = estimated_norm(changes, parameter.numel())
            if norm != 0 or is_same or step == 1:
                of.norms[parameter], of.variances[parameter] = norm, variance
            if not np.isfinite(norm):
                of.not_finite[parameter] = not_finite(changes)


def estimated_norm(values: np.ndarray, n: int) -> tuple[float, float]:
    """‖x‖₂ of ``n`` values of which evenly spread ones are given, and the variance of its square.

    N² (1 − n/N) s² ÷ n as of a simple random sample (Cochran 1977, Sampling Techniques, 3rd ed., eq. 2.20).
    """
    squares = np.square(values, dtype=np.float64)
    m = max(values.size, 1)
    variance = n * (n - m) / m * float(squares.var(ddof=1)) if 1 < m < n else 0.0
    return float(np.sqrt(squares.sum() * (n / m))), variance
