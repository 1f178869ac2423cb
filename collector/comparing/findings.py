"""What is wrong in one of two runs and not in the other; and what is only wrong beside a healthy one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from collector.comparing.comparison import OneSided
from collector.comparing.pair import Pair
from collector.findings import Evidence, Finding, Recording, findings
from collector.findings.finding import RestsOn
from collector.findings.percent import percent

LOSS_FLOOR = 2.0
DEAD_POINTS = 0.2
_END = 0.1
"""The last tenth of a run is its end."""

_FLOOR = RestsOn(
    "median of the loss in the last tenth of the steps ÷ that of the other run", f"above {LOSS_FLOOR:g}", ""
)
_MORE_DEAD = RestsOn(
    "share of the layer's units that are dead at the end, less that of the other run's",
    f"above {percent(DEAD_POINTS)}",
    "",
)


@dataclass(frozen=True)
class SidedFindings:
    """Findings of two runs, each at the steps and with the layers of its own.

    Attributes:
        only_a, only_b: what the other has not.
        both: those of A, each with that of B.
    """

    only_a: Sequence[Finding]
    only_b: Sequence[Finding]
    both: Sequence[tuple[Finding, Finding]]


def sided_findings(pair: Pair, found_a: Sequence[Finding], found_b: Sequence[Finding]) -> SidedFindings:
    """Which findings A and B have in common: those of the same rule whose first layers are partners.

    Of both the ends are compared as well: a loss that stays above twice the other's (Theil's median of the last tenth
    of the steps), and shares of dead units of 20 points more than the other's layer. What shows in no single run, as
    labels that do not belong to the inputs, shows beside a run that learns.

    Args:
        found_a: what the rules say of A.
        found_b: what they say of B.
    """
    back = {other: one for one, other in pair.partner.items()}
    of_b: dict[tuple[str, str], Finding] = {}
    for each in found_b:
        of_b.setdefault(_key(each, back), each)
    known_a = {_key(each, {}) for each in found_a}
    only_a = [each for each in found_a if _key(each, {}) not in of_b]
    only_b = [each for each in found_b if _key(each, back) not in known_a]
    both = [(each, of_b[_key(each, {})]) for each in found_a if _key(each, {}) in of_b]
    return SidedFindings(
        [*_beside(pair, pair.partner, is_b=False), *only_a], [*_beside(pair, back, is_b=True), *only_b], both
    )


def one_sided_findings(pair: Pair) -> tuple[list[OneSided], list[OneSided]]:
    """Those of A that B has not, and those of B that A has not; see `sided_findings`."""
    found = sided_findings(pair, *(findings(each).findings for each in (pair.a, pair.b)))
    only_a, only_b = ([_told(each) for each in side] for side in (found.only_a, found.only_b))
    return only_a, only_b


def _key(finding: Finding, names: Mapping[str, str]) -> tuple[str, str]:
    layer = finding.layers[0] if finding.layers else ""
    return finding.rule, names.get(layer, layer)


def _told(finding: Finding) -> OneSided:
    return OneSided(finding.rule, finding.severity, finding.title, finding.layers, finding.since)


def _beside(pair: Pair, partner: Mapping[str, str], *, is_b: bool) -> Iterator[Finding]:
    one, other = pair.recordings[::-1] if is_b else pair.recordings
    name = "A" if is_b else "B"
    floor, healthy = _end_of(*one.loss), _end_of(*other.loss)
    if np.isfinite(floor) and healthy > 0 and floor > LOSS_FLOOR * healthy:
        yield Finding(
            rule="loss-floor",
            severity="warning",
            title=f"The loss ends at {floor:.3g}, {floor / healthy:.3g} times that of {name} ({healthy:.3g}).",
            since=(since := _parted(one, other)),
            since_range=(since, since),
            evidence=[Evidence(tab="timeline", step=since, series=one.loss_name)],
            rests_on=_FLOOR,
        )
    for layer in partner:
        steps, shares = one.scalar(f"dead_fraction/{layer}")
        _, of_other = other.scalar(f"dead_fraction/{partner[layer]}")
        if len(shares) and len(of_other) and shares[-1] > of_other[-1] + DEAD_POINTS:
            behind = np.flatnonzero(shares <= of_other[-1] + DEAD_POINTS)
            since = int(steps[min(behind[-1] + 1, len(steps) - 1)]) if len(behind) else int(steps[0])
            yield Finding(
                rule="more-dead-units",
                severity="warning",
                title=f"{layer}: {percent(shares[-1])} of its units are dead, in {name} {percent(of_other[-1])}.",
                layers=[layer],
                since=since,
                since_range=(since, since),
                evidence=[Evidence(tab="features", step=since, layer=layer)],
                rests_on=_MORE_DEAD,
            )


def _end_of(steps: np.ndarray, values: np.ndarray) -> float:
    n = max(1, int(len(values) * _END))
    end = values[-n:][np.isfinite(values[-n:])]
    return float(np.median(end)) if len(end) else np.nan


def _parted(one: Recording, other: Recording) -> int:
    """The step from which on the loss is never again near that of the other at its own place."""
    steps, values = one.loss
    own, healthy = other.loss
    beside = np.interp(steps, own, healthy)
    near = np.flatnonzero(values <= LOSS_FLOOR * np.abs(beside))
    return int(steps[min(near[-1] + 1, len(steps) - 1)]) if len(near) else int(steps[0])
