"""What is looked at: a run, and where the window has gone in it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from app.side_by_side import Side
from app.views import VIEWS
from app.views.correlations.panel import AUGMENTATIONS
from app.views.stories.panel import Page
from app.window.main_window import MainWindow
from tests.app.parts import part
from tests.app.views.network.driving import move, point_of

Go = Callable[[MainWindow], object]


class Runs(Enum):
    """What is open."""

    NONE = "nothing"
    START = "the page that it starts with"
    USUAL = "the whole run"
    TWO = "the whole run beside one with a higher rate"
    STORIES = "stories of samples"


@dataclass(frozen=True)
class Scene:
    """Something to be looked at.

    Attributes:
        go: leads there, from the last pass.
        theme: of the window.
        size_px: of it.
        has_docks: whether all of it is there; else only what is in the middle.
    """

    runs: Runs
    go: Go
    theme: str = "dark"
    size_px: tuple[int, int] = (900, 640)
    has_docks: bool = False


def _view(name: str, number: int | None = None) -> Go:
    def go(window: MainWindow) -> None:
        if number is not None:
            window._session.show_pass(number)
        window.show_view(name)

    return go


def _choosing(name: str, layer: str, unit: int | None = None) -> Go:
    def go(window: MainWindow) -> None:
        window.show_view(name)
        window._session.select_layer(layer)
        if unit is not None:
            window._session.pin_unit((layer, unit))

    return go


def _hovering(window: MainWindow) -> None:
    network = part(window, "network")
    move(network, point_of(network, 1, 2) - QPoint(1, 1))


def _modules(window: MainWindow) -> None:
    window.show_view("network")
    window._session.draw_as_modules(as_modules=True)


def _stories(page: Page) -> Go:
    def go(window: MainWindow) -> None:
        panel = part(window, "stories")
        QTest.mouseClick(panel.segments.buttons[page.value], Qt.MouseButton.LeftButton)
        window._session.show_pass(3)
        panel.story_requested.emit(5, None)

    return go


def _augmentations(window: MainWindow) -> None:
    panel = part(window, "correlations")
    QTest.mouseClick(panel.page_choice.buttons[AUGMENTATIONS], Qt.MouseButton.LeftButton)


def _tile_pointed_at(window: MainWindow) -> None:
    grid = part(window, "features").filters.grid
    QTest.qWait(50)  # until it is as large as it will be
    QTest.mouseMove(grid, QPoint(grid.width() // 4, grid.height() // 3))


def _side(name: str, side: Side) -> Go:
    def go(window: MainWindow) -> None:
        window.show_view(name)
        window._session.show_side(side)

    return go


def _finding(window: MainWindow) -> None:
    window.show_view("findings")
    window._session.find_next(1)


CENTRE = [each.name for each in VIEWS if each.place.name == "CENTRE"]
DOCKS = ("findings", "layers", "unit", "notes")
"""Of those that lie on one another each; the others are beside them."""
ALONE = [name for name in CENTRE if name not in ("compare", "stories")]
"""What there is to see of a run without stories, and with no other one beside it."""
LARGE = (1200, 760)

SCENES: dict[str, Scene] = {
    "start": Scene(Runs.START, lambda window: window.show_start_page(), size_px=LARGE, has_docks=True),
    "tour": Scene(Runs.USUAL, lambda window: window._start_tour(), size_px=LARGE, has_docks=True),
    "correlations_of_augmentations": Scene(Runs.USUAL, _augmentations),
    "nothing_open": Scene(Runs.NONE, lambda window: None, size_px=LARGE, has_docks=True),
    **{name: Scene(Runs.USUAL, _view(name)) for name in ALONE},
    **{f"{name}_in_light": Scene(Runs.USUAL, _view(name, 2), theme="light") for name in ALONE},
    **{name: Scene(Runs.USUAL, _view(name), size_px=LARGE, has_docks=True) for name in DOCKS},
    "network_pointed_at": Scene(Runs.USUAL, _hovering),
    "network_of_a_layer": Scene(Runs.USUAL, _choosing("network", "fc1", 3)),
    "network_as_modules": Scene(Runs.USUAL, _modules),
    "features_pointed_at": Scene(Runs.USUAL, _tile_pointed_at),
    "features_of_a_filter": Scene(Runs.USUAL, _choosing("features", "conv1", 2)),
    "gradients_of_a_layer": Scene(Runs.USUAL, _choosing("gradients", "fc1")),
    "optimizer_of_a_layer": Scene(Runs.USUAL, _choosing("optimizer", "fc2")),
    "unit_of_a_layer": Scene(Runs.USUAL, _choosing("unit", "fc1", 3), "light", LARGE, has_docks=True),
    "findings_of_a_finding": Scene(Runs.USUAL, _finding, "light", LARGE, has_docks=True),
    "small": Scene(Runs.USUAL, _view("network"), size_px=(960, 600), has_docks=True),
    **{f"stories_{page.name.lower()}": Scene(Runs.STORIES, _stories(page)) for page in Page},
    "two_compare": Scene(Runs.TWO, _view("compare")),
    **{f"two_{name}": Scene(Runs.TWO, _side(name, Side.DIFFERENCE)) for name in ALONE},
    **{f"two_{name}": Scene(Runs.TWO, _side(name, Side.DIFFERENCE), "dark", LARGE, has_docks=True) for name in DOCKS},
    "two_network_b": Scene(Runs.TWO, _side("network", Side.B), theme="light"),
}
