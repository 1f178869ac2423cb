"""Who moved first around a step, as rows and in words."""

from app.analysis.figures import figure
from app.analysis.metric_text import metric_text
from app.analysis.row import Row
from collector.findings import Evidence, FirstMovers, Mover

_ENDLESS = 1e12
"""A factor beyond this is told in words: 0 and what is not finite have none."""


def movers_title(movers: FirstMovers) -> str:
    """What is listed, and where it was looked for."""
    first, last = movers.window
    looked_at = "" if movers.lacks else f" (looked at: steps {first:,} to {last:,})"
    return f"Who moved first around step {movers.step:,}{looked_at}"


def nothing_moved(movers: FirstMovers) -> str:
    """Why the list is empty."""
    if movers.lacks:
        return f"That cannot be told: {movers.lacks}."
    return "No layer left its own past there: what happened, happened to all of them alike, or to none."


def mover_rows(movers: FirstMovers) -> list[Row]:
    """Those who moved, the first in front; of a tie all have the same place."""
    rows: list[Row] = []
    first, place = None, 0
    for mover in movers.movers:
        if first is None or not mover.is_tie or mover.since_range[0] >= first.since:
            first, place = mover, len(rows) + 1
        rows.append(_row(mover, place))
    return rows


def shared_texts(movers: FirstMovers) -> list[str]:
    """What all layers share, which none of them is to blame for."""
    told = [(metric_text(each.quantity).title, _how_large(each.factor), each.step) for each in movers.shared]
    return [f"All layers together: {quantity} {how}, from step {step:,} on." for quantity, how, step in told]


def place_of(mover: Mover) -> Evidence:
    """Where a move is seen."""
    return Evidence(tab="optimizer", step=mover.since, layer=mover.layer, series=f"{mover.quantity}/{mover.layer}")


def _row(mover: Mover, place: int) -> Row:
    since = f"since step {mover.since:,}"
    before, at = mover.since_range
    tie = "a tie" if mover.is_tie else ""
    above = " · ".join(filter(None, (str(place), since, tie)))
    quantity = metric_text(mover.quantity).title
    tip = (
        f"It left its past behind step {before:,} and not behind step {at:,}; robust z {figure(mover.size)}:"
        " so many times its usual spread away."
    )
    tip += " What was recorded cannot tell which of those of a tie moved first." * mover.is_tie
    return Row(above, f"{mover.layer}: {quantity} {_how_large(mover.factor)}", tip=tip)


def _how_large(factor: float) -> str:
    if factor > _ENDLESS:
        return "far above all that is usual"
    if factor < 1 / _ENDLESS:
        return "down to nothing"
    return f"{figure(factor)} times as large as usual"
