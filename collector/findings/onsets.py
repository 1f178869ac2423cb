"""What happened where a symptom begins: findings that say what is seen are given who moved first, and the rate."""

import msgspec

from collector.findings.events import RateJump, rate_jumps
from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.first_movers import FirstMovers, Mover, first_movers
from collector.findings.layer_words import layer_words
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

OF_THE_LOSS = frozenset(("loss-spike", "diverging-loss"))
"""Those that name no layer by themselves: something else has moved before the loss did, or with it."""

_CLEAR = 6.0
"""Robust z of a layer that is named as a cause: as strict as the rules are."""
_TIMES = 10.0
"""A rate that rose so much is named some recorded steps later too; so is a layer that moved together with the loss."""
_MOST_TIMES = 1e12
"""A factor beyond this is none: 0 and what is not finite have no ratio."""


def with_onset(recording: Recording, finding: Finding) -> Finding:
    """The finding with what happened first among its causes, and what it affects in the order in which it moved.

    Named are a learning rate that jumped in the recorded step at which the finding begins, or rose ten times shortly
    before; and a layer that had moved before, clearly and by itself, and that the finding does not name. Where it is
    the loss that moved, and no rate did, the first layer that moved with it by ten times is the finding's. Notes are
    left as they are.
    """
    if finding.rule not in SYMPTOMS or finding.severity == "note" or finding.since <= 0:
        return finding
    found = first_movers(recording, finding.since)
    jump = _rate(recording, finding, found)
    mover = _before(found, finding)
    layers = finding.layers
    if finding.rule in OF_THE_LOSS and jump is None and not layers:
        mover = mover or _together(found, finding)
        layers = [] if mover is None else [mover.layer]
    causes = [] if jump is None else [Cause(f"{jump} at step {jump.step:,}.", "The schedule, or who sets the rate.")]
    causes += [_of_mover(mover, finding)] if mover is not None else []
    places = [] if mover is None else [_place(mover)]
    return msgspec.structs.replace(
        finding,
        layers=layers,
        causes=causes + finding.causes,
        evidence=finding.evidence + places,
        affected=_in_order(finding.affected, found),
    )


def _rate(recording: Recording, finding: Finding, found: FirstMovers) -> RateJump | None:
    """The last jump in the recorded step at which the finding begins, or else the last large rise before."""
    first, last = finding.since_range
    jumps = [each for each in rate_jumps(recording) if 0 < each.step <= last]
    there = [each for each in jumps if each.step >= first]
    before = [each for each in jumps if each.step > found.window[0] and each.after >= _TIMES * each.before]
    return next(iter((there or before)[-1:]), None)


def _before(found: FirstMovers, finding: Finding) -> Mover | None:
    """The first one, where it had moved by the recorded step behind which the finding begins."""
    named = {*finding.layers, *finding.affected}
    first = next((each for each in found.movers if each.size > _CLEAR), None)
    is_earlier = first is not None and first.since <= finding.since_range[0] and first.layer not in named
    return first if is_earlier else None


def _together(found: FirstMovers, finding: Finding) -> Mover | None:
    """The first one that may have moved before the finding began: between the recorded steps around it."""
    clear = (each for each in found.movers if each.size > _CLEAR and each.factor >= _TIMES)
    return next((each for each in clear if each.since_range[0] < finding.since), None)


def _of_mover(mover: Mover, finding: Finding) -> Cause:
    when = "had moved before" if mover.since <= finding.since_range[0] else "moved with it"
    quantity = mover.quantity.replace("_", " ")
    if _TIMES <= mover.factor < _MOST_TIMES:
        how = f"is {mover.factor:,.3g} times what it was from step {mover.since:,} on"
    else:
        how = f"left its usual range at step {mover.since:,}"
    text = f"{layer_words(mover.layer)} {when}: its {quantity} {how}."
    return Cause(text, f"{mover.quantity}/{mover.layer} around step {mover.since:,}.")


def _place(mover: Mover) -> Evidence:
    series = f"{mover.quantity}/{mover.layer}"
    tab = "timeline" if mover.quantity == "activation_std" else "optimizer"
    return Evidence(tab=tab, step=mover.since, layer=mover.layer, series=series)


def _in_order(layers: list[str], found: FirstMovers) -> list[str]:
    """Those that moved in the order in which they did, and then the others as they were."""
    order = list(dict.fromkeys(each.layer for each in found.movers))
    return sorted(layers, key=lambda name: order.index(name) if name in order else len(order))
