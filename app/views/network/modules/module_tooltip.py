"""The text that appears at the pointer over a box."""

from app.analysis.health import Health
from app.views.network.modules.analysis.module_differences import ModuleDifference
from app.views.network.modules.analysis.module_folding import Folded
from app.views.network.modules.analysis.module_numbers import ModuleNumbers
from app.views.network.modules.analysis.module_text import box_facts
from app.widgets.plain_text import escaped


def module_tooltip(
    folded: Folded, box: str, numbers: ModuleNumbers | ModuleDifference | None, health: Health | None = None
) -> str:
    """Name and figures of a box as rich text, and what is found of it."""
    rows = "".join(
        f"<tr><td>{escaped(what)}&nbsp;&nbsp;</td><td align='right'>{escaped(value)}</td></tr>"
        for what, value in box_facts(folded, box, numbers)
    )
    hint = "<br>Click to open it." if box in folded.graph.frames else ""
    found = "".join(f"<br>{escaped(line)}" for line in ([] if health is None else health.lines))
    return f"<nobr><b>{escaped(box)}</b></nobr><table>{rows}</table>{hint}{found}"
