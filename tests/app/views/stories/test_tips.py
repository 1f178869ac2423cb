"""What each cell, curve and box of the stories says when it is pointed at: whole texts."""

from typing import Any

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint
from PyQt6.QtGui import QHelpEvent
from PyQt6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.cell_grid import CellGrid
from app.views.stories.changes_page import ChangesPage
from app.views.stories.confusion_page import ConfusionPage
from app.views.stories.depth_page import DepthPage
from app.views.stories.map_page import MapPage
from app.views.stories.moment import Moment
from app.views.stories.panel import Page, StoriesPanel
from app.views.stories.time_page import TimePage
from tests.app.on_screen import shown
from tests.app.views.stories.made_up_story import changes_of, story_of
from tests.app.views.stories.told_run import Told


def tip(grid: CellGrid, row: int, column: int) -> str:
    return tip_at(grid, grid.place_of(row, column).center().toPoint())


def tip_at(widget: QWidget, at: QPoint) -> str:
    QToolTip.hideText()
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    return QToolTip.text()


def run(**changes: Any) -> StoryRun:
    """Four samples at three measurements, of two layers that vote."""
    known = {
        "labels": np.array([0, 0, 1, 1]),
        "predictions": np.array([[0, 1, 1, -1], [0, 0, 0, 1], [0, 1, 1, 1]], np.int32),
        "votes": np.array(
            [[[0, 0, 1, 1], [0, 1, 1, 1]], [[0, 0, 1, 1], [0, 0, 0, 1]], [[1, 1, 1, 0], [0, 1, 0, 0]]], np.int16
        ),
        "layers": ("conv1", "blocks.0.fc"),
        "neighbours": 30,
        "epochs": np.array([0, 1, 2]),
        "steps": np.array([0, 10, 2000]),
    }
    return story_of(Told(4, 3), **(known | changes))


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (0, 0, "epoch 0, step 0\ndecided from conv1 on: 2 samples, 66.7 %"),
        (1, 0, "epoch 0, step 0\ndecided from blocks.0.fc on: 1 sample, 33.3 %"),
        (2, 2, "epoch 2, step 2,000\ndecided by the output alone: 2 samples, 50.0 %"),
        (2, 1, "epoch 1, step 10\ndecided by the output alone: 0 samples, 0.0 %"),
    ],
)
def test_that_a_cell_of_the_depths_tells_how_many_are_decided_there(
    row: int, column: int, text: str, qtbot: QtBot
) -> None:
    page = shown(qtbot, DepthPage(), 700, 500)
    page.show_moment(Moment(run(), 1, 2))
    assert tip(page.depths, row, column) == text


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (0, 0, "epoch 0, step 0\n0 samples are predicted as another class than before; in 0 conv1 changed first"),
        (
            1,
            1,
            "epoch 1, step 10\n2 samples are predicted as another class than before; in 2 blocks.0.fc changed first",
        ),
        (0, 2, "epoch 2, step 2,000\n2 samples are predicted as another class than before; in 1 conv1 changed first"),
        (
            2,
            2,
            "epoch 2, step 2,000\n2 samples are predicted as another class than before; "
            "in 1 no layer's vote, the output alone changed first",
        ),
    ],
)
def test_that_a_cell_of_the_flips_tells_whose_vote_changed_first(
    row: int, column: int, text: str, qtbot: QtBot
) -> None:
    page = shown(qtbot, DepthPage(), 700, 500)
    page.show_moment(Moment(run(), 1, 2))
    assert tip(page.flips, row, column) == text


def test_that_beside_the_cells_it_is_told_what_a_depth_is(qtbot: QtBot) -> None:
    page = shown(qtbot, DepthPage(), 700, 500)
    page.show_moment(Moment(run(), 1, 2))
    assert " ".join(tip_at(page.depths, QPoint(1, 1)).split()) == (
        "Prediction depth: the first layer from which on the vote of the nearest neighbours, by what the layer gives, "
        "is what the network says, up to the last one. A shallow sample is easy. Baldock et al., NeurIPS 2021"
    )


def test_that_one_sample_is_told_as_one(qtbot: QtBot) -> None:
    page = shown(qtbot, DepthPage(), 700, 500)
    one = run(predictions=np.array([[0, 1, 1, -1], [0, 0, 1, 1], [0, 0, 1, 1]], np.int32))
    page.show_moment(Moment(one, 1, 2))
    assert tip(page.flips, 2, 1) == (
        "epoch 1, step 10\n1 sample is predicted as another class than before; "
        "in 0 no layer's vote, the output alone changed first"
    )


