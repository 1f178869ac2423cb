"""What recording has cost, in words."""

from collector.storage.schema import PriceRecord

_WORDS = {
    "passes": "passes",
    "gradients": "following the gradients",
    "comparisons": "comparisons at epochs",
    "stories": "stories of samples",
    "scalars": "all else",
}
_LEAST_SECONDS = 0.1
"""A training of less time than this cannot be compared with."""
_LEAST_STEPS, _LEAST_PASSES = 100, 2
"""Nor one that has only begun: what is recorded before its first step belongs to many steps."""
_ROUNDED_TO_ONE = 0.9995
"""What has three digits is from here on one of the larger unit, not a thousand of the smaller."""


def overhead_line(price: PriceRecord | None, interval: int, *, is_over: bool) -> str:
    """In short, as ``recording cost 2.9 %``; empty where it is not known, or not yet.

    Args:
        interval: steps between passes.
        is_over: whether the run has ended, so that there is no more to wait for.
    """
    if price is None or price.training_seconds < _LEAST_SECONDS or price.step < _LEAST_STEPS:
        return ""
    if not is_over and price.step < _LEAST_PASSES * interval:
        return ""
    return f"recording cost {_percent(price.share)}"


def overhead_details(price: PriceRecord, budget: float | None) -> str:
    """What for, a line for each; the parts rise to the total."""
    total = sum(price.seconds.values())
    lines = [
        f"The training took {_seconds(price.training_seconds)}, recording it {_seconds(total)}: "
        f"{_percent(price.share)} of the training's time.",
        *(f"{_WORDS.get(kind, kind)}: {_seconds(seconds)}" for kind, seconds in price.seconds.items() if seconds),
        f"{_bytes(price.bytes)} were written.",
    ]
    if budget is not None:
        lines.append(f"Its budget was {_percent(budget)}; the notes say what was left out.")
    return "\n".join(lines)


def _percent(share: float) -> str:
    percent = share * 100
    return f"{percent:.1f} %" if percent < 10 else f"{percent:,.0f} %"


def _seconds(seconds: float) -> str:
    if seconds < _ROUNDED_TO_ONE:
        return f"{seconds * 1e3:.3g} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:,.1f} min"


def _bytes(n_bytes: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= size * _ROUNDED_TO_ONE:
            return f"{n_bytes / size:.3g} {unit}"
    return f"{n_bytes} bytes"
