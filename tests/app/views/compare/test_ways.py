"""Which run is shown after a way of the view of two runs is gone, and what it says of noise and repeats."""

import shutil
from pathlib import Path

import pytest

from app.analysis.row import Row
from app.replay.comparing import Side
from app.views.compare.analysis.sections import Entry
from collector.comparing.saved import SavedComparison
from collector.findings import Evidence
from tests.app.views.compare.looking import panel
from tests.app.whole_run import PASS_STEPS
from tests.app.wiring.user import User

SIDES = [(Side.A, Side.A), (Side.B, Side.DIFFERENCE), (Side.DIFFERENCE, Side.DIFFERENCE)]


def test_that_a_step_is_one_of_a_and_b_is_left_for_it(user: User) -> None:
    for step, (before, after) in enumerate(SIDES, start=5):
        user.session.show_side(before)
        panel(user).step_requested.emit(float(step))
        assert (user.session.side, user.state.step) == (after, step)


def test_that_an_entry_leads_to_its_place_in_a_and_b_is_left_for_it(user: User) -> None:
    for step, (before, after) in enumerate(SIDES, start=5):
        user.session.show_side(before)
        panel(user).entered.emit(Entry(Row("", "a layer"), place=Evidence(step=step, layer="fc1", tab="optimizer")))
        assert (user.session.side, user.state.step, user.state.layer) == (after, step, "fc1")
        assert user.window.tabs.current.spec.name == "optimizer"


def test_that_an_entry_without_a_place_leads_nowhere(user: User) -> None:
    user.session.show_side(Side.B)
    place = user.session.view
    panel(user).entered.emit(Entry(Row("", "a layer of B")))
    assert (user.session.side, user.session.view) == (Side.B, place)
    assert user.window._settings.choice("compare") == []


def test_that_the_first_difference_is_seen_as_one(user: User) -> None:
    for side in Side:
        user.session.show_side(side)
        panel(user).first_requested.emit()
        assert user.session.side is Side.DIFFERENCE


def test_that_the_map_marks_the_layer_of_a_that_goes_with_the_one_of_b(user: User) -> None:
    user.session.change_comparing(layers={"fc1": "fc2", "fc2": None})
    shown = panel(user)
    assert shown.heat is not None
    for side, layer, marked in ((Side.A, "fc2", "fc2"), (Side.B, "fc2", "fc1"), (Side.B, "relu1", "relu1")):
        user.session.show_side(side)
        user.session.select_layer(layer)
        assert shown.heat_map._layer == marked
    user.session.select_layer(None)
    assert shown.heat_map._layer is None


def test_that_of_repeats_it_is_said_what_they_tell_and_of_runs_that_are_the_same_nothing(
    user: User, two_paths: tuple[Path, Path], tmp_path: Path
) -> None:
    shown = panel(user)
    told = [f"{shown.noise_label.text()} {shown.repeats_button.text()}"]
    repeats = [str(shutil.copy(two_paths[0], tmp_path / f"{number}.json")) for number in range(2)]
    for given in (repeats[:1], repeats):
        user.session.change_comparing(repeats=given)
        told.append(f"{shown.noise_label.text()} {shown.repeats_button.text()}")
    copy = str(shutil.copy(two_paths[0], tmp_path / "copy.json"))
    user.session.compare(SavedComparison(a=str(two_paths[0]), b=copy, repeats=repeats))
    told.append(f"{shown.noise_label.text()} {shown.repeats_button.text()}")
    assert told[0] == "No estimate of noise, so that every difference counts. Add repeats of A…"
    assert told[1].startswith("The repeats tell no noise: ") and told[1].endswith(". Other repeats…")
    assert told[2].startswith("Noise: the spread of 3 runs") and told[2].endswith(". Other repeats…")
    assert told[3] == " "


def test_that_out_of_sight_nothing_is_compared_until_it_is_seen(
    user: User, two_paths: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = panel(user)
    user.window.show_view("optimizer")
    asked: list[None] = []
    monkeypatch.setattr(user.session.differences, "ask", lambda: asked.append(None))
    user.session.change_comparing(offset=1.0)
    assert asked == []
    user.window.show_view("compare")
    assert shown.isVisible()
    assert asked


def test_that_the_whole_run_is_fitted_in(user: User) -> None:
    shown = panel(user)
    whole = shown.heat_map.shown_range
    assert whole == pytest.approx((0, PASS_STEPS[-1] * 1.01), rel=0.2)
    shown.show_range((2.0, 5.0))
    assert shown.heat_map.shown_range == pytest.approx((2.0, 5.0))
    view = user.window.view("compare")
    assert view is not None
    view.fit()
    assert shown.heat_map.shown_range == pytest.approx(whole)
    assert shown.shown_steps is None
