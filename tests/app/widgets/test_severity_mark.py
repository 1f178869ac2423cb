"""The mark of a finding: told apart by its shape, not by its colour alone."""

import pytest
from PyQt6.QtCore import QPointF, QSize

from app.palette import DARK, LIGHT
from app.widgets.severity_mark import paint_mark
from app.window.theme import apply_theme
from collector.findings.finding import SEVERITIES, Severity
from tests.app.painted import Shape, painted_by


def shapes_of(severity: Severity, px: float = 11.0) -> list[Shape]:
    return painted_by(lambda painter: paint_mark(painter, QPointF(20, 20), severity, px), QSize(40, 40)).shapes


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("px", [7.0, 11.0, 30.0])
def test_that_a_mark_stands_around_its_point_and_is_no_wider_than_asked(qapp, severity: Severity, px: float) -> None:
    apply_theme(qapp, "dark")
    whole = shapes_of(severity, px)[0].place
    assert whole.contains(QPointF(20, 20))
    assert whole.width() <= px + 0.5
    assert whole.height() <= px + 0.5


@pytest.mark.parametrize(("theme", "palette"), [("dark", DARK), ("light", LIGHT)])
def test_that_a_note_is_a_ring_a_warning_is_filled_and_what_is_critical_has_a_bar(qapp, theme: str, palette) -> None:
    apply_theme(qapp, theme)
    (ring,) = shapes_of("note")
    assert (ring.line, ring.area) == (palette.faint_text, "")
    (triangle,) = shapes_of("warning")
    assert (triangle.line, triangle.area) == ("", palette.hovered)
    disc, bar = shapes_of("critical")
    assert (disc.area, bar.area) == (palette.wrong, palette.background)
    assert disc.place.contains(bar.place)
    apply_theme(qapp, "dark")
