"""What a pass keeps of an attention: weights of some samples, and how spread and how large those of each head are."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor

from collector.capture.fact_names import ATTENTION_ENTROPY, ATTENTION_LOGIT
from collector.capture.sequences import n_scored, n_scores
from collector.pytorch.attention_scores import Scores
from collector.pytorch.fixed_numbers import fixed_on
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan

_AT_ONCE = 2**18
"""Scores in memory at a time, beside those of a single sample: few enough for a processor's cache."""

_NOTHING = -1e4
_LEAST = torch.finfo().tiny

_FORBIDDEN = -1e8
"""A score below this is a mask's: -1e9 is a common one, and so is the least number of a type."""


class AttentionRecorder:
    """Takes the attention of a layer: of several calls in a run the last one, and only one as the plan has it.

    The entropy of a head is the mean of -Σ p log p, in nats, over its kept queries in the samples of the probe; where
    it falls to 0, a head attends to single positions, and training is about to become unstable (Zhai et al. 2023,
    "Stabilizing Transformer Training by Preventing Attention Entropy Collapse", section 3). The largest logit is that
    over all keys that these queries may attend to; it grows without bound before a divergence (Dehghani et al. 2023,
    "Scaling Vision Transformers to 22 Billion Parameters", section 3.1).

    A query that may attend to nothing counts in neither, nor does padding: where as many positions attend as are
    attended to, those whose key gets no weight of any kept query.
    """

    def __init__(self, plan: LayerPlan, draft: PassDraft) -> None:
        assert plan.attention is not None
        self._plan, self._attention, self._draft = plan, plan.attention, draft

    def take(self, scores: Scores) -> None:
        """Take the scores of a call."""
        with torch.autocast(scores.device.type, enabled=False):  # in float32, whatever the model computes in
            self._take(scores)

    def _take(self, scores: Scores) -> None:
        own, plan = self._attention, self._plan
        n_samples, *shape = scores.shape
        if shape != [own.heads, own.queries.size, own.keys.size]:
            return
        queries, keys = (fixed_on(scores.device, np.asarray(axis.kept)) for axis in (own.queries, own.keys))
        lowest = max(_FORBIDDEN, torch.finfo(scores.dtype).min / 2)
        spread = torch.zeros(own.heads, device=scores.device)
        n_counted, largest, kept = torch.zeros_like(spread), torch.full_like(spread, -torch.inf), list[Tensor]()
        n_samples = min(n_samples, max(plan.n_attended, n_scored(own)))
        for samples in _chunks(n_samples, n_scores(own)):
            given = scores.of(samples, queries)
            logits = given.amax(-1)
            is_counted = ~(logits <= lowest)
            # of what is e^-10000 of the largest nothing is left
            below = (given - logits.clamp_min(torch.finfo().min).unsqueeze(-1)).clamp_min_(_NOTHING)
            parts = below.exp()
            total = parts.sum(-1)
            if own.queries.size == own.keys.size:
                is_counted &= (parts.amax((1, 2)) > 0)[:, None, queries]
            entropy = total.log() - torch.linalg.vecdot(parts, below) / total
            spread = spread + torch.where(is_counted, entropy, 0.0).sum((0, 2))
            n_counted = n_counted + is_counted.sum((0, 2))
            largest = torch.maximum(largest, torch.where(is_counted, logits, -torch.inf).amax((0, 2)))
            if samples.start < plan.n_attended:
                some = slice(plan.n_attended - samples.start)
                kept.append(parts[some].index_select(-1, keys) / total[some].clamp_min(_LEAST).unsqueeze(-1))
        take = self._draft.host_copy.take
        take(spread / n_counted, partial(self._put, ATTENTION_ENTROPY, np.mean))
        take(torch.where(n_counted > 0, largest, torch.nan), partial(self._put, ATTENTION_LOGIT, np.max))
        if kept:
            take(torch.cat(kept), self._put_weights)

    def _put(self, kind: str, whole: Callable[[np.ndarray], np.floating], array: np.ndarray) -> None:
        setattr(self._draft.layers[self._plan.name], kind, np.array(array, np.float32))
        self._draft.scalars[f"{kind}/{self._plan.name}"] = float(whole(array))

    def _put_weights(self, array: np.ndarray) -> None:
        self._draft.layers[self._plan.name].attention = array.astype(np.float16)  # type: ignore[assignment]


def _chunks(n_samples: int, per_sample: int) -> Iterator[slice]:
    """Samples, whose scores are computed at once."""
    n = max(1, _AT_ONCE // per_sample)
    return (slice(start, min(start + n, n_samples)) for start in range(0, n_samples, n))
