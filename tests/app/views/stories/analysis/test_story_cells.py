"""Stories as a picture: orders, colours, and the mean of many rows in a pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.views.stories.analysis.story_cells import (
    NOT_RECORDED,
    CellColours,
    Cells,
    OrderedCells,
    Quantity,
    cells_of,
    quantities_of,
)
from app.views.stories.analysis.story_order import StoryOrder, orders_of, story_order, stretches
from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.row_range import RowRange
from tests.app.views.stories.told_run import NAMES, Told

THEME = CellColours((0, 200, 0), (200, 0, 0), (30, 30, 30))


def run_of(told: Told, **changes: object) -> StoryRun:
    recorded = {
        "predictions": told.predictions,
        "confidences": told.confidences,
        "label_probabilities": told.label_probabilities,
        "margins": told.margins,
        "losses": told.losses,
    }
    n = len(told.labels)
    fields = {
        "collection": None,
        "inputs": told.pictures,
        "texts": (),
        "labels": told.labels,
        "values": None,
        "numbers": np.arange(n),
        "of": "",
        "steps": told.steps,
        "epochs": np.arange(len(told.steps)),
        "class_names": NAMES,
    }
    return StoryRun(**(fields | recorded | changes))  # type: ignore[arg-type]


@given(st.integers(0, 999), st.integers(1, 60), st.integers(1, 30), st.integers(1, 40), st.integers(1, 25))
def test_that_a_pixel_is_the_mean_of_the_rows_that_begin_in_it(
    seed: int, n_rows: int, n_columns: int, height: int, width: int
) -> None:
    random = np.random.default_rng(seed)
    cells = Cells(
        random.integers(0, 256, (n_rows, n_columns)).astype(np.uint8),
        random.integers(0, 256, (256, 3)).astype(np.uint8),
        {},
    )
    order = random.permutation(n_rows)
    picture = OrderedCells(cells, order).picture(0, n_rows, 0, n_columns, width, height)
    assert picture.shape == (height, width)
    colours = cells.colours[cells.codes[order]].astype(int)
    for y in {0, height // 2, height - 1}:
        for x in {0, width - 1}:
            first = int(y * n_rows / height + 1e-9)
            later = [row for row in (int(each * n_rows / height + 1e-9) for each in range(y, height)) if row > first]
            rows = colours[first : later[0] if later else n_rows, int((x + 0.5) * n_columns / width)]
            value = int(picture[y, x])
            seen = np.array([value >> 16 & 255, value >> 8 & 255, value & 255])
            assert np.abs(seen - rows.mean(axis=0)).max() <= 0.51


def test_that_beside_the_cells_there_is_nothing() -> None:
    cells = Cells(np.zeros((2, 2), np.uint8), np.full((256, 3), 9, np.uint8), {})
    picture = OrderedCells(cells, np.arange(2)).picture(-2, 4, -2, 4, 6, 6)
    assert (picture[2:4, 2:4] == 0xFF090909).all()
    assert (picture == 0).sum() == 32


def test_that_sums_of_very_many_rows_do_not_run_over() -> None:
    n = 20_000
    cells = Cells(np.zeros((n, 1), np.uint8), np.full((256, 3), 255, np.uint8), {})
    assert OrderedCells(cells, np.arange(n)).picture(0, n, 0, 1, 1, 1).tolist() == [[0xFFFFFFFF]]


@pytest.mark.parametrize("quantity", list(Quantity))
def test_that_each_quantity_has_a_code_for_each_sample_and_measurement(quantity: Quantity) -> None:
    told = Told()
    run = run_of(told)
    assert quantity in quantities_of(run)
    cells = cells_of(run, quantity, THEME)
    assert cells.codes.shape == told.predictions.T.shape
    assert bool(cells.names) != bool(cells.span)
    assert (cells.codes != NOT_RECORDED).all()


def test_that_right_and_wrong_are_told_apart_and_no_prediction_is_neither() -> None:
    told = Told()
    predictions = told.predictions.copy()
    predictions[0, 0] = -1
    cells = cells_of(run_of(told, predictions=predictions), Quantity.RIGHT, THEME)
    expected = (predictions == told.labels).astype(int)
    expected[0, 0] = NOT_RECORDED
    assert cells.codes.tolist() == expected.T.tolist()


def test_that_only_what_was_recorded_is_offered() -> None:
    run = run_of(Told(), labels=None, confidences=None, label_probabilities=None, margins=None)
    assert quantities_of(run) == [Quantity.PREDICTION, Quantity.LOSS]
    assert orders_of(run) == [StoryOrder.SUSPICIOUS, StoryOrder.LOSS, StoryOrder.RECORDED]


@pytest.mark.parametrize("order", list(StoryOrder))
def test_that_an_order_has_every_sample_once(order: StoryOrder) -> None:
    run = run_of(Told())
    assert sorted(story_order(run, order).tolist()) == list(range(len(run)))


def test_that_who_is_never_learnt_counts_as_forgotten_most_often() -> None:
    right = np.array([[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 1, 1]], bool)  # forgotten 1, never, 0, 0
    run = run_of(Told(4, 3), labels=np.zeros(4, int), predictions=np.where(right, 0, 1))
    numbers = story_order(run, StoryOrder.FORGOTTEN)
    assert numbers.tolist() == [1, 0, 3, 2]
    assert stretches(run, StoryOrder.FORGOTTEN, numbers) == [
        (0, "never learnt"),
        (1, "forgotten 1×"),
        (2, "never forgotten"),
    ]


def test_that_stretches_of_the_learnt_begin_where_another_measurement_taught_them() -> None:
    run = run_of(Told())
    numbers = story_order(run, StoryOrder.LEARNT)
    assert run.learnt is not None
    told = stretches(run, StoryOrder.LEARNT, numbers)
    keys = run.learnt[numbers].tolist()
    assert [start for start, _ in told] == [at for at in range(len(keys)) if at == 0 or keys[at] != keys[at - 1]]
    assert told[0][1] == "step 0"


def test_that_zooming_keeps_a_place_and_ends_at_the_borders() -> None:
    view = RowRange.whole(100, 10)
    near = view.zoomed(50, 0, 0.5, 1.0)
    assert (near.top, near.bottom) == (25.0, 75.0)
    assert near.moved(1000, 0).bottom == 100
    assert near.zoomed(50, 0, 9.0, 1.0) == view
    assert near.showing(90).bottom == 91


def test_that_the_last_row_is_alone_in_its_pixel_where_the_others_share_theirs() -> None:
    codes = np.arange(35).reshape(7, 5).astype(np.uint8)
    cells = Cells(codes, np.arange(256)[:, None].repeat(3, axis=1).astype(np.uint8), {})
    picture = OrderedCells(cells, np.arange(7)).picture(0, 14, 0, 10, 10, 7)
    seen = (picture & 255).astype(int)
    for row in range(3):  # two in each
        assert np.abs(seen[row, :5] - codes[2 * row : 2 * row + 2].mean(axis=0)).max() <= 0.51
    assert seen[3, :5].tolist() == codes[6].tolist()
    assert (picture[4:] == 0).all()
    assert (picture[:, 5:] == 0).all()
