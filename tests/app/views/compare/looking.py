"""Where the parts of the view are that a user reads and clicks."""

from app.views.compare.panel import ComparePanel
from tests.app.parts import part
from tests.app.wiring.user import User


def panel(user: User) -> ComparePanel:
    """The view, brought to the front."""
    found = part(user.window, "compare")
    assert isinstance(found, ComparePanel)
    return found


def read(user: User, section: str) -> list[str]:
    """The rows of a section, which is brought to the front by a click."""
    sections = panel(user).sections
    button = next(button for text, button in sections.choice.buttons.items() if text.startswith(section))
    user.click(button)
    return [each.row.text for each in sections.entries]


def enter(user: User, row: int) -> None:
    """Click a row of the section that is read."""
    rows = panel(user).sections.list
    viewport = rows.viewport()
    assert viewport is not None
    user.click(viewport, rows.visualRect(rows.rows.index(row)).center())
