"""The text that appears at the pointer over a unit."""

from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.unit_facts import unit_facts, unit_name
from app.widgets.plain_text import escaped


def unit_tooltip(view: GraphView, column: int, position: int) -> str:
    """Name and figures of a unit as rich text."""
    place = view.graph.columns[column]
    rows = "".join(
        f"<tr><td>{escaped(what)}&nbsp;&nbsp;</td><td align='right'>{escaped(value)}</td></tr>"
        for what, value in unit_facts(view, column, position)
    )
    name = f"<nobr><b>{escaped(unit_name(place, position))}</b></nobr>"
    return f"{name}<br><nobr>{escaped(place.subtitle)}</nobr><table>{rows}</table>"
