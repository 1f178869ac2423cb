"""What happened where a symptom begins: findings that say what is seen are given who moved first, and the rate."""

import msgspec

from collector.findings.events import rate_jumps
from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.first_movers import FirstMovers, Mover, first_movers
from collector.findings.recording import Recording

SYMPTOMS = frozenset(
    (
        "exploding-gradient",
        "dead-units",
        "saturated-units",
        "update-too-large",
        "loss-spike",
        "diverging-loss",
        "constant-output",
        "representation-collapse",
    )
)
"""Rules whose findings tell what is seen. The others know by fact what happened, and in which order."""

_CLEAR = 6.0
"""Robust z of a layer that is named as a cause: as strict as the rules are."""


def with_onset(recording: Recording, finding: Finding) -> Finding:
    """The finding with what happened first among its causes, and what it affects in the order in which it moved.

    Named are a learning rate that jumped in the recorded step at which the finding begins, and a layer that had moved
    before, clearly and by itself, and that the finding does not name. Notes are left as they are.
    """
    if finding.rule not in SYMPTOMS or finding.severity == "note" or finding.since <= 0:
        return finding
    found = first_movers(recording, finding.since)
    first, last = finding.since_range
    jump = next((each for each in rate_jumps(recording) if first <= each.step <= last and each.step > 0), None)
    mover = _before(found, finding)
    causes = [] if jump is None else [Cause(f"{jump} at step {jump.step:,}.", "The schedule, or who sets the rate.")]
    causes += [_of_mover(mover)] if mover is not None else []
    places = [] if mover is None else [_place(mover)]
    return msgspec.structs.replace(
        finding,
        causes=causes + finding.causes,
        evidence=finding.evidence + places,
        affected=_in_order(finding.affected, found),
    )


def _before(found: FirstMovers, finding: Finding) -> Mover | None:
    """The first one, where it had moved by the recorded step behind which the finding begins."""
    named = {*finding.layers, *finding.affected}
    first = next((each for each in found.movers if each.size > _CLEAR), None)
    is_earlier = first is not None and first.since <= finding.since_range[0] and first.layer not in named
    return first if is_earlier else None


def _of_mover(mover: Mover) -> Cause:
    text = f"{mover.layer} had moved before: its {mover.quantity} is another from step {mover.since:,} on."
    return Cause(text, f"{mover.quantity}/{mover.layer} around step {mover.since:,}.")


def _place(mover: Mover) -> Evidence:
    series = f"{mover.quantity}/{mover.layer}"
    tab = "timeline" if mover.quantity == "activation_std" else "optimizer"
    return Evidence(tab=tab, step=mover.since, layer=mover.layer, series=series)


def _in_order(layers: list[str], found: FirstMovers) -> list[str]:
    """Those that moved in the order in which they did, and then the others as they were."""
    order = list(dict.fromkeys(each.layer for each in found.movers))
    return sorted(layers, key=lambda name: order.index(name) if name in order else len(order))
