"""What the view of two runs says: to those who point at its parts, and where there is nothing to compare."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.analysis.measures import layer_measures
from app.analysis.row import Row
from app.views.compare.analysis.difference_heat import difference_heat
from app.views.compare.analysis.pass_rows import pass_rows
from app.views.compare.analysis.sections import Entry, LayerNames
from app.views.compare.difference_strip import round_steps
from app.views.compare.panel import ComparePanel
from app.views.compare.sections_list import SectionsList
from app.views.compare.tables import pass_table, section_table
from collector.comparing.difference_map import DifferenceMap
from collector.comparing.pass_differences import ArrayDifference
from tests.app.painted import painted

STEPS = np.array([0, 10, 20, 30])


@pytest.fixture
def panel(qtbot: QtBot) -> ComparePanel:
    panel = ComparePanel()
    qtbot.addWidget(panel)
    panel.resize(700, 500)
    panel.show()
    return panel


def heat(*values: float) -> object:
    cells = np.array([values])
    return difference_heat(DifferenceMap("norm", ("fc1",), STEPS, STEPS, cells, cells != 0), "Norm", has_noise=False)


def test_that_it_says_why_it_is_empty(panel: ComparePanel) -> None:
    assert panel.empty_state.label.text() == (
        "Nothing is compared. Compare with another run… (Ctrl+D) or with this pass (Shift+C)."
    )
    panel.show_waiting()
    assert panel.empty_state.label.text() == "Both runs are being compared."
    panel.show_verdict("The same.")
    panel.show_heat(None, 9)
    assert panel.nothing_label.isVisible()
    assert panel.nothing_label.text() == "Nothing that both runs measured of a layer can be laid over the steps."
    panel.show_heat(None, 9, is_of_runs=False)
    assert not panel.nothing_label.isVisible()
    panel.show_nothing()
    assert panel.empty_state.label.text().startswith("Nothing is compared.")


def test_that_its_parts_say_what_they_do(panel: ComparePanel) -> None:
    assert {each.text(): each.toolTip() for each in (panel.go_button, panel.before_button, panel.next_button)} == {
        "Go there": "Move playhead, layer and tab to the first difference",
        "◀": "Difference before (Shift+F9)",
        "▶": "Next difference (F9)",
    }
    assert panel.repeats_button.toolTip() == "Runs like A with other seeds: what they differ by is noise"
    named = (panel.repeats_button, panel.before_button, panel.strip, panel.ratio_bar, panel.sections.pass_table)
    assert [each.accessibleName() for each in named] == [
        "Repeats of A", "Difference before (Shift+F9)", "Where both differ", "What the colours mean",
        "How the passes differ",
    ]  # fmt: skip
    panel.show_heat(heat(1.0), 30)  # type: ignore[arg-type]
    assert panel.ratio_bar.toolTip() == "Colours tell log₂ of B ÷ A: red where B is more, blue where it is less"


@pytest.mark.parametrize(("can_go", "noise", "repeats"), [(True, "Noise: 3 runs.", "Other repeats…"), (False, "", "")])
def test_that_what_is_not_to_be_said_is_not_seen(panel: ComparePanel, can_go: bool, noise: str, repeats: str) -> None:
    panel.show_verdict("A verdict.", can_go=can_go, noise=noise, repeats=repeats)
    assert panel.verdict_label.text() == "A verdict."
    assert (panel.noise_label.text(), panel.repeats_button.text()) == (noise, repeats)
    parts = (panel.go_button, panel.noise_label, panel.repeats_button)
    assert [each.isVisible() for each in parts] == [can_go, bool(noise), bool(repeats)]


@pytest.mark.parametrize(
    ("step", "place", "words", "can_go_back", "can_go_on"),
    [
        (0.0, (None, 2), "2 differences", False, True),
        (10.0, (0, 2), "1 of 2", False, True),
        (11.0, (None, 1), "1 difference", True, True),
        (30.0, (1, 1_200), "2 of 1,200", True, False),
        (31.0, (None, 0), "no difference", True, False),
    ],
)
def test_that_it_is_told_which_difference_is_on_and_whether_there_are_others(
    panel: ComparePanel, step: float, place: tuple[int | None, int], words: str, can_go_back: bool, can_go_on: bool
) -> None:
    panel.show_verdict("")
    panel.show_heat(heat(0.0, 1.0, 0.0, 1.0), 30)  # type: ignore[arg-type]
    panel.show_step(step, place)
    assert panel.place_label.text() == words
    assert (panel.before_button.isEnabled(), panel.next_button.isEnabled()) == (can_go_back, can_go_on)


def test_that_without_a_map_there_is_no_way(panel: ComparePanel) -> None:
    panel.show_verdict("")
    panel.show_heat(None, 30)
    panel.show_step(5, (None, 0))
    assert not panel.before_button.isEnabled()
    assert not panel.next_button.isEnabled()


def test_that_the_best_known_measures_are_offered_first(panel: ComparePanel) -> None:
    panel.show_measures(layer_measures(["gradient_norm/fc1", "own/fc1"]), "own")
    assert panel.measure_box.choice == "own"
    panel.show_measures(layer_measures(["own/fc1"]), "own")
    assert panel.measure_box.choice == "own"


NAMES = LayerNames(("x", "y"), ("y", "z"), {"y": "z"}, {"y": "given"})
ARRAY = ArrayDifference("fc1", "weight", 1.0, 2.0, 1.0, "")


@pytest.fixture
def sections(qtbot: QtBot) -> SectionsList:
    sections = SectionsList()
    qtbot.addWidget(sections)
    sections.resize(500, 300)
    sections.show()
    return sections


def test_that_sections_have_counts_but_for_layers_and_the_pass(sections: SectionsList) -> None:
    told = {
        "Options": [Entry(Row("Option", str(n))) for n in range(1_200)],
        "Empty": [],
        "Layers": [Entry(Row("", "x"))],
    }
    sections.show_sections(told, NAMES, pass_rows([ARRAY]))
    assert [*sections.choice.buttons] == ["Options 1,200", "Layers", "This pass"]
    assert sections.body is sections.list
    sections.choose("This pass")
    assert sections.body is sections.pass_table
    assert not sections.list.isVisible()
    sections.show_sections({"Options": told["Options"]}, NAMES, [])
    assert sections.current == "Options"
    assert not sections.choice.isVisible()
    sections.choose("Empty")
    assert sections.current == "Options"


def test_that_a_layer_that_is_chosen_is_asked_for_its_partner(sections: SectionsList) -> None:
    told: list[tuple[str, str | None]] = []
    sections.partner_chosen.connect(lambda layer, partner: told.append((layer, partner)))
    entries = [
        Entry(Row("only in A", "x"), layer="x"),
        Entry(Row("only in B", "z")),
        Entry(Row("by hand", "y"), layer="y"),
    ]
    sections.show_sections({"Layers": entries}, NAMES, [])
    seen = []
    for number in range(3):
        sections.list.choose(number)
        seen.append((sections._partners.isVisible(), sections.partner_label.text(), sections.partner_box.choice))
    assert seen[0] == (True, "x of A is compared with", "")
    assert not seen[1][0]
    assert seen[2] == (True, "y of A is compared with", "z")
    for choice in ("", "y"):
        sections.partner_box.choose(choice)
        sections.partner_box.chosen.emit()
    assert told == [("y", None), ("y", "y")]
    sections.show_sections({"Layers": entries[::-1]}, NAMES, [])
    assert sections.list.chosen == 0, "it is the same row, wherever it stands"


def test_that_another_section_is_read_from_its_beginning_and_the_same_one_stays_where_it_is(
    sections: SectionsList,
) -> None:
    told = {name: [Entry(Row(name, str(n))) for n in range(60)] for name in ("Options", "Measures")}
    sections.show_sections(told, None, [])
    bar = sections.list.verticalScrollBar()
    assert bar is not None
    bar.setValue(100)
    sections.show_sections(told, None, [])
    assert bar.value() == 100
    sections.choose("Measures")
    assert bar.value() == 0


def test_that_tables_say_what_stands_in_them() -> None:
    rows = {"Options": [Entry(Row("Option", "seed")), Entry(Row("", "no place"))]}
    table = section_table(rows)
    assert (table.headings, table.rows) == (("section", "where", "what"), [("Options", "Option", "seed")])
    assert table.nothing == "Two runs have to be compared first, in the tab Compare."
    found = pass_table([ARRAY])
    assert dict(zip(found.headings, found.rows[0], strict=True)) == {
        "layer": "fc1", "array": "weight", "largest_difference": 1.0, "largest_value": 2.0, "share": 0.5,
        "log2_ratio_of_norms": 1.0, "lacking_in": "",
    }  # fmt: skip
    assert found.is_of_pass
    assert pass_table(None).rows == []
    assert pass_table(None).nothing == (
        "Two passes have to be compared first: show the difference (F7) in the tab Compare."
    )


@pytest.mark.parametrize(
    ("low", "high", "most", "steps"),
    [
        (0, 100, 2, [0, 50, 100]),
        (0, 100, 3, [0, 50, 100]),
        (0, 100, 5, [0, 20, 40, 60, 80, 100]),
        (0, 101, 1, [0]),
        (0, 100, 1, [0, 100]),
        (-50, 100, 3, [0, 50, 100]),
        (3.5, 4.5, 9, [4]),
        (25.5, 61.2, 3, [40, 60]),
        (5, 5, 3, [5]),
    ],
)
def test_that_steps_are_round_and_no_more_than_there_is_room_for(
    low: float, high: float, most: int, steps: list[int]
) -> None:
    assert round_steps(low, high, most) == steps


def test_that_before_there_is_a_map_the_axis_is_that_of_a_run_of_one_step(panel: ComparePanel) -> None:
    panel.strip.resize(400, panel.strip.minimumSizeHint().height())
    panel.show_range(None)
    assert painted(panel.strip).texts == ["any layer", "step 0", "1"]
