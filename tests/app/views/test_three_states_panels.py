"""Each panel tells numbers, NaN, missing gradients and estimates apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.dynamics import dynamics_run
from app.views.gradients.dynamics_panel import DynamicsPanel
from app.views.layers.layer_table_model import LayerColumn
from app.views.layers.panel import LayersPanel
from app.views.timeline.panel import TimelinePanel
from collector.storage import Collection, open_collection
from tests.app.three_states_run import BAD, FROZEN, write_three_states
from tests.app.views.optimizer.answering import answered_panel

Show = Callable[..., None]


@pytest.fixture
def run(tmp_path: Path) -> Collection:
    return open_collection(write_three_states(tmp_path / "run.json"))


@pytest.fixture
def older(tmp_path: Path) -> Collection:
    return open_collection(write_three_states(tmp_path / "older.json", is_older=True))


def test_that_the_layers_table_has_a_word_a_mark_and_a_count_for_each(show: Show, run: Collection) -> None:
    panel = LayersPanel()
    show(panel, 700, 240)
    panel.show_collection(run)
    panel.show_step(FROZEN[1])
    cells = {row.layer.name: panel.model.index(at, LayerColumn.SPARK) for at, row in enumerate(panel.model.rows)}
    tips = {name: cell.data(Qt.ItemDataRole.ToolTipRole) for name, cell in cells.items()}
    assert cells["fc1"].data() == "no gradient"
    assert f"○ no gradient at {len(FROZEN)} steps" in tips["fc1"]
    assert "NaN" not in tips["fc1"]
    assert f"✕ NaN or Inf at {len(BAD)} steps" in tips["fc2"]
    assert "no gradient" not in tips["fc2"]
    assert "✕" not in tips["conv1"] + tips["conv1"]
    headings, rows = panel.numbers()
    at = headings.index("gradient_norm")
    assert headings[at : at + 2] == ("gradient_norm", "gradient_norm_is")
    assert rows[1][at : at + 2] == (None, "no gradient")
    panel.show_step(BAD[0])
    assert cells["fc2"].data() == "NaN"


def test_that_a_norm_of_an_older_sample_is_called_an_estimate(show: Show, older: Collection) -> None:
    panel = LayersPanel()
    show(panel, 700, 240)
    panel.show_collection(older)
    tip = panel.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "gradient norm (estimate) now" in tip
    headings, rows = panel.numbers()
    assert [row[headings.index("gradient_norm_is")] for row in rows] == ["estimate"] * 3


def test_that_the_gradients_tab_shows_the_interval_and_the_gap(show: Show, qtbot: QtBot, run: Collection) -> None:
    panel = DynamicsPanel()
    show(panel, 1200, 700)
    panel.show_run(dynamics_run(run))
    panel.show_layer("fc1")
    panel.show_step(0)
    qtbot.waitUntil(lambda: not panel.is_filling)
    card = panel.cards[0]
    assert card.legend.entries[0].figure.endswith(" ± 0.02")
    assert card.plot.no_gradient_marks.steps.tolist() == list(FROZEN)
    assert card.plot.not_finite_marks.steps.tolist() == []
    assert not card.plot.error_band.path().isEmpty()
    assert panel.cards[5].plot.error_band.path().isEmpty(), "how good it is was not recorded"
    panel.show_step(FROZEN[0])
    assert card.legend.entries[0].figure == "no gradient"
    assert panel.estimate_label.text().startswith("estimate from 2,000")
    assert "1.96 standard errors" in panel.estimate_label.toolTip()
    headings, _ = panel.numbers()
    assert headings[1:3] == ("near_zero_fraction@1e-05/fc1 (estimate)", "near_zero_fraction@1e-05~se/fc1")


def test_that_the_optimizer_tab_says_estimate_of_what_is_one(show: Show, qtbot: QtBot, run: Collection) -> None:
    panel = answered_panel()
    show(panel, 1200, 700)
    panel.show_collection(run)
    panel.choose("near_zero_fraction@1e-05")
    panel.show_layer("fc1")
    panel.show_step(0)
    qtbot.waitUntil(lambda: not panel.is_filling)
    assert panel.estimate_label.text() == "estimate"
    assert "2,000 of 10,500" in panel.estimate_label.toolTip()
    assert panel.curves_legend.entries[0].figure.endswith(" ± 0.02 (estimate)")
    assert panel.numbers()[0][1:3] == ("near_zero_fraction@1e-05/conv1", "near_zero_fraction@1e-05/fc1 (estimate)")
    heat_map = panel.heat_map
    row = (1.5 / 3) * heat_map.height()
    assert heat_map.text_at(QPointF(heat_map._x_of(FROZEN[0] + 3), row)).endswith(": no gradient")
    assert heat_map.text_at(QPointF(heat_map._x_of(5), row)).endswith(" ± 0.02 (estimate)")
    panel.choose("gradient_norm")
    qtbot.waitUntil(lambda: not panel.is_filling)
    assert panel.estimate_label.text() == ""
    assert panel.curves.no_gradient_marks.steps.tolist() == list(FROZEN)
    assert [text for _, text in panel.scale_bar._marks] == ["no gradient", "NaN or Inf"]


def test_that_a_curve_of_the_timeline_tells_all_of_it(show: Show, run: Collection) -> None:
    panel = TimelinePanel()
    show(panel, 900, 300)
    panel.choose(["near_zero_fraction@1e-05/fc1"])
    panel.show_collection(run)
    panel.show_step(0)
    (card,) = panel.cards
    assert card.heading_line.figure.endswith(" ± 0.02")
    assert card.heading_line.about == f"fraction · estimate · ○ {len(FROZEN)} without a gradient"
    assert card.plot.no_gradient_marks.steps.tolist() == list(FROZEN)
