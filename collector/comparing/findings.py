"""What is wrong in one of two runs and not in the other; and what is only wrong beside a healthy one."""

from collections.abc import Iterator, Mapping

import numpy as np

from collector.comparing.comparison import OneSided
from collector.comparing.pair import Pair
from collector.findings import Finding, Recording, findings

LOSS_FLOOR = 2.0
DEAD_POINTS = 0.2
_END = 0.1
"""The last tenth of a run is its end."""


def one_sided_findings(pair: Pair) -> tuple[list[OneSided], list[OneSided]]:
    """Those of A that B has not, and those of B that A has not. Of both the ends are compared as well:

    a loss that stays above twice the other's (Theil's median of the last tenth of the steps), and shares of dead units
    of 20 points more than the other's layer. What shows in no single run, as labels that do not belong to the inputs,
    shows beside a run that learns.
    """
    found_a, found_b = (findings(each).findings for each in (pair.a, pair.b))
    back = {other: one for one, other in pair.partner.items()}
    known_a = {_key(each, {}) for each in found_a}
    known_b = {_key(each, back) for each in found_b}
    only_a = [_told(each) for each in found_a if _key(each, {}) not in known_b]
    only_b = [_told(each) for each in found_b if _key(each, back) not in known_a]
    return [*_beside(pair, pair.partner, is_b=False), *only_a], [*_beside(pair, back, is_b=True), *only_b]


def _key(finding: Finding, names: Mapping[str, str]) -> tuple[str, str]:
    layer = finding.layers[0] if finding.layers else ""
    return finding.rule, names.get(layer, layer)


def _told(finding: Finding) -> OneSided:
    return OneSided(finding.rule, finding.severity, finding.title, finding.layers, finding.since)


def _beside(pair: Pair, partner: Mapping[str, str], *, is_b: bool) -> Iterator[OneSided]:
    one, other = pair.recordings[::-1] if is_b else pair.recordings
    name = "A" if is_b else "B"
    floor, healthy = _end_of(*one.loss), _end_of(*other.loss)
    if np.isfinite(floor) and healthy > 0 and floor > LOSS_FLOOR * healthy:
        since = _parted(one, other)
        title = f"The loss ends at {floor:.3g}, {floor / healthy:.3g} times that of {name} ({healthy:.3g})."
        yield OneSided("loss-floor", "warning", title, [], since)
    for layer in partner:
        steps, shares = one.scalar(f"dead_fraction/{layer}")
        _, of_other = other.scalar(f"dead_fraction/{partner[layer]}")
        if len(shares) and len(of_other) and shares[-1] > of_other[-1] + DEAD_POINTS:
            behind = np.flatnonzero(shares <= of_other[-1] + DEAD_POINTS)
            since = int(steps[min(behind[-1] + 1, len(steps) - 1)]) if len(behind) else int(steps[0])
            title = f"{layer}: {shares[-1]:.0%} of its units are dead, in {name} {of_other[-1]:.0%}."
            yield OneSided("more-dead-units", "warning", title, [layer], since)


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
