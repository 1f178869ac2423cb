"""The timeline, by clicks, drags and the wheel."""

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.curve import curve_of
from app.views.timeline.panel import TimelinePanel
from app.window.theme import PALETTES, apply_theme
from collector.storage.schema import DumpRecord, Metric, ResumeRecord
from tests.app.growing_run import GrowingRun
from tests.app.plots import click, double_click, place_in, turn_wheel


def falling(n: int) -> np.ndarray:
    return np.linspace(2, 0.1, n)


@pytest.fixture
def run() -> GrowingRun:
    """200 steps, a pass at each tenth."""
    return GrowingRun().grow(loss=falling(200), accuracy=np.linspace(0, 1, 200), gradient_norm__fc1=falling(200))


@pytest.fixture
def panel(show: Callable[..., None], run: GrowingRun) -> TimelinePanel:
    panel = TimelinePanel()
    show(panel, 1200, 190)
    panel.show_collection(run)
    panel.show_step(0)
    return panel


def test_that_the_timeline_says_what_it_is_for_while_nothing_is_open(show: Callable[..., None]) -> None:
    panel = TimelinePanel()
    show(panel, 1200, 190)
    assert [card.heading_line.title for card in panel.cards] == ["Loss", "Accuracy"]
    assert {plot.message for plot in panel.plots} == {"open a collection to see its curves"}


def test_that_a_curve_that_another_run_lacks_keeps_no_figure(panel: TimelinePanel) -> None:
    panel.choose(["loss", "accuracy"])
    panel.show_step(100)
    assert panel.cards[1].heading_line.figure
    panel.show_collection(GrowingRun().grow(loss=falling(200)))
    assert not panel.cards[1].heading_line.figure


def test_that_of_another_run_all_steps_are_seen(panel: TimelinePanel) -> None:
    panel.show_range((20, 60))
    panel.show_collection(GrowingRun().grow(loss=falling(300), accuracy=falling(300)))
    assert panel.shown_steps is None
    assert panel.plots[0].getPlotItem().vb.viewRange()[0][1] >= 300


@pytest.fixture
def wishes(panel: TimelinePanel) -> list[float]:
    wishes: list[float] = []
    panel.step_requested.connect(wishes.append)
    return wishes


def test_that_a_click_asks_for_the_very_step_pointed_at(
    panel: TimelinePanel, wishes: list[float], qtbot: QtBot
) -> None:
    click(qtbot, panel.plots[1], 84)
    assert wishes == [pytest.approx(84, abs=1)]


@pytest.mark.parametrize("begin", [50, 90], ids=["the playhead", "elsewhere in an unzoomed curve"])
def test_that_a_drag_asks_for_the_steps_on_its_way(
    panel: TimelinePanel, wishes: list[float], qtbot: QtBot, begin: int
) -> None:
    plot = panel.plots[0]
    panel.show_step(50)
    whole = plot.shown_range
    start, end = place_in(plot, begin), place_in(plot, 120)
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for part in np.linspace(0, 1, 8)[1:]:
        qtbot.mouseMove(plot.viewport(), start + (end - start) * float(part))
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert wishes == sorted(wishes)
    assert wishes[-1] == pytest.approx(120, abs=1)
    assert len(wishes) > 1, "also on its way"
    assert plot.shown_range == whole


def test_that_the_playhead_stands_at_the_step_it_is_told_in_every_plot(panel: TimelinePanel) -> None:
    panel.show_step(90)
    assert [plot.playhead.value() for plot in panel.plots] == [90, 90]
    assert panel.cards[0].heading_line.figure == f"{falling(200)[90]:.4g}"


def test_that_the_wheel_zooms_all_plots_alike_and_a_double_click_shows_the_whole_run(
    panel: TimelinePanel, wishes: list[float], qtbot: QtBot
) -> None:
    whole = panel.plots[0].shown_range
    turn_wheel(panel.plots[0], 100, 4)
    low, high = panel.plots[0].shown_range
    assert whole[0] < low < 100 < high < whole[1]
    assert panel.plots[1].shown_range == pytest.approx((low, high))
    assert panel.everything_button.isVisible()
    double_click(qtbot, panel.plots[1], 100)
    assert [plot.shown_range for plot in panel.plots] == [pytest.approx(whole)] * 2
    assert not panel.everything_button.isVisible()


