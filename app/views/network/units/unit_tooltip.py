"""The text that appears at the pointer over a unit."""

from html import escape

from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.unit_facts import unit_facts, unit_name


def unit_tooltip(view: GraphView, column: int, position: int) -> str:
    """Name and figures of a unit as rich text."""
    place = view.graph.columns[column]
    rows = "".join(
        f"<tr><td>{escape(what)}&nbsp;&nbsp;</td><td align='right'>{escape(value)}</td></tr>"
        for what, value in unit_facts(view, column, position)
    )
    name = f"<nobr><b>{escape(unit_name(place, position))}</b></nobr>"
    return f"{name}<br><nobr>{escape(place.subtitle)}</nobr><table>{rows}</table>"