def test_that_a_cell_of_the_votes_tells_who_says_what(qtbot: QtBot) -> None:
    page = shown(qtbot, DepthPage(), 700, 500)
    page.show_moment(Moment(run(votes=run().votes[:, :1], layers=("conv1",)), 1, 3))  # type: ignore[index]
    assert tip(page.votes, 0, 2) == "epoch 2, step 2,000\nnearest neighbours by conv1: ant"
    assert tip(page.votes, 1, 1) == "epoch 1, step 10\nthe network: bee"
    assert tip(page.votes, 1, 0) == "epoch 0, step 0\nthe network: not recorded"
    tip_at(page.votes, QPoint(1, 1))  # beside the cells
    qtbot.waitUntil(lambda: QToolTip.text() == "")


@pytest.mark.parametrize(
    ("number", "row", "column", "text"),
    [
        (0, 0, 1, "label ant, predicted bee: 1 sample"),
        (0, 1, 0, "label bee, predicted ant: 0 samples"),
        (1, 0, 0, "label ant, predicted ant: 2 samples, +1 since the measurement before"),
        (1, 0, 1, "label ant, predicted bee: 0 samples, −1 since the measurement before"),
        (2, 2, 2, "label cat, predicted cat: 0 samples, the same as at the measurement before"),
    ],
)
def test_that_a_cell_of_the_confusion_tells_its_samples_and_how_many_came(
    number: int, row: int, column: int, text: str, qtbot: QtBot
) -> None:
    page = shown(qtbot, ConfusionPage(), 700, 500)
    page.show_moment(Moment(run(), number))
    assert tip(page.matrix, row, column) == text
    if number:
        assert tip(page.change, row, column) == text


def test_that_a_confused_pair_tells_since_when(qtbot: QtBot) -> None:
    page = shown(qtbot, ConfusionPage(), 700, 500)
    page.show_moment(Moment(run(predictions=np.array([[0, 1, 1, 0], [1, 1, 1, 0], [1, 1, 0, 1]], np.int32)), 2))
    assert [(row.above, row.text) for row in page.pairs.rows.rows] == [
        ("since the first measurement", "ant predicted as bee: 2 samples"),
        ("since the first measurement", "bee predicted as ant: 1 sample"),
    ]
    assert page.pairs_heading.about == "2; a click selects their samples"
    page.show_moment(Moment(run(), 2))
    assert [(row.above, row.text) for row in page.pairs.rows.rows] == [
        ("since epoch 2, step 2,000", "ant predicted as bee: 1 sample, +1 since the measurement before"),
    ]
    assert page.heading.about == "3 of 4 right, step 2,000"
    assert page.change_heading.about == "since step 10"


CHANGES = changes_of([0, 1, 0, 1, 2], [[0, 1, 0, 0, -1], [0, 1, 1, 1, 0], [-1, -1, -1, -1, -1]])
"""Of five; the first noise flips the network and both layers, the second one only the later, the last blur none."""


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (0, 0, "noise: 1 of 2 changes flip the vote by conv1"),
        (1, 1, "blur: 1 of 2 changes flip the vote by conv2"),
        (2, 0, "noise: 2 of 2 changes flip the output"),
    ],
)
def test_that_a_cell_of_a_kind_tells_how_many_of_it_flip_what(row: int, column: int, text: str, qtbot: QtBot) -> None:
    page = shown(qtbot, ChangesPage(), 700, 500)
    page.show_changes(CHANGES, ("ant", "bee"))
    assert tip(page.kinds, row, column) == text


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (0, 0, "conv1: correlation with the unchanged sample, this change: 0.91"),
        (0, 1, "conv1: correlation with the unchanged sample, mean of those that flip it: 0.77"),
        (0, 2, "conv1: correlation with the unchanged sample, mean of the others: 0.83"),
        (3, 0, "output: correlation with the unchanged sample, this change: none"),
        (0, 3, "conv1: bee; unchanged ant"),
        (2, 3, "fc1: no vote; unchanged none"),
        (3, 3, "output: bee; unchanged ant"),
    ],
)
def test_that_a_cell_of_one_change_tells_what_a_layer_makes_of_it(
    row: int, column: int, text: str, qtbot: QtBot
) -> None:
    page = shown(qtbot, ChangesPage(), 700, 500)
    page.show_changes(CHANGES, ("ant", "bee"))
    assert tip(page.layers, row, column) == text


