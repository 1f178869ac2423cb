"""How often our rules were wrong on healthy trainings: ``alarms.json``, made by ``python -m tests.faults --write``."""

from functools import cache
from pathlib import Path

import msgspec

from collector.findings.percent import percent

MEASURED = Path(__file__).with_name("alarms.json")
Z = 1.959964
"""Of the standard normal distribution, for intervals of 95 %."""


class Alarms(msgspec.Struct, frozen=True):
    """Attributes: ``healthy``, trainings that nothing is wrong with; ``rules``, in how many each was wrong."""

    healthy: int
    rules: dict[str, int] = {}


def wilson(n: int, of: int) -> tuple[float, float]:
    """95 % interval of a share. Formula: E. B. Wilson 1927."""
    if not of:
        return 0.0, 1.0
    share = n / of
    middle, width = share + Z**2 / (2 * of), Z * (share * (1 - share) / of + Z**2 / (4 * of**2)) ** 0.5
    low, high = (middle - width) / (1 + Z**2 / of), (middle + width) / (1 + Z**2 / of)
    return max(low, 0.0), min(high, 1.0)  # which rounding may miss


@cache
def measured() -> Alarms:
    """What was measured last."""
    return msgspec.json.decode(MEASURED.read_bytes(), type=Alarms)


def alarms_text(rule: str) -> str:
    """In a sentence how often a rule of ours was wrong."""
    found = measured()
    n = found.rules.get(rule, 0)
    low, high = wilson(n, found.healthy)
    times = {0: "never", 1: "once"}.get(n, f"{n} times")
    interval = f"95 % interval of the share {percent(low, 1)} to {percent(high, 1)}"
    return f"{times} on {found.healthy:,} healthy trainings ({interval})"