def test_that_a_button_shows_the_whole_run_again(panel: TimelinePanel, qtbot: QtBot) -> None:
    whole = panel.plots[0].shown_range
    turn_wheel(panel.plots[0], 100, 4)
    qtbot.mouseClick(panel.everything_button, Qt.MouseButton.LeftButton)
    assert [plot.shown_range for plot in panel.plots] == [pytest.approx(whole)] * 2
    assert not panel.everything_button.isVisible()


def test_that_a_double_click_leaves_the_playhead_where_it_was(
    panel: TimelinePanel, wishes: list[float], qtbot: QtBot
) -> None:
    panel.step_requested.connect(lambda step: panel.show_step(round(step)))
    panel.show_step(30)
    double_click(qtbot, panel.plots[0], 150)
    assert wishes[0] == pytest.approx(150, abs=1)
    assert wishes[-1] == 30


def test_that_the_values_of_the_visible_steps_fill_the_plot(panel: TimelinePanel) -> None:
    plot = panel.plots[0]
    turn_wheel(plot, 180, 12)
    low, high = plot.getPlotItem().vb.viewRange()[1]
    assert high - low < 0.5


def test_that_a_growing_run_keeps_the_range_the_user_zoomed_to(panel: TimelinePanel, run: GrowingRun) -> None:
    turn_wheel(panel.plots[0], 100, 4)
    zoomed = panel.plots[0].shown_range
    panel.show_collection(run.grow(loss=falling(300)))
    assert panel.plots[0].shown_range == pytest.approx(zoomed)


def test_that_a_growing_run_is_shown_as_a_whole_as_long_as_nobody_zooms(panel: TimelinePanel, run: GrowingRun) -> None:
    panel.show_collection(run.grow(loss=falling(300)))
    low, high = panel.plots[0].shown_range
    assert low <= 0
    assert high >= 500


def test_that_another_run_is_shown_as_a_whole(panel: TimelinePanel) -> None:
    turn_wheel(panel.plots[0], 100, 4)
    panel.show_collection(GrowingRun().grow(loss=falling(50)))
    assert panel.plots[0].shown_range[1] == pytest.approx(51)
    assert not panel.everything_button.isVisible()


def test_that_a_curve_is_added_from_the_menu_and_closed_by_its_button(panel: TimelinePanel, qtbot: QtBot) -> None:
    panel.curve_menu.aboutToShow.emit()
    action = next(action for action in panel.curve_menu.actions() if action.data() == "gradient_norm/fc1")
    with qtbot.waitSignal(panel.chosen_changed):
        action.trigger()
    assert panel.chosen() == ["loss", "accuracy", "gradient_norm/fc1"]
    assert panel.cards[2].heading_line.title == "Gradient norm · fc1"
    with qtbot.waitSignal(panel.chosen_changed):
        qtbot.mouseClick(panel.cards[0].close_button, Qt.MouseButton.LeftButton)
    assert panel.chosen() == ["accuracy", "gradient_norm/fc1"]
    qtbot.waitUntil(panel.add_button.isVisible)


def test_that_a_curve_that_was_asked_for_can_be_closed_and_the_chosen_ones_stay(panel: TimelinePanel) -> None:
    panel.show_asked("gradient_norm/fc1")
    assert [card.name for card in panel.cards] == ["loss", "accuracy", "gradient_norm/fc1"]
    panel.cards[2].close_button.click()
    assert [card.name for card in panel.cards] == panel.chosen() == ["loss", "accuracy"]


def test_that_without_curves_the_panel_says_how_to_add_one(panel: TimelinePanel, qtbot: QtBot) -> None:
    panel.choose([])
    qtbot.waitUntil(panel.nothing_label.isVisible)
    qtbot.waitUntil(panel.add_button.isVisible)
    panel.choose(["loss"])
    assert not panel.nothing_label.isVisible()


def test_that_the_chosen_curves_are_kept_when_another_run_opens(panel: TimelinePanel) -> None:
    panel.choose(["accuracy", "gradient_norm/fc1"])
    panel.show_collection(GrowingRun().grow(accuracy=falling(30)))
    assert panel.chosen() == ["accuracy", "gradient_norm/fc1"]
    assert "not recorded" in panel.plots[1].message
    assert not panel.plots[1].playhead.isVisible()


