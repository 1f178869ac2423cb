"""The curves of near-zero gradients, by clicks and choices."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.analysis.not_finite import FirstNotFinite
from app.views.gradients.analysis.dynamics import dynamics_run
from app.views.gradients.dynamics_choices import AVERAGE, COUNTS
from app.views.gradients.dynamics_panel import DynamicsPanel
from app.window.theme import apply_theme
from collector.storage import open_collection
from tests.app.growing_run import GrowingRun
from tests.app.insight_run import open_insight_run, write_insight_run
from tests.app.plots import click, double_click, place_in, turn_wheel

Shown = Callable[..., DynamicsPanel]


@pytest.fixture
def shown(show: Callable[..., None], qtbot: QtBot, tmp_path: Path) -> Shown:
    """A panel with a made-up run, filled."""

    def make(width: int = 1200, height: int = 700, **options: object) -> DynamicsPanel:
        panel = DynamicsPanel()
        show(panel, width, height)
        panel.show_run(dynamics_run(open_insight_run(tmp_path / "run.json", **options)))
        panel.show_step(0)
        wait(panel, qtbot)
        return panel

    return make


def wait(panel: DynamicsPanel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not panel.is_filling, timeout=30_000)


def names(panel: DynamicsPanel) -> list[str]:
    return [curve.name for card in panel.cards for curve in card.curves if curve]


def test_that_it_begins_with_fractions_of_the_whole_model_at_the_wider_threshold(shown: Shown) -> None:
    assert names(shown()) == [
        "near_zero_fraction@1e-05/total",
        "released_fraction@1e-05/total",
        "retained_fraction@1e-05/total",
        "flip_fraction@1e-05/total",
        "flips_all_fraction/total",
        "minima@1e-05/total",
        "maxima@1e-05/total",
        "still_change_mean@1e-05/total",
        "still_change_max@1e-05/total",
        "gradient_angle/total",
        "moment_angle/total",
    ]


def test_that_the_choices_change_what_is_shown(shown: Shown, qtbot: QtBot) -> None:
    panel = shown()
    panel.choices.threshold_choice.buttons["1e−7"].click()
    panel.choices.averaged_choice.buttons[AVERAGE].click()
    panel.choices.fraction_choice.buttons[COUNTS].click()
    panel.original_box.click()
    wait(panel, qtbot)
    shown_names = names(panel)
    assert shown_names[0] == "near_zero@1e-07~ema/total"
    assert "minima_original@1e-07~ema/total" in shown_names
    assert shown_names[-1] == "moment_angle/total", "angles are of the raw gradients alone"


def test_that_it_follows_the_selected_layer_and_asks_for_one(shown: Shown, qtbot: QtBot) -> None:
    panel = shown()
    panel.show_layer("fc1")
    wait(panel, qtbot)
    assert names(panel)[0] == "near_zero_fraction@1e-05/fc1"
    assert panel.choices.layer_box.currentText() == "fc1"
    with qtbot.waitSignal(panel.layer_requested) as asked:
        panel.choices.layer_box.setCurrentIndex(1)
        panel.choices.layer_box.activated.emit(1)
    assert asked.args == ["conv1"]
    for nowhere in ("relu1", None):
        panel.show_layer(nowhere)
        wait(panel, qtbot)
        assert names(panel)[0] == "near_zero_fraction@1e-05/total"


def test_that_averages_that_were_not_recorded_cannot_be_chosen_and_say_how_to_record_them(shown: Shown) -> None:
    panel = shown(interval=10)
    button = panel.choices.averaged_choice.buttons[AVERAGE]
    assert not button.isEnabled()
    assert "--insight_interval 1" in button.toolTip()
    assert panel.cards[0].curves[0].steps.tolist() == list(range(10, 200, 10))


def test_that_each_layer_gets_a_thin_line_beside_the_chosen_one(shown: Shown, qtbot: QtBot) -> None:
    panel = shown()
    panel.show_layer("fc2")
    panel.choices.each_box.click()
    wait(panel, qtbot)
    for card in panel.cards:
        assert card.plot.others[1].shape[0] == 3
        assert [curve is not None for curve in card.curves] == [True] + [False] * (len(card.curves) - 1)
    panel.grab()
    panel.choices.each_box.click()
    wait(panel, qtbot)
    assert panel.cards[0].plot.others[1].size == 0


def test_that_the_first_nan_is_told_and_a_click_on_it_moves_the_playhead(shown: Shown, qtbot: QtBot) -> None:
    panel = shown(nan_at=123)
    assert panel.first_buttons[0].text() == "✕ First NaN in a gradient: step 123, layer fc2"
    assert [button.isVisible() for button in panel.first_buttons] == [True, False, False]
    with qtbot.waitSignal(panel.step_requested) as asked:
        panel.first_buttons[0].click()
    assert asked.args == [123.0]
    assert panel.cards[0].plot.not_finite_marks.steps[0] == 123


def test_that_an_estimate_is_called_one(shown: Shown) -> None:
    assert shown(sample=1000).estimate_label.text() == "estimate from 1,000 of 61,300 parameters"


def test_that_a_click_and_a_drag_of_the_line_ask_for_steps(shown: Shown, qtbot: QtBot) -> None:
    panel = shown()
    asked: list[float] = []
    panel.step_requested.connect(asked.append)
    click(qtbot, panel.cards[1].plot, 84)
    assert asked == [pytest.approx(84, abs=1)]
    panel.show_step(50)
    plot, left = panel.cards[4].plot, Qt.MouseButton.LeftButton
    qtbot.mousePress(plot.viewport(), left, pos=place_in(plot, 50))
    qtbot.mouseMove(plot.viewport(), place_in(plot, 120))
    qtbot.mouseMove(plot.viewport(), place_in(plot, 190) + QPoint(200, 0))
    qtbot.mouseRelease(plot.viewport(), left, pos=place_in(plot, 190))
    assert asked[1:] == [pytest.approx(120, abs=1), 200.0]


def test_that_the_playhead_and_the_figures_follow_the_step(shown: Shown) -> None:
    panel = shown()
    panel.show_step(100)
    value = panel.cards[0].curves[0].value_at(100)
    for card in panel.cards:
        assert card.plot.playhead.value() == 100
    assert panel.cards[0].legend.entries[0].figure == f"{value:.3g}"


def test_that_the_line_is_painted_where_the_playhead_stands_and_gone_from_where_it_stood(
    shown: Shown, qtbot: QtBot
) -> None:
    from app.palette import active

    panel = shown()
    plot = panel.cards[0].plot

    def yellow() -> list[int]:
        image = plot.grab().toImage()
        y = place_in(plot, 0).y()
        return [x for x in range(image.width()) if image.pixelColor(x, y).name() == active().hovered]

    for step in (20, 150):
        panel.show_step(step)
        assert yellow()
        assert all(abs(x - place_in(plot, step).x()) <= 2 for x in yellow())


def test_that_all_plots_zoom_alike_and_a_double_click_shows_the_whole_run(shown: Shown, qtbot: QtBot) -> None:
    panel = shown()
    panel.show_step(30)
    whole = panel.cards[0].plot.shown_range
    turn_wheel(panel.cards[0].plot, 100, 4)
    zoomed = panel.cards[0].plot.shown_range
    assert whole[0] < zoomed[0] < zoomed[1] < whole[1]
    assert all(card.plot.shown_range == pytest.approx(zoomed) for card in panel.cards)
    asked: list[float] = []
    panel.step_requested.connect(asked.append)
    double_click(qtbot, panel.cards[5].plot, 100)
    assert panel.cards[0].plot.shown_range == pytest.approx(whole)
    assert asked[-1] == 30, "the playhead is put back to where it was"


def test_that_a_grown_run_keeps_zoom_and_choices(show: Callable[..., None], qtbot: QtBot, tmp_path: Path) -> None:
    path = write_insight_run(tmp_path / "run.json", is_finished=False)
    run = open_collection(path)
    panel = DynamicsPanel()
    show(panel, 1200, 700)
    panel.show_run(dynamics_run(run))
    panel.show_layer("fc1")
    panel.choices.fraction_choice.buttons[COUNTS].click()
    wait(panel, qtbot)
    turn_wheel(panel.cards[0].plot, 100, 4)
    zoomed = panel.cards[0].plot.shown_range
    longer = write_insight_run(tmp_path / "longer.json", 400, is_finished=False).read_bytes()
    path.write_bytes(longer)
    assert run.refresh()
    panel.show_run(dynamics_run(run))
    wait(panel, qtbot)
    assert panel.cards[0].plot.shown_range == pytest.approx(zoomed)
    assert names(panel)[0] == "near_zero@1e-05/fc1"
    assert panel.cards[0].curves[0].steps[-1] > 200


def test_that_runs_without_such_counts_and_no_run_at_all_say_what_is_missing(shown: Shown) -> None:
    panel = shown()
    run = GrowingRun().grow(loss=panel.cards[0].curves[0].values)
    run.insight = None  # type: ignore[attr-defined]
    panel.show_run(dynamics_run(run))  # type: ignore[arg-type]
    assert panel.empty_state.label.isVisible()
    assert "--insight_interval 10" in panel.empty_state.label.text()
    assert panel.numbers() == (("step",), [])
    assert not panel.is_filling


def test_that_the_numbers_are_those_of_the_curves(shown: Shown) -> None:
    panel = shown()
    headings, rows = panel.numbers()
    assert headings == ("step", *names(panel))
    assert [row[0] for row in rows] == list(range(1, 200))
    assert rows[10][1] == panel.cards[0].curves[0].values[10]


def test_that_every_measure_is_explained(shown: Shown) -> None:
    cards = shown().cards
    assert len(cards) == 6
    for card in cards:
        told = [line for line in card.legend.toolTip().splitlines() if not line.startswith(" ")]
        assert len(told) == len(card.kind.curves)
        assert all(len(line.partition(": ")[2]) > 10 for line in told), "a name without a sentence"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [(900, 300), (1400, 900)])
def test_that_every_card_keeps_its_height_in_every_size(shown: Shown, qapp, theme: str, size: tuple[int, int]) -> None:
    apply_theme(qapp, theme)
    panel = shown(*size)
    for card in panel.cards:
        assert card.plot.height() >= 100
        assert card.width() >= 230
    tops = {card.y() for card in panel.cards}
    assert len(tops) == (2 if size[0] > 1080 else 3)


def test_that_a_turn_of_the_event_loop_makes_one_plot_at_most(
    show: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    panel = DynamicsPanel()
    show(panel, 1200, 700)
    assert panel.cards == []
    turns: list[int] = []
    panel._timer.timeout.connect(lambda: turns.append(len(panel.cards)))
    panel.show_run(dynamics_run(open_insight_run(tmp_path / "run.json")))
    assert panel.cards == []
    wait(panel, qtbot)
    assert turns == [1, 2, 3, 4, 5, 6, 6]


def test_that_a_plot_stays_in_its_place_while_others_are_made(
    show: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    panel = DynamicsPanel()
    show(panel, 1200, 700)
    places: list[tuple[int, ...]] = []
    panel._timer.timeout.connect(lambda: places.append(panel.cards[0].geometry().getRect()))
    panel.show_run(dynamics_run(open_insight_run(tmp_path / "run.json")))
    wait(panel, qtbot)
    assert places[1:] == [pytest.approx(places[-1], abs=6)] * 6, "but for the space between them"


def test_that_three_firsts_have_a_button_and_the_others_stand_in_the_tooltip_of_the_last(
    show: Callable[..., None], tmp_path: Path
) -> None:
    panel = DynamicsPanel()
    show(panel, 1200, 700)
    kinds = ("NaN in a gradient", "+Inf in a gradient", "NaN or Inf in a weight", "NaN or Inf in an update", "NaN loss")
    firsts = [FirstNotFinite(kind, number, ("fc2",)) for number, kind in enumerate(kinds)]
    panel.show_run(replace(dynamics_run(open_insight_run(tmp_path / "run.json")), firsts=firsts))
    assert all(button.isVisible() for button in panel.first_buttons)
    assert [button.text() for button in panel.first_buttons] == [
        "✕ First NaN in a gradient: step 0, layer fc2",
        "✕ First +Inf in a gradient: step 1, layer fc2",
        "✕ First NaN or Inf in a weight: step 2, layer fc2 (+ 2)",
    ]
    others = [each.words for each in firsts[3:]]
    assert [[words in button.toolTip() for words in others] for button in panel.first_buttons] == [
        [False, False],
        [False, False],
        [True, True],
    ]


def test_that_a_plot_that_comes_later_shows_the_range_of_the_others(
    show: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    panel = DynamicsPanel()
    show(panel, 1200, 700)
    panel.show_run(dynamics_run(open_insight_run(tmp_path / "run.json")))
    panel.show_range((20.0, 80.0))
    wait(panel, qtbot)
    assert [card.plot.shown_range for card in panel.cards] == [pytest.approx((20, 80))] * 6


def test_that_another_run_leaves_nothing_of_the_one_before(shown: Shown) -> None:
    panel = shown(nan_at=123)
    panel.show_nothing()
    assert panel.numbers() == (("step",), [])
    assert not any(button.isVisible() for button in panel.first_buttons)


def test_that_plots_take_their_places_anew_where_more_of_them_fit_beside_each_other(shown: Shown, qtbot: QtBot) -> None:
    panel = shown(900, 700)
    for width, n_beside in ((1300, 3), (900, 2), (1080, 3), (1079, 2)):
        panel.resize(width, 700)
        qtbot.waitUntil(lambda n=n_beside: len({card.x() for card in panel.cards}) == n)  # type: ignore[misc]
        rows = [panel.cards[at : at + n_beside] for at in range(0, 6, n_beside)]
        assert all(len({card.y() for card in row}) == 1 for row in rows)
        assert len({row[0].y() for row in rows}) == len(rows)
        widths = [card.width() for card in panel.cards]
        assert max(widths) - min(widths) <= 1
