"""What the panel says of itself: to those who point at it, to those who do not see it, and where there is nothing."""

from collections.abc import Callable

import msgspec
import pytest

from app.views.findings.entry import Entry, TwoReports, Whose
from app.views.findings.panel import FindingsPanel
from collector.comparing.findings import SidedFindings
from collector.findings import FirstMovers, Mover
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, report


@pytest.fixture
def panel(show: Callable[..., None]) -> FindingsPanel:
    panel = FindingsPanel()
    show(panel, 300, 560)
    return panel


def test_that_it_says_why_it_is_empty(panel: FindingsPanel) -> None:
    assert panel.empty_state.label.text() == "Open a collection to read what is found in it."
    panel.show_waiting()
    assert panel.empty_state.label.text() == "The rules are being put to this run."
    panel.show_failed("It is gone.")
    assert panel.empty_state.label.text() == "What the rules say of this run cannot be told. It is gone."
    panel.show_movers(are_asked=True)
    assert not panel.empty_state.isVisible()
    panel.show_movers(are_asked=False)
    assert panel.empty_state.label.text() == "What the rules say of this run cannot be told. It is gone."
    panel.show_report(report(DEAD), ())
    panel.show_failed("It is gone.")
    assert not panel.empty_state.isVisible(), "what was said of it before stays"


def test_that_its_parts_say_what_they_do(panel: FindingsPanel) -> None:
    panel.show_report(report(DEAD), ())
    assert {each.text(): each.toolTip() for each in (panel.judged_button, panel.what_button, panel.mute_button)} == {
        "2 rules judged, 1 could not be": "What was judged, what could not be, and why",
        "What is this?": "What the rule computes, from where on it tells, and what it is not",
        "Mute this rule": "Findings of a muted rule are not shown any more, in this run and others",
    }
    assert panel.show_muted_box.text() == "Show muted ones"
    assert [each.accessibleName() for each in (panel.list, panel.text)] == ["Findings", "What is known of the finding"]
    place = panel._places.itemAt(0)
    assert place is not None and (button := place.widget()) is not None
    assert button.toolTip() == "Go to Features · step 6 · fc1 · unit 8 · sample 3"


def test_that_four_places_at_the_most_have_a_button(panel: FindingsPanel) -> None:
    for n, shown in ((4, 4), (5, 4)):
        panel.show_report(report(msgspec.structs.replace(DEAD, evidence=DEAD.evidence[:1] * n)), ())
        assert panel._places.count() == shown


def test_that_who_moved_first_is_read_with_how_it_is_told(panel: FindingsPanel) -> None:
    page = panel.movers
    panel.show_movers(are_asked=True)
    page.show_asked(1_250)
    assert page.title_label.text() == "Looking for who moved first around step 1,250…"
    assert [each.isVisible() for each in (page.shared_label, page.list, page.how_label)] == [False, False, False]
    page.show_failed("It is gone.")
    assert (page.title_label.text(), page.shared_label.text()) == ("Who moved first cannot be told.", "It is gone.")
    page.show_movers(FirstMovers(5, (3, 9), [Mover("fc1", "gradient_norm", 4, (3, 4), 5, 2)], []))
    assert [each.isVisible() for each in (page.shared_label, page.list, page.how_label)] == [False, True, True]
    assert page.list.chosen == 0
    assert page.how_label.text() == (
        "Each layer is held against its own past; what all layers share is taken out. Whoever left it first may be the"
        " cause, and is no proof."
    )
    assert (page.back_button.text(), page.back_button.toolTip()) == (
        "← Findings", "Back to what is found in the run",
    )  # fmt: skip
    assert page.list.accessibleName() == "Who moved first"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (SidedFindings([], [], []), "Nothing is found in either"),
        (SidedFindings([DEAD], [], []), "1 finding only in a"),
        (SidedFindings([], [SPIKE, LARGE], [(DEAD, DEAD)]), "1 finding, 1 note only in b; 1 finding in both"),
    ],
)
def test_that_of_two_runs_it_is_counted_who_has_what(found: SidedFindings, words: str) -> None:
    assert TwoReports(("a", "b"), found).summary(()) == words
    assert TwoReports(("a", "b")).summary(()) == "Of a; the rules are being put to b"
    muted = [each.rule for each in (DEAD, SPIKE, LARGE)]
    n = len(TwoReports(("a", "b"), found).entries)
    assert TwoReports(("a", "b"), found).summary(muted) == "Nothing is found in either" + f", {n} muted" * bool(n)


def test_that_what_both_have_is_faint_and_that_of_b_is_read_below_it() -> None:
    assert [Entry(LARGE, whose).row().is_faint for whose in Whose] == [False, False, False, True]
    assert Entry(LARGE, Whose.BOTH, DEAD).sections(("a", "b"))[0].lines == (f"Since step 6: {DEAD.title}",)
    assert Entry(LARGE, Whose.BOTH, DEAD).sections(("a", "b"))[0].heading == "In b"
    assert Entry(LARGE).sections(("a", "b")) == []
