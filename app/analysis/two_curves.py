"""A scalar of two runs on the steps of the first, or of one run beside what it was at a step that is held: B less A.

`R` steps of A at which both have a value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.analysis.curve import Measured
from app.analysis.figures import true_signs
from collector.comparing import Pair

SAME = "the same"


@dataclass(frozen=True)
class Figures:
    """What a scalar is in A and in B at a step, and B less A, in words; empty where there is none."""

    a: str = ""
    b: str = ""
    change: str = ""

    @property
    def text(self) -> str:
        """All of it, as ``A 0.31 · B 0.42 · +0.11``."""
        told = [f"{name} {words}" for name, words in (("A", self.a), ("B", self.b)) if words]
        return " · ".join([*told, *([self.change] if self.change else [])])


@dataclass(frozen=True)
class TwoCurves:
    """Two curves that are compared.

    Attributes:
        own: that of the run whose steps these are; None where it was not recorded there.
        other: that of the other run, its steps float64 where they lie among those of A; None where it was not recorded
            there, and where a pass of the same run is held.
        a, b: both where they lie next to each other, at the same steps of A ``[R]``; None where one has nothing.
    """

    own: Measured | None
    other: Measured | None
    a: Measured | None = None
    b: Measured | None = None

    @property
    def is_same(self) -> bool:
        """Whether both have the same values, bit by bit, at the same places."""
        if self.a is None or self.b is None or self.own is None or self.other is None:
            return False
        n_values = {len(each.steps) for each in (self.own, self.other, self.a)}
        return len(n_values) == 1 and np.array_equal(self.a.values, self.b.values, equal_nan=True)

    def figures_at(self, step: int, *, counts: bool = False, digits: int = 4) -> Figures:
        """Both at the last step at or before one at which A has a value; see `Measured.text_at`."""
        how = {"counts": counts, "digits": digits}
        if self.own is None:
            return Figures(b="" if self.other is None else self.other.text_at(step, **how))  # type: ignore[arg-type]
        if not self._has_both_at(step):
            return Figures(self.own.text_at(step, **how))  # type: ignore[arg-type]
        assert self.a is not None
        assert self.b is not None
        of_a, of_b = (each.text_at(step, **how) for each in (self.a, self.b))  # type: ignore[arg-type]
        one, other = self.values_at(step)
        return Figures(of_a, of_b, "" if one is None or other is None else change_text(one, other))

    def values_at(self, step: int) -> tuple[float | None, float | None]:
        """The same as numbers; None where there is none, and where there was no gradient."""
        if self._has_both_at(step) and self.a is not None and self.b is not None:
            return self.a.value_at(step), self.b.value_at(step)
        if self.own is None:
            return None, None if self.other is None else self.other.value_at(step)
        return self.own.value_at(step), None

    def _has_both_at(self, step: int) -> bool:
        """Whether B has something next to the last value of A at or before a step."""
        if self.own is None or self.a is None:
            return False
        of_own, of_both = self.own.place_at(step), self.a.place_at(step)
        return of_own is not None and of_both is not None and self.own.steps[of_own] == self.a.steps[of_both]

    @property
    def columns(self) -> list[Measured]:
        """A, B and B less A for a table; A alone where there is nothing beside it."""
        if self.a is None:
            return [] if self.own is None else [replace(_plain(self.own), name=f"a:{self.own.name}")]
        assert self.b is not None
        name = self.a.name
        sides = [replace(each, name=f"{side}:{name}") for side, each in (("a", self.a), ("b", self.b))]
        with np.errstate(invalid="ignore"):
            change = self.b.values - self.a.values
        is_known = ~(_missing(self.a) | _missing(self.b))
        return [*sides, Measured(f"b-a:{name}", self.a.steps[is_known], change[is_known])]


def change_text(a: float, b: float, digits: int = 3) -> str:
    """B less A in words, with its sign; `SAME` where both are the same, or both no number."""
    if a == b or (np.isnan(a) and np.isnan(b)):
        return SAME
    with np.errstate(invalid="ignore"):
        change = float(np.float64(b) - a)
    return true_signs(f"{change:+.{digits}g}") if np.isfinite(change) else ""


def two_notes(names: tuple[str, str] | None) -> list[str]:
    """What the columns of `TwoCurves.columns` are, for a table; nothing where nothing is compared."""
    if names is None:
        return []
    one, other = names
    return [f"a: {one}; b: {other}, next to the step of a; b-a: b less a"]


def of_two_runs(pair: Pair, a: Measured | None, b: Measured | None, last_step: int) -> TwoCurves:
    """A scalar of A and the same of B.

    Args:
        pair: both, on one clock.
        a, b: each on the steps of its own run; None where it was not recorded.
        last_step: of A.
    """
    if b is None:
        return TwoCurves(None if a is None else _plain(a), None)
    places = pair.alignment.on_a(b.steps, last_step)
    is_there = np.isfinite(places)
    other = _at(b, places[is_there], np.flatnonzero(is_there))
    if a is None:
        return TwoCurves(None, other)
    aligned = pair.alignment.of(a.steps, b.steps)
    if not len(aligned.a):
        return TwoCurves(_plain(a), other)
    one = _at(a, aligned.a, np.searchsorted(a.steps, aligned.a))
    another = _at(b, aligned.a, np.searchsorted(b.steps, aligned.b))
    return TwoCurves(_plain(a), other, one, another)


def of_held(curve: Measured | None, held: int) -> TwoCurves:
    """A scalar of one run beside what it was at a step, its last one at or before that."""
    if curve is None:
        return TwoCurves(None, None)
    place = curve.place_at(held)
    if place is None:
        return TwoCurves(_plain(curve), None)
    then = _at(curve, curve.steps, np.full(len(curve.steps), place))
    return TwoCurves(_plain(curve), None, then, _plain(curve))


def _plain(curve: Measured) -> Measured:
    """It alone, without the dots of a `Curve`."""
    return _at(curve, curve.steps, slice(None))


def _at(curve: Measured, steps: np.ndarray, places: np.ndarray | slice) -> Measured:
    """Values at some places of a curve, on other steps."""
    missing, errors = curve.is_missing, curve.errors
    return Measured(
        curve.name,
        steps,
        curve.values[places],
        missing[places] if len(missing) else missing,
        curve.is_estimate,
        None if errors is None else errors[places],
    )


def _missing(curve: Measured) -> np.ndarray:
    return curve.is_missing if len(curve.is_missing) else np.zeros(len(curve.steps), bool)
