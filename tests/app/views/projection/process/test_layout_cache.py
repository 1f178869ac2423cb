"""Layouts on the disk: found again for the very same request and file, and for nothing else."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.views.projection.analysis.projection_request import RAW, Method, Points, ProjectionRequest
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