def test_that_the_changes_are_told_whole_to_those_who_do_not_see(qtbot: QtBot) -> None:
    page = shown(qtbot, ChangesPage(), 700, 500)
    page.show_changes(CHANGES, ("ant",))
    model = page.tiles.model()
    assert [model.index(row, 0).data() for row in range(5)] == [
        "unchanged, predicted ant",
        "noise 0.25, predicted class 1, first by conv1",
        "noise −0.75, predicted class 1, first by conv2",
        "blur 1.00, predicted class 2",
        "blur 0.50, predicted ant",
    ]
    assert page.heading.title == "3 of 4 changes flip the prediction"
    assert page.heading.about == "epoch 2, step 1,200; unchanged: predicted ant"
    assert page.layers_heading.title == "noise 0.25 of a tenth"
    assert page.layers_heading.about == "the vote flips first by conv1"
    assert page.kinds_heading.about == "10 nearest of 60 held-out samples vote, by 2 layers"
    assert page.kinds.accessibleDescription() == "0 to 100 %"
    assert page.layers.accessibleDescription() == "≤ 0 to 1, same vote, another"


LEARNT = (
    "Learnt: the first measurement that takes the sample for its label.\n"
    "Forgetting event: it is right at one measurement and wrong at the next.\n"
    "Unforgettable: learnt, and without a forgetting event; never learnt counts as forgotten most often.\n"
    "Toneva et al., ICLR 2019; between two measurements more may have happened than is seen."
)
MAP = (
    "Confidence: mean over the measurements of the probability that the network gives the label.\n"
    "Variability: its standard deviation. Correctness: share of the measurements that are right.\n"
    "High and left: easy to learn; right: ambiguous; low and left: hard to learn, among them wrong labels.\n"
    "Swayamdipta et al., EMNLP 2020"
)
TOOLS = ["Drag to move, wheel to zoom", "Drag around points to select them", "Drag a rectangle to select points"]
PAGES = [
    "Samples by measurements: when each was learnt and forgotten",
    "How sure the network was of each label, and how much that changed",
    "Samples that look mislabelled first",
    "From which layer on the nearest neighbours agree with the network",
    "Which changes of one sample flip it, and in which layer",
    "Which classes are predicted as which, and since when",
]


def test_that_orders_maps_tools_and_pages_say_what_they_are(qtbot: QtBot) -> None:
    page = shown(qtbot, TimePage(), 700, 500)
    assert page.order_box.toolTip() == LEARNT
    chart = shown(qtbot, MapPage(), 700, 500)
    assert chart.cloud.parentWidget().toolTip() == MAP
    assert [button.toolTip() for button in chart.tools.buttons.values()] == TOOLS
    panel = shown(qtbot, StoriesPanel(), 700, 500)
    assert [(name, button.toolTip()) for name, button in panel.segments.buttons.items()] == [
        (each.value, text) for each, text in zip(Page, PAGES, strict=True)
    ]


def test_that_those_who_do_not_see_are_told_what_each_picture_is(qtbot: QtBot) -> None:
    panel = shown(qtbot, StoriesPanel(), 700, 500)
    depths, changes, confusion = panel.depths, panel.changes, panel.confusion
    told = [each.accessibleName() for each in (
        panel.over_time.raster, panel.data_map.cloud, panel.suspects.tiles, depths.depths, depths.votes, depths.flips,
        changes.tiles, changes.kinds, changes.layers, confusion.matrix, confusion.change, confusion.pairs,
        panel.card.curve,
    )]  # fmt: skip
    assert told == [
        "Stories: a row for each sample, measurements to the right",
        "Data map: variability to the right, confidence upwards",
        "Samples that look mislabelled",
        "Prediction depth: layers by measurements",
        "Votes of the layers on the sample",
        "Layers whose vote changed with the prediction",
        "Changes of the sample",
        "Share of the changes of a kind that flip a layer",
        "What each layer makes of the change that is chosen",
        "Confusion: labels by predictions",
        "How the confusion has changed",
        "Pairs of classes that are confused",
        "The sample's story over the measurements",
    ]
