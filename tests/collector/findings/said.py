"""What a rule says of a recording, in the lines that a test can hold against those that it expects."""

import numpy as np

from collector.findings import Finding, Rule
from collector.findings.registry import own_rules
from collector.storage.schema import OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded

RULES: dict[str, Rule] = {each.name: each for each in own_rules()}


def told(run: Recorded, rule: str) -> list[str]:
    """Three lines of each finding: how bad, where and when; title and why; figures with four digits."""
    return [line for each in run.found(RULES[rule]) for line in _lines(each)]


def lacking(run: Recorded, rule: str) -> str:
    """Why it is not judged."""
    (only,) = run.report(RULES[rule]).not_judged
    return only.why


def _lines(found: Finding) -> list[str]:
    where = ", ".join(found.layers) or "all"
    affected = f" (then {', '.join(found.affected)})" if found.affected else ""
    between = f"{found.since} in {found.since_range[0]}-{found.since_range[1]}"
    until = "" if found.until is None else f" until {found.until}"
    first = found.evidence[0]
    place = " ".join(str(each) for each in (first.tab, first.step, first.layer, first.series) if each is not None)
    figures = ", ".join(
        f"{name}: {value if isinstance(value, str) else f'{value:.4g}'}"
        for name, value in found.rests_on.figures.items()
    )
    return [
        f"{found.severity}: {where}{affected} since {between}{until}; see {place}",
        f"{found.title} {found.why}",
        figures,
    ]


def halved(n: int, first: float = 2.0, last: float = 1.0) -> np.ndarray:
    """A loss that is ``first`` in the first half of its steps and ``last`` in the second ``[n]``."""
    return np.where(np.arange(n) < n // 2, first, last)


def opponents() -> OptimizersRecord:
    """Two optimizers, as of a GAN: of ``fc1``, and of ``fc2`` and ``fc3``."""
    groups = [ParameterGroup(["fc1.weight"], "Adam", 0), ParameterGroup(["fc2.weight", "fc3.weight"], "Adam", 1)]
    return OptimizersRecord(0, groups)
