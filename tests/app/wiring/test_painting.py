"""Whatever the window paints can be read: words lie within their widget and beside each other, and stand out."""

from collections import Counter
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter, QPalette, QPixmap
from PyQt6.QtWidgets import QAbstractScrollArea, QApplication, QTableView, QWidget

from app.window.main_window import LEAST_SIZE
from app.window.theme import apply_theme
from tests.app.contrast import contrast
from tests.app.painted import Words, canvas_of, painted
from tests.app.wiring.user import User, as_modules, augmentations

LEAST_CONTRAST = 3.0
"""Of words and what is behind them, as WCAG 2.2 counts it (1.4.3, large text): 1 is none, 21 black on white."""
NEAR_PX = 1.0


def with_a_unit(user: User) -> None:
    user.session.pin_unit(("fc1", 8))
    user.session.select_layer("fc1")


@pytest.mark.parametrize(
    ("theme", "is_least"), [("dark", False), ("light", False), ("dark", True)], ids=["dark", "light", "least size"]
)
def test_that_words_are_within_their_widget_apart_from_each_other_and_stand_out(
    user: User, qapp: QApplication, theme: str, is_least: bool
) -> None:
    apply_theme(qapp, theme)
    if is_least:
        user.window.resize(LEAST_SIZE)
    with_a_unit(user)
    every = [page.spec.name for page in user.window.pages]
    n_words, wrong = 0, []
    for move, names in ((with_a_unit, every), (augmentations, ["correlations"]), (as_modules, ["network"])):
        move(user)
        for name in names:
            user.window.show_view(name)
            user.settle()
            for widget in painting(user.window.pages[name]):
                words = [each for each in painted(widget).words if each.text.strip()]
                n_words += len(words)
                wrong += [f"{name}: {type(widget).__name__}: {each}" for each in faults(widget, words)]
    assert n_words > 100
    assert not wrong, "\n".join(wrong)


def painting(parent: QWidget) -> Iterator[QWidget]:
    """What paints by itself in the window, and is seen."""
    for widget in parent.findChildren(QWidget):
        own = any(each.__module__.startswith("app.") and "paintEvent" in vars(each) for each in type(widget).__mro__)
        if widget.isVisible() and (own or isinstance(widget, QTableView)):
            yield widget


def faults(widget: QWidget, words: list[Words]) -> Iterator[str]:
    """What is wrong with words of a widget."""
    canvas = canvas_of(widget)
    picture = on_its_ground(canvas)
    room = QRectF(canvas.rect()).adjusted(-NEAR_PX, -NEAR_PX, NEAR_PX, NEAR_PX)
    for number, each in enumerate(words):
        if not isinstance(widget, QAbstractScrollArea) and not room.contains(each.place):
            yield f"{each.text!r} at {each.place} leaves {room}"
        for other in words[:number]:
            if each.place.intersects(other.place):
                yield f"{each.text!r} lies on {other.text!r}"
        if room.contains(each.place):
            found = contrast(QColor(each.colour), behind(picture, each.place))
            if found < LEAST_CONTRAST:
                yield f"{each.text!r} of {each.colour} has a contrast of {found:.1f} only"


def on_its_ground(canvas: QWidget) -> QImage:
    """What a widget looks like; one that paints no ground lies on that of the window."""
    seen = canvas.grab()
    if seen.isNull():  # of no size
        return seen.toImage()
    whole = QPixmap(seen.size())
    whole.setDevicePixelRatio(seen.devicePixelRatio())
    whole.fill(QApplication.palette().color(QPalette.ColorRole.Window))
    painter = QPainter(whole)
    painter.drawPixmap(0, 0, seen)
    painter.end()
    return whole.toImage()


def behind(picture: QImage, place: QRectF) -> QColor:
    """The colour that most of a place has."""
    ratio = picture.devicePixelRatio()
    part = picture.copy(QRectF(place.topLeft() * ratio, place.size() * ratio).toAlignedRect().adjusted(-2, -2, 2, 2))
    return QColor(
        Counter(part.pixel(x, y) for y in range(part.height()) for x in range(part.width())).most_common(1)[0][0]
    )
