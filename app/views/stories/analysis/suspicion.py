"""Which samples look mislabelled. `M` measurements, `N` samples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.analysis.figures import signed, true_signs
from app.analysis.probabilities import percent
from app.views.stories.analysis.data_map import mean_of
from collector.findings.suspicion import suspicion as judge


@dataclass(frozen=True, eq=False)
class Suspicion:
    """How little the network came to agree with each label.

    Attributes:
        figures: float ``[N]``: what is told of each; NaN where nothing is known.
        name: what the figure is, short.
        about: what it is and whose idea, in words.
        lowest_first: whether small figures are suspicious, or large ones.
        is_mean: whether it is the mean of what has a name of its own at each measurement.
        told: a figure in words.
    """

    figures: np.ndarray
    name: str
    about: str
    lowest_first: bool
    is_mean: bool = False
    told: Callable[[float], str] = lambda figure: signed(figure, 2)
    ranked: np.ndarray | None = None
    """Numbers of the most suspicious in an order of their own, int; None: that of the figures."""

    @property
    def title(self) -> str:
        """What the figure is, told from that of one measurement."""
        return f"mean {self.name}" if self.is_mean else self.name

    def figure_text(self, sample: int) -> str:
        """What is told of a sample, in words."""
        return self.told(float(self.figures[sample]))

    @property
    def order(self) -> np.ndarray:
        """The most suspicious first, int ``[N]``; of whom nothing is known last."""
        by_figure = np.argsort(self.figures if self.lowest_first else -self.figures, kind="stable")
        if self.ranked is None:
            return by_figure
        return np.concatenate([self.ranked, by_figure[~np.isin(by_figure, self.ranked)]])


def area_under_margin(margins: np.ndarray) -> np.ndarray:
    """Mean over the measurements of the label's logit less the largest other one, float ``[N]``.

    Pleiss et al., NeurIPS 2020: where a label is wrong, the logit of the true class stays above it.
    """
    return mean_of(margins.astype(float))


def judged(
    labels: np.ndarray,
    predictions: np.ndarray,
    confidences: np.ndarray,
    label_probabilities: np.ndarray,
    margins: np.ndarray,
    votes: np.ndarray | None,
) -> Suspicion | None:
    """As the rule ``label-noise`` judges them, so that both say the same; None where the network has learnt nothing."""
    asked = np.zeros((len(margins), 0, len(labels)), np.int16) if votes is None else votes
    found = judge(labels, predictions, confidences, label_probabilities, margins, asked)
    if found is None:
        return None
    about = (
        "Area under the margin since learning began: mean of the label's logit less the largest other one "
        "(Pleiss et al., NeurIPS 2020)"
    )
    return Suspicion(-found.scores, "AUM", about, lowest_first=True, ranked=found.order)


def suspicion(
    *,
    margins: np.ndarray | None = None,
    label_probabilities: np.ndarray | None = None,
    losses: np.ndarray | None = None,
    right: np.ndarray | None = None,
) -> Suspicion | None:
    """By the best of what is recorded, each ``[M, N]``; None where nothing tells."""
    if margins is not None:
        about = (
            "Area under the margin: mean of the label's logit less the largest other one (Pleiss et al., NeurIPS 2020)"
        )
        return Suspicion(area_under_margin(margins), "AUM", about, lowest_first=True)
    if label_probabilities is not None:
        about = "Mean probability of the label (Swayamdipta et al., EMNLP 2020)"
        return Suspicion(
            mean_of(label_probabilities.astype(float)), "p(label)", about, lowest_first=True, is_mean=True, told=percent
        )
    if losses is not None:
        about = "Mean loss over the measurements"
        return Suspicion(mean_of(losses.astype(float)), "loss", about, lowest_first=False, is_mean=True, told=loss_text)
    if right is not None and len(right):
        about = "Share of the measurements that are right; margins and probabilities are not recorded"
        return Suspicion(right.mean(axis=0), "right", about, lowest_first=True, told=percent)
    return None


def loss_text(loss: float) -> str:
    """A loss with three digits, noughts among them, so that one can be compared with another."""
    return true_signs(f"{loss:#.3g}".removesuffix("."))
