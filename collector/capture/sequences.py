"""Of which layers, positions and probe samples a pass keeps sequences and attention weights.

Of a sequence, and of what attends and is attended to, at most `MOST_STEPS` positions are kept, evenly spread from the
first to the last. Sequences are kept of every layer that has some, of as many first samples as make `MOST_VALUES`
values a pass, of one at the least; attention weights likewise, and of no more samples than make `MOST_SCORES` scores of
a layer, which are all that a pass computes with. A number of samples that is asked for is kept to.
"""

from collections.abc import Sequence

from collector.capture.layer_plan import LayerPlan
from collector.capture.units import choose_units
from collector.storage import schema

MOST_STEPS = 64
MOST_VALUES = 2**18
MOST_SCORES = 2**20


def kept_steps(size: int) -> schema.Axis:
    """Positions along a sequence, and which of them are kept."""
    return schema.Axis(size, choose_units(size, MOST_STEPS).kept)  # type: ignore[arg-type]


def attention_of(heads: int, queries: int, keys: int) -> schema.Attention:
    """What attends to what, and which of it is kept."""
    return schema.Attention(heads, kept_steps(queries), kept_steps(keys))


def n_scores(attention: schema.Attention) -> int:
    """Scores of a sample that a pass computes with: for each head, kept query and key."""
    return max(1, attention.heads * _n_kept(attention.queries.size) * attention.keys.size)


def n_scored(attention: schema.Attention) -> int:
    """So many first samples have their scores computed with."""
    return max(1, MOST_SCORES // n_scores(attention))


def choose_sequences(plans: Sequence[LayerPlan], rule: str, n_probe: int, asked: int | None = None) -> None:
    """Put into the plans of which layers sequences and attention weights are kept.

    Args:
        plans: those that have an attention say so.
        rule: ``none`` keeps nothing, any other all; see `collector.capture.feature_maps`.
        n_probe: samples of the probe.
        asked: so many samples were asked for; None: as many as the budget allows.
    """
    seen = [plan for plan in plans if "activation" not in plan.not_recorded]
    in_sequence = [plan for plan in seen if plan.n_steps and len(plan.units.kept)]
    attending = [(plan, plan.attention) for plan in plans if plan.attention is not None]
    if rule == "none":
        for plan in in_sequence:
            plan.not_recorded["sequence"] = _LEFT_OUT
        for plan, _ in attending:
            plan.not_recorded["attention"] = _LEFT_OUT
        return
    n_values = sum(len(plan.units.kept) * _n_kept(plan.n_steps) for plan in in_sequence)
    n_weights = sum(each.heads * _n_kept(each.queries.size) * _n_kept(each.keys.size) for _, each in attending)
    for plan in in_sequence:
        plan.sequence = kept_steps(plan.n_steps)
        plan.n_sequences = _n_samples(n_values, n_probe, asked)
    for plan, each in attending:
        n_attended = _n_samples(n_weights, n_probe, asked)
        plan.n_attended = n_attended if asked is not None else min(n_attended, n_scored(each))


_LEFT_OUT = "left out on request; feature_maps 'ends' keeps them"


def _n_kept(size: int) -> int:
    return min(size, MOST_STEPS)


def _n_samples(n_values: int, n_probe: int, asked: int | None) -> int:
    return min(n_probe, max(1, MOST_VALUES // max(1, n_values)) if asked is None else asked)
