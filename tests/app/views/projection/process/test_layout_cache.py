"""Layouts on the disk: found again for the very same request and file, and for nothing else."""

import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.views.projection.analysis.projection_request import RAW, FittedWith, Method, Points, ProjectionRequest
from app.views.projection.process import layout_cache as kept
from app.views.projection.process.layout_cache import KeptPoints
from collector.storage import Collection, open_collection
from tests.app.views.projection.projected_run import write_run

WISH = ProjectionRequest("relu1", Method.TSNE, 30)
POINTS = Points(np.random.default_rng(0).normal(size=(60, 2)).astype(np.float32), (0.5, 0.25), 0.9, float("nan"))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache, for the time of a test."""
    monkeypatch.setattr(kept.platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(write_run(tmp_path / "run.json")) as collection:
        yield collection


def test_that_what_was_kept_is_read_again_whole(collection: Collection) -> None:
    KeptPoints(collection, WISH).write(2, POINTS)

    found = KeptPoints(collection, WISH).read()
    assert (list(found.points), found.expected, found.is_whole) == ([2], 3, False)
    np.testing.assert_array_equal(found.points[2].positions, POINTS.positions)
    assert (found.points[2].explained, found.points[2].trustworthiness) == ((0.5, 0.25), 0.9)
    assert np.isnan(found.points[2].same_class)


@pytest.mark.parametrize(
    "other",
    [
        ProjectionRequest("frozen", Method.TSNE, 30),
        ProjectionRequest("relu1", Method.UMAP, 30),
        ProjectionRequest("relu1", Method.TSNE, 31),
        ProjectionRequest(RAW, Method.TSNE, 30),
    ],
)
def test_that_another_wish_finds_nothing(collection: Collection, other: ProjectionRequest) -> None:
    for number in range(3):
        KeptPoints(collection, WISH).write(number, POINTS)

    assert KeptPoints(collection, other).read().points == {}


def test_that_another_run_of_the_same_name_finds_nothing(collection: Collection, tmp_path: Path) -> None:
    KeptPoints(collection, WISH).write(0, POINTS)
    write_run(tmp_path / "other.json", epochs=3)
    (tmp_path / "other.json").replace(tmp_path / "run.json")

    with open_collection(tmp_path / "run.json") as other:
        assert KeptPoints(other, WISH).read().points == {}


@pytest.mark.parametrize("spoil", ["cut", "empty", "foreign", "text", "shape", "nan", "pickle"])
def test_that_a_damaged_or_foreign_file_is_passed_over(collection: Collection, tmp_path: Path, spoil: str) -> None:
    place = KeptPoints(collection, WISH)
    place.write(0, POINTS)
    (path,) = (tmp_path / "run.projections").iterdir()
    content = path.read_bytes()
    with np.load(path) as found:
        arrays = {name: found[name] for name in found.files}
    match spoil:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("no layout")
        case "foreign":
            np.savez(path, **arrays | {"key": np.zeros(64, np.uint8)})
        case "shape":
            np.savez(path, **arrays | {"positions": np.zeros((3, 2), np.float32)})
        case "nan":
            np.savez(path, **arrays | {"positions": np.full((60, 2), np.nan, np.float32)})
        case "pickle":
            np.savez(path, **arrays | {"positions": np.array([{}], object)})

    assert place.read().points == {}
    place.write(0, POINTS)
    assert list(place.read().points) == [0]


def test_that_where_the_folder_cannot_be_written_the_cache_takes_it(
    collection: Collection, tmp_path: Path, cache: Path
) -> None:
    (tmp_path / "run.projections").write_text("a file stands in the way")

    KeptPoints(collection, WISH).write(1, POINTS)

    assert len(list((cache / "projections").iterdir())) == 1
    assert list(KeptPoints(collection, WISH).read().points) == [1]


def test_that_nothing_unfinished_is_left_beside(collection: Collection, tmp_path: Path) -> None:
    KeptPoints(collection, WISH).write(1, POINTS)

    assert [path.suffix for path in (tmp_path / "run.projections").iterdir()] == [".npz"]


class Unpickled:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self._path,)


def test_that_nothing_in_a_file_is_unpickled(collection: Collection, tmp_path: Path) -> None:
    place = KeptPoints(collection, WISH)
    place.write(0, POINTS)
    (path,) = (tmp_path / "run.projections").iterdir()
    with np.load(path) as found:
        arrays = {name: found[name] for name in found.files}
    np.savez(path, **arrays | {"positions": np.array([Unpickled(tmp_path / "left behind")], object)})
    assert place.read().points == {}
    assert not (tmp_path / "left behind").exists()


@pytest.mark.parametrize(
    ("name", "value", "is_read"),
    [
        ("explained", np.zeros(0), True),
        ("explained", np.zeros(2), True),
        ("explained", np.zeros(3), False),
        ("explained", np.zeros((1, 1)), False),
        ("figures", np.zeros(2), True),
        ("figures", np.zeros(1), False),
        ("figures", np.zeros((2, 1)), False),
        ("positions", np.zeros((60, 2), np.float64), False),
        ("positions", np.zeros((60, 3), np.float32), False),
        ("positions", np.full((60, 2), np.inf, np.float32), False),
        ("positions", np.zeros((60, 2), np.float32), True),
    ],
)
def test_that_only_arrays_as_they_are_kept_are_read(
    collection: Collection, tmp_path: Path, name: str, value: np.ndarray, is_read: bool
) -> None:
    place = KeptPoints(collection, WISH)
    place.write(0, POINTS)
    (path,) = (tmp_path / "run.projections").iterdir()
    with np.load(path) as found:
        arrays = {each: found[each] for each in found.files}
    np.savez(path, **arrays | {name: value})
    assert list(place.read().points) == ([0] if is_read else [])


def test_that_a_file_that_would_be_too_large_is_not_read(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = KeptPoints(collection, WISH)
    place.write(0, POINTS)
    (path,) = (tmp_path / "run.projections").iterdir()
    with zipfile.ZipFile(path) as archive:
        size = sum(each.file_size for each in archive.infolist())
    for most, is_read in ((size, True), (size - 1, False)):
        monkeypatch.setattr(kept, "_LARGEST_FILE", most)
        assert list(place.read().points) == ([0] if is_read else [])


def test_that_what_the_first_folder_has_not_is_found_in_the_next(
    collection: Collection, tmp_path: Path, cache: Path
) -> None:
    place = KeptPoints(collection, WISH)
    place.write(0, POINTS)
    (path,) = (tmp_path / "run.projections").iterdir()
    (cache / "projections").mkdir(parents=True)
    path.replace(cache / "projections" / path.name)
    assert list(place.read().points) == [0]
    path.write_text("no layout")
    assert list(place.read().points) == [0]


def test_that_where_no_folder_takes_it_this_is_said_and_nothing_is_left(
    collection: Collection, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left on device"):
        KeptPoints(collection, WISH).write(1, POINTS)
    assert [*(tmp_path / "run.projections").iterdir(), *(cache / "projections").iterdir()] == []


def test_that_the_samples_as_they_are_stay_laid_out_where_a_run_has_grown(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_FIRST_BYTES", 1000)  # of a longer file, in which nothing has changed
    raw = ProjectionRequest(RAW, Method.PCA)
    for wish in (raw, WISH):
        KeptPoints(collection, wish).write(0, POINTS)
    write_run(tmp_path / "other.json", epochs=3)
    (tmp_path / "other.json").replace(tmp_path / "run.json")
    with open_collection(tmp_path / "run.json") as other:
        found = KeptPoints(other, raw).read()
        assert (list(found.points), found.expected) == ([0], 1)
        assert KeptPoints(other, WISH).read().points == {}


def test_that_what_a_map_is_fitted_on_besides_counts(collection: Collection) -> None:
    other = FittedWith("b.json", "relu1", "key", is_first=False)
    wish = ProjectionRequest("relu1", Method.PCA, 0, other)
    KeptPoints(collection, wish).write(0, POINTS)
    for differing in (
        None,
        replace(other, source="frozen"),
        replace(other, key="another"),
        replace(other, is_first=True),
    ):
        assert KeptPoints(collection, replace(wish, fitted_with=differing)).read().points == {}
    moved = replace(other, path="elsewhere.json")
    assert list(KeptPoints(collection, replace(wish, fitted_with=moved)).read().points) == [0]


def test_that_layouts_of_a_file_elsewhere_are_kept_in_the_cache_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[object, ...]] = []

    def folder(*given: object, **named: object) -> str:
        asked.append((*given, named))
        return str(tmp_path)

    monkeypatch.setattr(kept.platformdirs, "user_cache_dir", folder)
    assert kept.folders(tmp_path / "run.json") == (tmp_path / "run.projections", tmp_path / "projections")
    assert kept.folders("elsewhere") == (tmp_path / "projections",)  # type: ignore[arg-type]
    assert asked == [("strobe", {"appauthor": False})] * 2