def test_that_clocks_alone_have_no_word_beside_them_of_curves_that_are_not_chosen(panel: TimelinePanel) -> None:
    updates = np.arange(1, 201)
    panel.show_collection(GrowingRun().grow(updates__critic=updates, updates__generator=updates // 5))
    panel.choose([])
    assert panel.clock_card.isVisible()
    assert not panel.nothing_label.isVisible()


@pytest.mark.parametrize(("scale", "top"), [(1.0, 1.1), (100.0, 110.0)])
def test_that_the_axis_of_an_accuracy_reaches_to_one_or_as_far_as_its_values(
    panel: TimelinePanel, scale: float, top: float
) -> None:
    panel.show_collection(GrowingRun().grow(accuracy=np.linspace(0, 0.9 * scale, 30)).end_epoch(test_accuracy=scale))
    low, high = panel.plots[-1].getPlotItem().vb.viewRange()[1]
    assert -0.2 * scale < low <= 0
    assert scale < high < 1.2 * top


def test_that_a_curve_without_a_value_yet_says_so(show: Callable[..., None]) -> None:
    panel = TimelinePanel()
    show(panel, 900, 190)
    panel.show_collection(GrowingRun().grow(loss=np.zeros(0)))
    assert panel.plots[0].message == "no value yet"


def test_that_a_curve_that_was_not_recorded_says_how_to_record_it(panel: TimelinePanel) -> None:
    panel.choose(["loss", "perplexity", "test_f1"])
    assert "collector.log(perplexity=…)" in panel.plots[1].message
    assert "collector.end_epoch(test_f1=…)" in panel.plots[2].message


def test_that_a_new_plot_shows_the_range_that_the_others_show(panel: TimelinePanel) -> None:
    turn_wheel(panel.plots[0], 100, 4)
    panel.choose([*panel.chosen(), "gradient_norm/fc1"])
    assert panel.plots[2].shown_range == pytest.approx(panel.plots[0].shown_range)


def test_that_results_of_epochs_are_dots_and_epochs_are_marked(panel: TimelinePanel, run: GrowingRun) -> None:
    panel.show_collection(run.end_epoch(test_loss=0.25, test_accuracy=0.9, test_f1=0.8))
    assert panel.plots[0].epoch_marks.steps.tolist() == [200]
    assert panel.plots[0].lines[2].values.tolist() == [0.25]
    panel.choose(["test_f1"])
    assert panel.cards[0].curve is not None
    assert panel.cards[0].curve.dots.tolist() == [0.8]


def test_that_a_heading_tells_the_last_result_of_an_epoch_before_the_playhead_in_the_unit_of_its_curve(
    show: Callable[..., None],
) -> None:
    panel, run = TimelinePanel(), GrowingRun()
    show(panel, 1200, 190)
    for loss, accuracy in ((0.5, 0.75), (0.25, 0.9)):
        run.grow(loss=falling(10), accuracy=falling(10)).end_epoch(test_loss=loss, test_accuracy=accuracy)
    panel.choose(["loss", "accuracy", "test_loss"])
    panel.show_collection(run)
    lines = [card.heading_line for card in panel.cards]
    for step, told in ((9, ["", ""]), (10, ["0.5", "0.75"]), (19, ["0.5", "0.75"]), (20, ["0.25", "0.9"])):
        panel.show_step(step)
        assert [line.dot for line in lines] == [*told, ""]
    panel.show_step(0, is_following=True)
    assert [line.dot for line in lines] == ["0.25", "0.9", ""]
    panel.choose(["loss"])
    panel.show_collection(GrowingRun().grow(loss=falling(10)))
    assert panel.cards[0].heading_line.dot == ""


def test_that_a_heading_begins_further_left_where_it_would_be_cut_above_the_plot(
    show: Callable[..., None], run: GrowingRun
) -> None:
    panel = TimelinePanel()
    show(panel, 1200, 190)
    panel.show_collection(run.end_epoch(test_loss=0.25))
    panel.choose(["loss"])
    card = panel.cards[0]
    lefts = []
    for width in range(1000, 400, -10):
        panel.resize(width, 190)
        left = card.heading.contentsMargins().left()
        lefts.append(left)
        assert left < 20 or card.heading_line.width() >= card.heading_line.whole_px()
    assert lefts == sorted(lefts, reverse=True)
    assert len(set(lefts)) == 2


def test_that_of_two_runs_the_results_of_both_are_told(panel: TimelinePanel, run: GrowingRun) -> None:
    card = panel.cards[0]
    a, b = (curve_of(GrowingRun().grow(loss=falling(9)).end_epoch(test_loss=each), "loss") for each in (0.5, 0.25))
    card.show_curve(a, 9, np.zeros(0), of_b=b, names=("usual", "faster"))
    card.show_step(9)
    assert card.heading_line.dot == "A 0.5 · B 0.25"
    card.show_step(2)
    assert card.heading_line.dot == ""


def test_that_values_that_are_not_finite_are_marked_where_they_are(show: Callable[..., None]) -> None:
    values = falling(300)
    values[[40, 41, 250]] = np.nan, np.inf, -np.inf
    panel = TimelinePanel()
    show(panel, 900, 190)
    panel.show_collection(GrowingRun().grow(loss=values))
    panel.grab()
    assert panel.plots[0].not_finite_marks.steps.tolist() == [40, 41, 250]
    assert "✕ 3 NaN or Inf" in panel.cards[0].heading_line.about


@pytest.mark.parametrize(
    ("values", "n_bad", "can_be_log"),
    [(np.full(500, np.nan), 500, False), (np.zeros(1), 0, False), (np.full(200, 3.0), 0, True)],
    ids=["nothing but NaN", "a single zero", "always the same"],
)
def test_that_a_curve_without_a_range_of_values_is_shown_with_one_around_it(
    show: Callable[..., None], values: np.ndarray, n_bad: int, can_be_log: bool
) -> None:
    panel = TimelinePanel()
    show(panel, 900, 190)
    panel.show_collection(GrowingRun().grow(loss=values))
    card = panel.cards[0]
    card.log_button.click()
    panel.grab()
    assert (card.log_button.isEnabled(), card.plot.is_log) == (can_be_log, can_be_log)
    np.testing.assert_array_equal(card.curve.values, values)
    assert card.plot.not_finite_marks.steps.tolist() == list(range(n_bad))
    assert ("NaN or Inf" in card.heading_line.about) == bool(n_bad)
    low, high = card.plot.getPlotItem().vb.viewRange()[1]
    assert -np.inf < low < high < np.inf
    shown = values[np.isfinite(values)]
    shown = np.log10(shown) if can_be_log else shown
    assert ((low <= shown) & (shown <= high)).all()


def test_that_the_log_scale_is_switched_for_one_plot_alone(panel: TimelinePanel, qtbot: QtBot) -> None:
    qtbot.mouseClick(panel.cards[0].log_button, Qt.MouseButton.LeftButton)
    assert [plot.is_log for plot in panel.plots] == [True, False]
    low, high = panel.plots[0].getPlotItem().vb.viewRange()[1]
    assert low < np.log10(0.11)
    assert np.log10(1.9) < high < 1
    panel.grab()
    qtbot.mouseClick(panel.cards[0].log_button, Qt.MouseButton.LeftButton)
    assert not panel.plots[0].is_log


def test_that_a_curve_without_a_value_above_zero_offers_no_log_scale(show: Callable[..., None]) -> None:
    panel = TimelinePanel()
    show(panel, 900, 190)
    panel.show_collection(GrowingRun().grow(loss=-falling(20)))
    assert not panel.cards[0].log_button.isEnabled()


def test_that_a_long_run_is_drawn_with_no_more_points_than_can_be_seen(show: Callable[..., None]) -> None:
    panel = TimelinePanel()
    show(panel, 900, 190)
    values = falling(100_000)
    values[77_777] = 9.0
    panel.show_collection(GrowingRun(every=1000).grow(loss=values))
    steps, shown = panel.plots[0]._curves[0].getData()
    assert len(steps) < 2000
    assert shown.max() == 9.0, "a single wild step stays visible"


def test_that_every_colour_follows_the_theme(panel: TimelinePanel, qapp) -> None:
    for name in ("light", "dark"):
        apply_theme(qapp, name)
        palette = PALETTES[name]
        plot = panel.plots[0]
        assert plot.backgroundBrush().color().name() == palette.background
        assert plot.playhead.pen.color().name() == palette.hovered
        assert plot._curves[1].opts["pen"].color().name() == palette.loss
        assert plot.getPlotItem().getAxis("left").textPen().color().name() == palette.faint_text


def test_that_the_numbers_have_a_row_for_each_step_and_a_column_for_each_curve(panel: TimelinePanel) -> None:
    names, rows = panel.numbers()
    assert names == ("step", "loss", "accuracy")
    assert len(rows) == 200
    assert rows[0] == (0, 2.0, 0.0)
    panel.choose(["loss", "missing"])
    assert panel.numbers()[0] == ("step", "loss")


def test_that_nothing_open_leaves_empty_plots_that_take_no_click(show: Callable[..., None], qtbot: QtBot) -> None:
    panel = TimelinePanel()
    show(panel, 900, 190)
    with qtbot.assertNotEmitted(panel.step_requested):
        click(qtbot, panel.plots[0], 0.5)
    assert panel.numbers()[1] == []


def test_that_titles_are_whole_and_the_buttons_stay_in_sight_with_many_curves(panel: TimelinePanel) -> None:
    panel.choose(["loss", "accuracy", *(f"gradient_norm/{name}" for name in ("conv1", "fc1", "fc2"))])
    panel.resize(700, 200)
    panel.grab()
    for card in panel.cards:
        assert card.heading_line.width() >= card.heading_line.wanted_px()
    assert panel.rect().contains(panel.add_button.mapTo(panel, panel.add_button.rect().center()))
    panel.resize(1900, 200)
    panel.grab()
    assert panel.cards[-1].isAncestorOf(panel.add_button)


def test_that_an_empty_plot_has_no_made_up_numbers(panel: TimelinePanel, qtbot: QtBot) -> None:
    def numbers(panel: TimelinePanel) -> list[bool]:
        item = panel.plots[0].getPlotItem()
        return [item.getAxis(side).style["showValues"] for side in ("left", "bottom")]

    assert numbers(panel) == [True, True]
    empty = TimelinePanel()
    qtbot.addWidget(empty)
    assert numbers(empty) == [False, False]


def test_that_the_passes_that_the_black_box_kept_are_marked_with_those_among_them(qtbot: QtBot) -> None:
    run = GrowingRun().grow(loss=np.ones(40))
    panel = TimelinePanel()
    qtbot.addWidget(panel)
    panel.resize(900, 160)
    panel.show_collection(run)
    before = panel.plots[0].grab().toImage()
    run.dumps.append(DumpRecord(21, "spike", "loss spike at step 20", [9, 21]))
    panel.show_collection(run)
    assert panel.plots[0].dump_marks.steps.tolist() == [10, 20]
    assert panel.plots[0].grab().toImage() != before


def test_that_a_mark_tells_where_the_run_went_on(qtbot: QtBot) -> None:
    run = GrowingRun().grow(loss=np.ones(40))
    run.resumes.append(ResumeRecord(30, "2024-05-01T12:00:00+00:00"))
    panel = TimelinePanel()
    qtbot.addWidget(panel)
    panel.resize(900, 160)
    panel.show_collection(run)
    before = panel.plots[0].grab().toImage()
    assert panel.plots[0].resume_marks.steps.tolist() == [30]
    run.resumes.clear()
    panel.show_collection(run)
    assert panel.plots[0].grab().toImage() != before


@pytest.mark.parametrize(
    ("logged", "shown"),
    [
        (("loss",), ["loss"]),
        (("loss", "accuracy", "perplexity"), ["loss", "accuracy"]),
        (("loss", "perplexity"), ["loss", "perplexity"]),
        (("g_loss", "score", "d_loss"), ["g_loss", "d_loss"]),
        (("reward", "learning_rate"), ["reward"]),
        (("gradient_norm__fc1",), ["loss"]),
    ],
)
def test_that_a_run_opens_with_what_was_logged(
    show: Callable[..., None], logged: tuple[str, ...], shown: list[str]
) -> None:
    panel = TimelinePanel()
    show(panel, 900, 190)
    panel.show_collection(GrowingRun().grow(**{name: falling(30) for name in logged}))
    assert panel.chosen() == shown


def test_that_a_run_without_what_was_chosen_opens_with_its_own_and_the_choice_stays(
    panel: TimelinePanel, run: GrowingRun
) -> None:
    panel.choose(["accuracy"])
    panel.show_collection(GrowingRun().grow(g_loss=falling(30), d_loss=falling(30)))
    assert panel.chosen() == ["g_loss", "d_loss"]
    panel.show_collection(run)
    assert panel.chosen() == ["accuracy"]


def test_that_curves_come_as_soon_as_they_are_logged(show: Callable[..., None]) -> None:
    panel = TimelinePanel()
    show(panel, 900, 190)
    run = GrowingRun().grow(gradient_norm__fc1=falling(10))
    panel.show_collection(run)
    panel.show_collection(run.grow(d_loss=falling(10)))
    assert panel.chosen() == ["d_loss"]
    assert len(panel.plots[0].lines[1].values) == 10


def test_that_what_a_run_has_not_says_so_in_little_room(panel: TimelinePanel, qtbot: QtBot) -> None:
    panel.choose(["loss", "accuracy"])
    before = panel.plots[1].grab().toImage()
    panel.show_collection(GrowingRun().grow(loss=falling(30)))
    loss, accuracy = panel.cards
    qtbot.waitUntil(lambda: accuracy.width() < loss.width() / 2)
    assert "not recorded in this run" in accuracy.plot.message
    words = accuracy.plot.grab().toImage()
    assert words != before
    accuracy.plot.show_message("")
    assert accuracy.plot.grab().toImage() != words, "the words were painted"


def test_that_the_figure_of_a_followed_run_is_that_of_its_newest_step(panel: TimelinePanel, run: GrowingRun) -> None:
    panel.show_step(190, is_following=True)
    assert panel.cards[0].heading_line.figure == f"{falling(200)[-1]:.4g} at step 199"
    panel.show_collection(run.grow(loss=np.full(7, 0.5), accuracy=np.ones(7)))
    assert panel.cards[0].heading_line.figure == "0.5 at step 206"
    panel.show_step(190)
    assert panel.cards[0].heading_line.figure == f"{falling(200)[190]:.4g}"


def test_that_a_spike_of_one_step_is_told_and_stands_behind_the_mean(show: Callable[..., None]) -> None:
    values = np.ones(1000)
    values[400] = 5e6
    panel = TimelinePanel()
    show(panel, 900, 190)
    panel.show_collection(GrowingRun().grow(loss=values))
    about = panel.cards[0].heading_line.about
    assert "▲ 5e6 at step 400" in about
    assert "bold: mean of 20 values without spikes, faint: each" in about
    each, mean, *_ = panel.plots[0].lines
    assert each.values.max() == 5e6
    assert mean.values == pytest.approx(np.ones(1000)), "a spike of one step is no plateau"


def test_that_few_values_are_drawn_as_they_are(show: Callable[..., None]) -> None:
    panel = TimelinePanel()
    show(panel, 900, 190)
    panel.show_collection(GrowingRun().grow(loss=falling(50)))
    assert "mean" not in panel.cards[0].heading_line.about
    assert "▲" not in panel.cards[0].heading_line.about


def test_that_a_metric_of_ones_own_is_called_what_the_training_calls_it(panel: TimelinePanel, run: GrowingRun) -> None:
    run.metrics["gradient_norm"] = Metric("gradient_norm", "length of the slope", "", "mm")
    panel.show_collection(run)
    panel.choose(["loss", "gradient_norm/fc1"])
    card = panel.cards[1]
    assert card.heading_line.title == "Length of the slope · fc1"
    assert card.heading_line.about.startswith("mm")
    assert card.close_button.accessibleName() == "Close Length of the slope · fc1"
    assert card.plot.accessibleName().startswith("Length of the slope · fc1")


def test_that_tab_goes_from_card_to_card_and_ends_at_what_adds_another(panel: TimelinePanel, qtbot: QtBot) -> None:
    panel.choose(["accuracy", "loss"])
    qtbot.waitUntil(lambda: panel.isActiveWindow() and panel.add_button.isVisible())
    first, second = panel.cards
    first.log_button.setFocus(Qt.FocusReason.TabFocusReason)
    came_by = []
    for _ in range(8):
        came_by.append(QApplication.focusWidget())
        qtbot.keyClick(came_by[-1], Qt.Key.Key_Tab)
    assert came_by[:3] == [first.log_button, first.close_button, first.plot]
    assert came_by[3:6] == [second.log_button, second.close_button, second.plot]
    assert came_by[6:] == [panel.why_button, panel.add_button]
