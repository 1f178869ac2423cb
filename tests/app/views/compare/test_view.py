"""What the view of two runs gives to others: figures, tables, what is remembered; and what it does without two runs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.differences import Differences
from app.palette import active
from app.replay.comparing import Side
from app.views.compare.analysis.sections import Entry
from app.views.compare.tables import NOT_KNOWN, map_table
from app.views.compare.view import ComparePanelView
from app.widgets.heat_map import LEFT_PX
from app.window.main_window import MainWindow
from collector.comparing.difference_map import DifferenceMap
from collector.comparing.saved import SavedComparison
from tests.app.painted import painted
from tests.app.whole_run import PASS_STEPS, record_whole_run
from tests.app.wiring.user import User

STEPS = np.array([0, 10, 20])


def known(*layers: str) -> Differences:
    values = np.array([[1.0, 2.0, -np.inf]] * len(layers))
    found = DifferenceMap("norm", layers, STEPS, STEPS + 1, values, values > 1)
    return Differences(None, ("norm",), found)  # type: ignore[arg-type]


def comparing(**columns: list[tuple[float, ...]]) -> Any:
    """Columns as rows of step of A, step of B, A, B."""

    def column(name: str) -> Any:
        layer = name.removeprefix("norm/")
        if layer not in columns:
            return None
        steps_a, steps_b, a, b = np.array(columns[layer]).T
        return SimpleNamespace(steps_a=steps_a, steps_b=steps_b, a=a, b=b)

    return SimpleNamespace(pair=SimpleNamespace(column=column))


def test_that_a_table_of_the_map_has_a_row_for_each_of_its_cells_that_both_measured() -> None:
    both = comparing(fc1=[(0, 1, 2.0, 4.0), (5, 5, 9.0, 9.0), (20, 21, 3.0, 0.0)])
    table = map_table(both, known("fc1", "fc2"))
    assert table.headings == ("layer", "step", "step_b", "a", "b", "difference", "log2_ratio", "differs")
    assert table.rows == [("fc1", 0, 1, 2.0, 4.0, 2.0, 1.0, 0), ("fc1", 20, 21, 3.0, 0.0, -3.0, -np.inf, 0)]
    assert table.about == {"measure": "norm"}
    assert table.notes == (
        "difference: B less A; log2_ratio: of B ÷ A",
        "differs: by more than the tolerance, and the noise",
    )


def test_that_without_a_map_the_table_says_what_lacks() -> None:
    without = Differences(None, (), None)  # type: ignore[arg-type]
    for both, of_both in ((None, known("fc1")), (comparing(), None), (comparing(), without)):
        table = map_table(both, of_both)
        assert (table.headings, table.rows, table.nothing) == ((), (), NOT_KNOWN)


def view_of(window: MainWindow) -> ComparePanelView:
    found = window.view("compare")
    assert isinstance(found, ComparePanelView)
    return found


def test_that_a_figure_has_the_verdict_the_map_with_its_scale_and_what_is_read(user: User) -> None:
    view = view_of(user.window)
    panel = view.panel
    parts = (panel.verdict_label, panel.ratio_bar, panel.heat_map, panel.strip)
    assert view.figure_parts() == (*parts, panel.sections.list)
    assert view.about() == {"measure": "Gradient norm"}
    panel.sections.choose("This pass")
    panel.show_heat(None, 9)
    assert view.figure_parts() == (panel.verdict_label, panel.sections.pass_table)
    assert view.about() == {}


def test_that_a_measure_is_remembered_unless_another_is_wished(
    window: MainWindow, two_paths: tuple[Path, Path]
) -> None:
    window.open(two_paths[0])
    window.show_view("compare")
    view, differences = view_of(window), window._session.differences
    view.restore_choice([])
    assert differences.metric == ""
    view.restore_choice(["update_norm", "weight_norm"])
    assert differences.metric == "update_norm"
    view.restore_choice(["weight_norm"])
    assert differences.metric == "update_norm"


def test_that_without_another_run_nothing_is_asked_and_nowhere_is_gone(
    window: MainWindow, two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    window.open(two_paths[0])
    window.show_view("compare")
    view, session = view_of(window), window._session
    monkeypatch.setattr("app.views.compare.view.QFileDialog.getOpenFileNames", lambda *_: pytest.fail("asked"))
    place = session.view
    view.panel.repeats_requested.emit()
    view.panel.first_requested.emit()
    view.panel.partner_chosen.emit("fc1", None)
    assert session.view == place
    assert session.comparing is None


def test_that_who_chooses_no_file_of_a_repeat_has_none(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    name = "app.views.compare.view.QFileDialog.getOpenFileNames"
    monkeypatch.setattr(name, lambda *given: asked.append(given[1:]) or ([], ""))
    before = user.session.comparing
    assert before is not None
    view_of(user.window).panel.repeats_requested.emit()
    folder = str(before.a.collection.path.parent)
    assert asked == [("Repeats of A with other seeds", folder, "Collections (*.json)")]
    assert user.session.comparing is before


def test_that_samples_are_told_of_the_last_pass_that_both_have(
    user: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[tuple[str, ...], int]] = []

    def entries(found: object, classes: tuple[str, ...], step: int) -> list[Entry]:
        told.append((classes, step))
        return []

    monkeypatch.setattr("app.views.compare.view.sample_entries", entries)
    view_of(user.window).show_collection(user.session.opened)  # type: ignore[arg-type]
    user.session.compare(SavedComparison(a=str(user.session.opened.collection.path), b=str(short(tmp_path))))  # type: ignore[union-attr]
    probe = user.session.opened.collection.probe  # type: ignore[union-attr]
    assert probe is not None
    common = max(step for step in PASS_STEPS if step <= 6)
    assert (told[0], told[-1]) == ((probe.class_names, PASS_STEPS[-1]), (probe.class_names, common))


def short(folder: Path) -> Path:
    """The whole run, but for what comes behind its sixth step."""
    return record_whole_run(folder / "short.json", n_steps=6)


def test_that_runs_that_nowhere_lie_beside_each_other_have_no_map(user: User) -> None:
    user.session.change_comparing(offset=999.0)
    panel = view_of(user.window).panel
    assert panel.heat is None
    assert panel.nothing_label.isVisible()
    assert not panel.heat_map.isVisible()
    user.session.show_side(Side.B)
    assert [each.place.left() for each in painted(panel.strip).lines(active().hovered)] == [LEFT_PX]
    assert panel.place_label.text() == "no difference"
