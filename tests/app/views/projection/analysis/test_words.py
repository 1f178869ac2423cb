"""What is said of samples in a plane, and which of them belong together."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.analysis.class_groups import NEITHER, RIGHT, WRONG
from app.views.projection.analysis.point_alignment import are_same_samples, fitted_with
from app.views.projection.analysis.point_groups import Colouring, point_groups, selection_text
from app.views.projection.analysis.point_run import PointRun, point_run
from app.views.projection.analysis.point_text import (
    measurement_text,
    points_text,
    run_text,
    sample_lines,
    sources_of,
)
from app.views.projection.analysis.projection_request import RAW, Method, Points, Projected, ProjectionRequest
from collector.storage import open_collection
from tests.app.views.projection.projected_run import NAMES, labels_of, pictures_of, write_run

NAN = float("nan")
N = 12


@pytest.fixture
def run(tmp_path: Path) -> PointRun:
    """Twelve samples of three classes at three records; sample 0 is wrong but at the first, where all are ants."""
    with open_collection(write_run(tmp_path / "run.json", n_samples=N)) as collection:
        run = point_run(collection)
    assert run is not None
    return run


def points(trusted: float = NAN, same: float = NAN, *explained: float) -> Points:
    return Points(np.zeros((N, 2), np.float32), explained, trusted, same)


@pytest.mark.parametrize(
    ("source", "laid_out", "words"),
    [
        (RAW, None, "12 samples"),
        ("relu1", None, "12 samples · 12 of 24 features"),
        ("no such layer", None, "12 samples"),
        (RAW, points(), "12 samples"),
        (RAW, points(0.876), "trustworthiness 0.88 · 12 samples"),
        (RAW, points(1.0, 0.25, 0.5, 0.2), "trustworthiness 1.00 · 25.0 % nearest to their own class · 12 samples"),
        ("relu1", points(NAN, NAN, 0.75), "75.0 % of the variance kept · 12 samples · 12 of 24 features"),
    ],
)
def test_that_how_far_places_can_be_trusted_is_told_first(
    run: PointRun, source: str, laid_out: Points | None, words: str
) -> None:
    assert points_text(run, source, laid_out) == words


def test_that_the_moment_is_told_unless_there_is_none(run: PointRun) -> None:
    assert measurement_text(run, 1, "relu1") == "epoch 1, step 10"
    assert measurement_text(run, None, "relu1") == ""
    assert measurement_text(run, 1, RAW) == measurement_text(run, None, RAW) == "the same at every epoch"


def test_that_sources_are_called_by_their_stages(run: PointRun) -> None:
    sources = sources_of(run.collection)
    assert list(sources.items()) == [("raw data", RAW), ("fc1, after relu1", "relu1"), ("frozen", "frozen")]
    assert run_text(run.collection) == "run.json"
    run.collection.run.dataset = "mnist"
    assert run_text(run.collection) == "mnist · run.json"
    run.collection.run.data_used = "digits"
    assert run_text(run.collection) == "digits · run.json"


@pytest.mark.parametrize(
    ("number", "sample", "lines"),
    [
        (2, 0, [("sample #0", "faint_text"), ("label ant", "text"), ("predicted cat", "wrong")]),
        (2, 5, [("sample #5", "faint_text"), ("label cat", "text"), ("predicted cat", "right")]),
        (None, 5, [("sample #5", "faint_text"), ("label cat", "text")]),
    ],
)
def test_that_a_sample_is_told_with_its_label_and_what_it_was_taken_for(
    run: PointRun, number: int | None, sample: int, lines: list[tuple[str, str]]
) -> None:
    assert sample_lines(run, number, sample) == lines


def test_that_a_sample_without_a_label_is_neither_right_nor_wrong(run: PointRun) -> None:
    bare = replace(run, labels=None)
    assert sample_lines(bare, 2, 5) == [("sample #5", "faint_text"), ("predicted cat", "text")]
    bare.predictions[2, 5] = -1
    assert sample_lines(bare, 2, 5) == [("sample #5", "faint_text")]


@pytest.mark.parametrize(
    ("chosen", "most", "words"),
    [
        ([], 4, "0 points"),
        ([4], 4, "1 point: 1 of bee"),
        ([0, 1, 3], 4, "3 points: 2 of ant, 1 of bee"),
        (range(N), 4, "12 points: 4 of ant, 4 of bee, 4 of cat"),
        (range(N), 2, "12 points: 4 of ant, 4 of bee, 4 of others"),
        (range(N), 3, "12 points: 4 of ant, 4 of bee, 4 of cat"),
    ],
)
def test_that_a_selection_is_told_by_its_classes(run: PointRun, chosen: list[int], most: int, words: str) -> None:
    selected = np.isin(np.arange(N), list(chosen))
    assert selection_text(run, selected, most=most) == words
    n = len(list(chosen))
    assert selection_text(replace(run, labels=None), selected) == f"{n} point{'s' * (n != 1)}"


def test_that_of_a_selection_four_classes_are_told_by_their_names(run: PointRun) -> None:
    six = replace(run, labels=np.arange(N) % 6, class_names=())
    told = ", ".join(f"2 of class {number}" for number in range(4))
    assert selection_text(six, np.ones(N, bool)) == f"12 points: {told}, 4 of others"


def groups(run: PointRun, colouring: Colouring, number: int | None) -> tuple[tuple[str, ...], list[int], list[int]]:
    """Names and counts of the groups, and the group of each sample."""
    found = point_groups(run, colouring, number)
    return found.names, found.counts.tolist(), found.groups.tolist()


def test_that_samples_are_grouped_by_what_is_asked_for(run: PointRun) -> None:
    labels = labels_of(N).tolist()
    assert groups(run, Colouring.CLASS, 2) == groups(run, Colouring.CLASS, None) == (NAMES, [4, 4, 4], labels)
    assert groups(run, Colouring.PREDICTION, 2) == (NAMES, [3, 4, 5], [2, *labels[1:]])
    assert groups(run, Colouring.PREDICTION, 0) == (NAMES, [12, 0, 0], [0] * N)
    assert groups(run, Colouring.RIGHT, 2) == (("right", "wrong"), [11, 1], [1] + [0] * (N - 1))
    assert point_groups(run, Colouring.RIGHT, 2).colours.tolist() == [list(RIGHT), list(WRONG)]


def test_that_what_has_no_prediction_is_a_group_of_its_own(run: PointRun) -> None:
    run.predictions[2, 3] = -1
    names, counts, of = groups(run, Colouring.PREDICTION, 2)
    assert (names, counts, of[3]) == ((*NAMES, "no prediction"), [2, 4, 5, 1], 3)
    assert groups(run, Colouring.RIGHT, 2)[:2] == (("right", "wrong", "no prediction"), [10, 1, 1])
    for colouring in (Colouring.PREDICTION, Colouring.RIGHT):
        assert point_groups(run, colouring, 2).colours[-1].tolist() == list(NEITHER)


def test_that_without_labels_or_predictions_all_are_alike_and_it_is_said(run: PointRun) -> None:
    bare = replace(run, labels=None)
    assert groups(bare, Colouring.CLASS, 2) == (("no labels",), [N], [0] * N)
    assert groups(run, Colouring.PREDICTION, None) == (("no predictions",), [N], [0] * N)
    assert groups(run, Colouring.RIGHT, None) == (("no predictions",), [N], [0] * N)
    assert groups(bare, Colouring.RIGHT, 2)[0] == NAMES, "what it was taken for, where nobody knows whether it is right"


def test_that_a_class_without_a_name_is_called_by_its_number(run: PointRun) -> None:
    unnamed = replace(run, class_names=("ant",))
    assert [unnamed.name_of(each) for each in (0, 1, -1)] == ["ant", "class 1", "class -1"]
    assert unnamed.classes.tolist() == [0, 1, 2]
    assert replace(run, class_names=(*NAMES, "dog")).classes.tolist() == [0, 1, 2, 3]
    assert replace(run, labels=None, class_names=()).classes.tolist() == [0, 1, 2]


def test_that_samples_are_the_same_only_in_the_same_order(run: PointRun) -> None:
    other = replace(run, collection=None, pictures=pictures_of(N))  # type: ignore[arg-type]
    assert are_same_samples(run, other)
    assert not are_same_samples(run, replace(other, pictures=other.pictures[::-1]))
    assert not are_same_samples(run, replace(other, pictures=other.pictures[:-1]))
    values = np.array([[NAN, 1.0]], np.float32)
    assert are_same_samples(replace(run, pictures=values), replace(other, pictures=values.copy()))


def test_that_a_map_is_fitted_on_both_where_they_have_the_same_features(run: PointRun, tmp_path: Path) -> None:
    with open_collection(write_run(tmp_path / "other.json", n_samples=N)) as collection:
        other = point_run(collection)
    assert other is not None
    for source in (RAW, "relu1"):
        fit = fitted_with(run, other, source, source, is_first=True)
        assert fit is not None
        assert (Path(fit.path), fit.source, fit.key, fit.is_first) == (collection.path, source, other.key, True)
    assert fitted_with(run, other, RAW, "relu1", is_first=False) is None
    assert fitted_with(run, other, "relu1", "none such", is_first=False) is None
    assert fitted_with(run, other, "none such", "relu1", is_first=False) is None
    assert fitted_with(run, run, RAW, RAW, is_first=False) is None, "it is the same map already"
    wider = replace(other, pictures=np.zeros((N, 1, 5, 6), np.uint8))
    assert fitted_with(run, wider, RAW, RAW, is_first=False) is None


@pytest.mark.parametrize(("n", "expected", "is_whole"), [(0, 1, False), (1, 2, False), (2, 2, True), (2, 1, True)])
def test_that_it_is_whole_once_as_much_is_laid_out_as_there_is(n: int, expected: int, is_whole: bool) -> None:
    request = ProjectionRequest(RAW, Method.PCA)
    assert Projected(request, {each: points() for each in range(n)}, expected).is_whole is is_whole


def test_that_only_maps_of_neighbours_have_a_setting() -> None:
    assert [(each.setting, len(each.settings), each.is_fitted) for each in Method] == [
        *[("", 0, True), ("perplexity", 5, False), ("neighbours", 5, False)],
        *[("", 0, True), ("", 0, True)],
    ]
    assert [each.settings[0] for each in (Method.TSNE, Method.UMAP)] == [30, 15], "what their papers advise"
