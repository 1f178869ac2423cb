"""How many values each layer gives for one sample, and which layers give none that can be used."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Protocol


class Called(Protocol):
    """What was seen of a layer when the model ran."""

    @property
    def order(self) -> int:
        """Of two layers the one with the smaller number ran first."""

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Without the sample axis."""

    @property
    def problem(self) -> str:
        """Why its output is no activation ``[N, …]``; empty where it is one."""


def layer_widths(
    names: Iterable[str], calls: Mapping[str, Called], is_left_out: str
) -> tuple[dict[str, int], list[str]]:
    """Layer → values of its output for one sample, in order of execution; and a sentence for each without any.

    Args:
        names: of the layers that are wanted.
        calls: name → what was seen of it; one that was not called is missing.
        is_left_out: what the sentence says of a layer, as ``cannot be projected``.
    """
    reasons = {name: calls[name].problem if name in calls else "it was not called" for name in names}
    usable = sorted((name for name, reason in reasons.items() if not reason), key=lambda name: calls[name].order)
    notes = [f"{name!r} {is_left_out}: {reason}." for name, reason in reasons.items() if reason]
    return {name: prod(calls[name].output_shape) for name in usable}, notes
