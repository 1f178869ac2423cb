"""One place of a view: what stands in it, what its view is told and how often, and what is said of one that fails."""

from types import SimpleNamespace
from typing import Any

import pytest
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtWidgets import QApplication, QLabel, QScrollArea
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.view import Place, View, ViewSpec
from app.views.panel_view import PanelView
from app.window.pages import Page
from app.window.theme import apply_theme
from collector.storage import CollectionError


class Told(PanelView):
    """A view that writes down what it is given."""

    def __init__(self) -> None:
        super().__init__(QLabel("told"))
        self.said: list[str] = []
        self.errors: dict[str, Exception] = {}

    def _say(self, what: str) -> None:
        if error := self.errors.get(what):
            raise error
        self.said.append(what)

    def show_collection(self, opened: object) -> None:
        self._say("collection")

    def show_view(self, view: object, step: int) -> None:
        self._say(f"step {step}")

    def show_frame(self, frame: Any) -> None:
        self._say(frame.name)

    def show_findings(self, report: object) -> None:
        self._say(f"findings {report}")


class Made:
    """What makes the view, and how often it did."""

    def __init__(self) -> None:
        self.n_made = 0
        self.error: Exception | None = None
        self.view = Told()

    def __call__(self, _: Session) -> View:
        self.n_made += 1
        if self.error is not None:
            raise self.error
        return self.view


@pytest.fixture
def made(qtbot: QtBot) -> Made:
    return Made()


@pytest.fixture
def heard() -> list[str]:
    return []


def page_of(qtbot: QtBot, made: Made, heard: list[str], **of_spec: Any) -> Page:
    page = Page(ViewSpec("told", "Told", Place.CENTRE, made, **of_spec), Session(Jobs(is_synchronous=True)))
    page.failed.connect(heard.append)
    qtbot.addWidget(page)
    return page


@pytest.fixture
def page(qtbot: QtBot, made: Made, heard: list[str]) -> Page:
    return page_of(qtbot, made, heard)


def opened(comparing: Any = None) -> Any:
    return SimpleNamespace(collection=object(), comparing=comparing)


def frame(name: str = "frame", **given: Any) -> Any:
    usual = {"failed": {}, "prepared": {}, "differences": {}, "sides": None, "not_compared": ""}
    return SimpleNamespace(name=name, **(usual | given))


def seen(page: Page) -> str:
    """The view, or the words that stand in its place."""
    if page.view is not None and page.view.isVisible():  # type: ignore[attr-defined]
        assert not page.notice.isVisible()
        return "view"
    return page.notice.text() if page.notice.isVisible() else ""


def test_that_a_notice_stands_there_until_something_is_open_and_not_after(page: Page, made: Made) -> None:
    page.show_notice("Nothing is open.")
    page.show()
    found = [seen(page)]
    page.show_notice("The training is starting…")
    found.append(seen(page))
    page.show_collection(opened())
    found.append(seen(page))
    page.show_notice("Something else is loading…")
    found.append(seen(page))
    assert found == ["Nothing is open.", "The training is starting…", "view", "view"]
    assert made.n_made == 1
    assert page.notice.wordWrap()
    assert page.notice.alignment() == Qt.AlignmentFlag.AlignCenter


def test_that_a_view_is_made_once_and_only_when_it_is_seen(page: Page, made: Made) -> None:
    for _ in range(2):
        page.show_collection(opened())
    assert (made.n_made, page.view) == (0, None)
    with_view: list[object] = []
    page.made.connect(with_view.append)
    page.show()
    page.hide()
    page.show()
    assert (made.n_made, with_view, page.view) == (1, [made.view], made.view)


def test_that_each_fact_is_told_once_in_order_and_of_several_of_a_kind_the_last(page: Page, made: Made) -> None:
    of_a = opened()
    page.show_frame(frame("early"))
    page.show_view(SimpleNamespace(), 3)  # type: ignore[arg-type]
    page.show_findings("one")  # type: ignore[arg-type]
    page.show_collection(of_a)
    assert made.view.said == []
    page.show_frame(frame("late"))
    page.show_view(SimpleNamespace(), 5)  # type: ignore[arg-type]
    page.show_view(SimpleNamespace(), 6)  # type: ignore[arg-type]
    page.show_findings("two")  # type: ignore[arg-type]
    page.show()
    assert made.view.said == ["collection", "findings two", "step 6", "late"]
    page.hide()
    page.show()
    assert len(made.view.said) == 4


