"""The text that appears at the pointer over a unit or an edge."""

from app.analysis.graph.graph_view import GraphView
from app.analysis.graph.unit_facts import unit_facts, unit_name
from app.views.network.units.analysis.edge_facts import edge_facts, edge_measure, edge_name
from app.widgets.plain_text import escaped


def unit_tooltip(view: GraphView, column: int, position: int) -> str:
    """Name and figures of a unit as rich text."""
    place = view.graph.columns[column]
    rows = "".join(
        f"<tr><td>{escaped(what)}&nbsp;&nbsp;</td><td align='right'>{escaped(value)}</td></tr>"
        for what, value in unit_facts(view, place, position)
    )
    name = f"<nobr><b>{escaped(unit_name(place, position))}</b></nobr>"
    return f"{name}<br><nobr>{escaped(place.subtitle)}</nobr><table>{rows}</table>"


def edge_tooltip(view: GraphView, pair: int, edge: int) -> str:
    """Ends and figures of an edge as rich text; in bold what the graph shows."""
    rows = ""
    for place, (what, value) in enumerate(edge_facts(view, pair, edge)):
        what, value = escaped(what), escaped(value)
        if place == 0:
            what, value = f"<b>{what}</b>", f"<b>{value}</b>"
        rows += f"<tr><td>{what}&nbsp;&nbsp;</td><td align='right'>{value}</td></tr>"
    measure = edge_measure(view, pair)
    note = f"<nobr>{escaped(measure)}</nobr>" if measure else ""
    return f"<nobr><b>{escaped(edge_name(view, pair, edge))}</b></nobr><table>{rows}</table>{note}"