def test_that_of_the_run_before_nothing_is_told_and_of_one_that_has_grown_all_is(page: Page, made: Made) -> None:
    one = opened()
    page.show_collection(one)
    page.show_frame(frame("of one"))
    page.show_collection(SimpleNamespace(collection=one.collection, comparing=None))
    page.show()
    assert made.view.said == ["collection", "of one"]
    page.hide()
    page.show_frame(frame("of one still"))
    page.show_collection(opened())
    page.show()
    assert made.view.said[2:] == ["collection"]


def test_that_a_dock_behind_another_is_not_seen(page: Page, made: Made) -> None:
    changes: list[bool] = []
    page.visibility_changed.connect(lambda: changes.append(page.is_seen))
    page.set_in_front(False)
    page.show()
    page.show_collection(opened())
    assert (page.is_seen, made.n_made) == (False, 0)
    page.set_in_front(True)
    assert (page.is_seen, made.view.said) == (True, ["collection"])
    page.hide()
    assert changes == [False, False, True, False]


def test_that_a_view_may_ask_for_more_while_it_is_told(page: Page, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    def show_collection(_: object) -> None:
        made.view.said.append("begin")
        page.show_frame(frame("at once"))
        made.view.said.append("end")

    monkeypatch.setattr(made.view, "show_collection", show_collection)
    page.show()
    page.show_collection(opened())
    assert made.view.said == ["begin", "end", "at once"]


@pytest.mark.expects_log
def test_that_an_error_is_told_once_of_its_kind_and_the_view_is_back_with_the_next_change(
    page: Page, made: Made, heard: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    words = "The view “Told” cannot be shown. ValueError: no such thing"
    made.view.errors["bad"] = ValueError("no such thing")
    page.show()
    page.show_collection(opened())
    page.show_view(SimpleNamespace(), 3)  # type: ignore[arg-type]
    found = []
    for name in ("bad", "good", "bad", "good"):
        page.show_frame(frame(name))
        found.append(seen(page))
    assert found == [words, "view", words, "view"]
    assert heard == [words]
    assert [record.getMessage() for record in caplog.records] == ["The view 'told' failed"]
    assert caplog.records[0].exc_info is not None
    assert made.view.said == ["collection", "step 3", "good", "good"]


@pytest.mark.expects_log
def test_that_what_could_not_be_shown_is_tried_again_with_what_comes_next(
    page: Page, made: Made, heard: list[str]
) -> None:
    made.view.errors["collection"] = ValueError("not yet")
    page.show()
    page.show_collection(opened())
    page.show_frame(frame("frame"))
    assert made.view.said == []
    del made.view.errors["collection"]
    page.show_view(SimpleNamespace(), 3)  # type: ignore[arg-type]
    assert made.view.said == ["collection", "step 3", "frame"]
    assert (seen(page), len(heard)) == ("view", 1)


@pytest.mark.expects_log
@pytest.mark.parametrize("how", ["raises", "is no widget"])
def test_that_a_view_that_cannot_be_made_is_not_made_again_and_again(
    page: Page, made: Made, heard: list[str], how: str
) -> None:
    words = "The view “Told” cannot be shown. RuntimeError: no such library"
    made.view.deleteLater()
    if how == "raises":
        made.error = RuntimeError("no such library")
    else:
        made.view = 3  # type: ignore[assignment]
        words = "The view “Told” cannot be shown. TypeError: make() returned a int, which is no QWidget"
    page.show()
    for _ in range(2):
        page.show_collection(opened())
        page.hide()
        page.show()
    assert (seen(page), heard, made.n_made, page.view) == (words, [words], 1, None)


def test_that_what_is_damaged_is_said_in_place_of_the_view_and_to_nobody_else(
    page: Page, made: Made, heard: list[str]
) -> None:
    page.show()
    page.show_collection(opened())
    page.show_damage(CollectionError("run.json", "is damaged here."))
    assert (seen(page), heard) == ("'run.json': is damaged here.", [])
    page.show_view(SimpleNamespace(), 4)  # type: ignore[arg-type]
    assert seen(page) == "'run.json': is damaged here.", "its pass is still not there"
    page.show_frame(frame())
    assert seen(page) == "view"
    page.show_frame(frame(failed={"told": CollectionError("run.json", "is damaged there.")}))
    assert seen(page) == "'run.json': is damaged there."
    page.show_frame(frame(failed={"another": CollectionError("run.json", "is damaged there.")}))
    assert seen(page) == "view"


@pytest.mark.parametrize(
    ("spec", "given", "is_told"),
    [
        ({}, {}, True),
        ({"prepare": "some"}, {}, False),
        ({"prepare": "some"}, {"prepared": {"other": 1}}, False),
        ({"prepare": "some"}, {"prepared": {"told": 1}}, True),
        ({"subtract": "some"}, {}, True),
        ({"subtract": "some"}, {"sides": (1, 2)}, False),
        ({"subtract": "some"}, {"sides": (1, 2), "differences": {"told": 1}}, True),
        ({"prepare": "some", "subtract": "some"}, {"sides": (1, 2), "differences": {"told": 1}}, False),
    ],
)
def test_that_a_frame_is_shown_only_with_the_part_that_the_view_needs_of_it(
    qtbot: QtBot, made: Made, heard: list[str], spec: dict[str, Any], given: dict[str, Any], is_told: bool
) -> None:
    page = page_of(qtbot, made, heard, **spec)
    page.show()
    page.show_collection(opened())
    page.show_frame(frame(**given))
    assert made.view.said[1:] == (["frame"] if is_told else [])


BOTH = SimpleNamespace(front_name="usual")


@pytest.mark.parametrize(
    ("shows_difference", "comparing", "not_compared", "words"),
    [
        (False, None, "", ""),
        (False, BOTH, "", "usual alone: this view shows no differences."),
        (False, BOTH, "faster has no pass near", "usual alone: this view shows no differences."),
        (True, BOTH, "", ""),
        (True, BOTH, "faster has no pass near", "faster has no pass near"),
        (True, None, "", ""),
    ],
)
def test_that_it_is_said_where_one_run_is_seen_alone(
    qtbot: QtBot, made: Made, heard: list[str], shows_difference: bool, comparing: Any, not_compared: str, words: str
) -> None:
    page = page_of(qtbot, made, heard, shows_difference=shows_difference)
    page.show()
    page.show_collection(opened(comparing))
    page.show_frame(frame(not_compared=not_compared))
    assert (page.alone_label.text(), page.alone_label.isVisible()) == (words, bool(words))
    page.show_collection(opened())
    assert not page.alone_label.isVisible()


def test_that_a_view_that_needs_more_room_is_scrolled_and_takes_no_key_for_that(page: Page, made: Made) -> None:
    made.view.setMinimumSize(900, 700)
    page.resize(300, 200)
    page.show()
    page.show_collection(opened())
    scroll = page.findChild(QScrollArea)
    assert scroll is not None
    assert scroll.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert (made.view.width(), made.view.height()) == (900, 700)
    made.view.setMinimumSize(0, 0)
    assert scroll.widgetResizable(), "a small one fills its place"


def test_that_a_view_has_all_of_its_place_but_for_a_frame_that_is_as_wide_at_each_side(
    page: Page, made: Made, qapp: QApplication
) -> None:
    apply_theme(qapp)
    page.resize(300, 200)
    page.show()
    page.show_collection(opened())
    made.view.layout().activate()  # type: ignore[union-attr]
    corner = made.view.mapTo(page, QPoint(0, 0))
    px = corner.x()
    assert px <= 2
    assert (corner.y(), made.view.size()) == (px, page.size() - QSize(2 * px, 2 * px))
    (body,) = made.view.figure_parts()
    assert body.geometry() == made.view.rect()


def test_that_what_a_view_does_without_is_nothing(made: Made) -> None:
    view = PanelView(QLabel("body"))
    assert (dict(view.tables), view.corner, dict(view.about())) == ({}, None, {})
    assert view.step_sample(1) is False
    view.deleteLater()
    made.view.deleteLater()
