"""What is laid out at all, and what is said and kept of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.views.projection.analysis.projection_request import RAW, FittedWith, Method, Points, ProjectionRequest
from app.views.projection.process import layout_cache as kept
from app.views.projection.process import work as works
from app.views.projection.process.layout_cache import KeptPoints
from app.views.projection.process.work import CannotProjectError, work
from collector.storage import CollectionWriter, open_collection
from collector.storage.projections import Projections
from collector.storage.schema import ProjectionSamplesRecord
from tests.app.views.projection.projected_run import features_of, header_of, labels_of, pictures_of, write_run

N = 60


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's cache, for the time of a test."""
    monkeypatch.setattr(kept.platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))


def said(path: Path, request: ProjectionRequest) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    work(path, request, lambda line: told.append(json.loads(line)))
    return told


def done(path: Path, request: ProjectionRequest) -> list[int]:
    """Numbers of the layouts that are told to be there."""
    return [each["done"] for each in said(path, request) if "done" in each]


class Asked:
    """Stands in for what lays out: the places are the first two features."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.features: dict[int, np.ndarray] = {}
        self.known: list[int] = []
        self.fitted_with: np.ndarray | None = None
        monkeypatch.setattr(works, "layouts", self)

    def __call__(self, request: Any, numbers: Any, read: Any, known: Any, tell: Any, fitted_with: Any) -> Any:
        self.known, self.fitted_with = sorted(known), fitted_with
        for number in reversed(numbers):
            assert read(number) is read(number), "it is read once"
            self.features[number] = read(number)
            tell(1 / 3)
            if number not in known:
                yield number, read(number)[:, :2].astype(np.float64), (0.5, 0.25)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(monkeypatch)


PCA_OF_RAW, PCA = ProjectionRequest(RAW, Method.PCA), ProjectionRequest("relu1", Method.PCA)


def test_that_five_samples_can_be_laid_out_and_four_are_too_few(tmp_path: Path) -> None:
    assert done(write_run(tmp_path / "five.json", n_samples=5), PCA_OF_RAW) == [0]
    with pytest.raises(CannotProjectError, match=r"^4 samples are too few; 5 can be projected\.$"):
        done(write_run(tmp_path / "four.json", n_samples=4), PCA_OF_RAW)


def test_that_what_is_laid_out_is_said_kept_and_measured(asked: Asked, tmp_path: Path) -> None:
    path = write_run(tmp_path / "run.json")
    share = {"share": 0.3333}
    assert said(path, PCA) == [share, {"done": 2}, share, {"done": 1}, share, {"done": 0}]
    with open_collection(path) as collection:
        found = KeptPoints(collection, PCA).read()
    assert sorted(found.points) == [0, 1, 2]
    for number, points in found.points.items():
        features = features_of("relu1", number, N).astype(np.float32)
        assert asked.features[number].dtype == np.float32
        assert asked.features[number].tolist() == features.tolist()
        assert points.positions.tolist() == features[:, :2].tolist()
        assert points.explained == (0.5, 0.25)
        assert points.trustworthiness == works.trusted(features, points.positions)
        assert points.same_class == works.same_class(points.positions, labels_of(N))
    assert asked.fitted_with is None


def test_that_what_is_kept_is_not_laid_out_again(asked: Asked, tmp_path: Path) -> None:
    path = write_run(tmp_path / "run.json")
    with open_collection(path) as collection:
        KeptPoints(collection, PCA).write(1, Points(np.zeros((N, 2), np.float32), (), 0.5, 0.5))
    assert done(path, PCA) == [2, 0]
    assert asked.known == [1]


@pytest.fixture
def of_numbers(tmp_path: Path) -> Path:
    """A run whose samples are no pictures, and that has no record yet."""
    with CollectionWriter(tmp_path / "numbers.json", header_of(("relu1",), N)) as writer:
        writer.write(ProjectionSamplesRecord(0, np.full((N, 3), 7.5, np.float32), labels_of(N)))
    return tmp_path / "numbers.json"


def test_that_pixels_are_from_0_to_1_and_other_samples_as_they_are(
    asked: Asked, tmp_path: Path, of_numbers: Path
) -> None:
    done(write_run(tmp_path / "run.json"), PCA_OF_RAW)
    pixels = pictures_of(N).reshape(N, 25) / np.float32(255)
    assert asked.features[0].dtype == np.float32
    assert asked.features[0].tolist() == pixels.tolist()
    done(of_numbers, PCA_OF_RAW)
    assert asked.features[0].tolist() == [[7.5] * 3] * N


@pytest.mark.parametrize("source", [RAW, "relu1"])
def test_that_another_run_is_fitted_on_by_its_last_record(asked: Asked, tmp_path: Path, source: str) -> None:
    path, other = write_run(tmp_path / "run.json"), write_run(tmp_path / "other.json", epochs=4)
    done(path, ProjectionRequest(source, Method.PCA, 0, FittedWith(str(other), source, "key", is_first=True)))
    assert asked.fitted_with is not None
    wanted = pictures_of(N).reshape(N, 25) / np.float32(255) if source == RAW else features_of("relu1", 4, N)
    assert asked.fitted_with.tolist() == wanted.astype(np.float32).tolist()


def test_that_a_record_that_is_not_finite_or_not_there_is_left_out(
    asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = write_run(tmp_path / "run.json", ("broken", "relu1"))
    assert done(broken, ProjectionRequest("broken", Method.PCA)) == [2, 1]
    whole = Projections.__getitem__

    class Record:
        def features(self, layer: str) -> None:
            return None

    monkeypatch.setattr(Projections, "__getitem__", lambda own, number: whole(own, number) if number else Record())
    assert done(broken, PCA) == [2, 1]
    monkeypatch.setattr(Projections, "__getitem__", lambda own, number: Record())
    with pytest.raises(CannotProjectError, match=r"^'relu1' was not recorded\.$"):
        done(broken, ProjectionRequest("relu1", Method.LINEAR))


@pytest.mark.parametrize(
    ("source", "options", "words"),
    [
        ("fc9", {}, "'fc9' is no layer that can be projected."),
        (RAW, {"is_projected": False}, "The collection has no samples that can be projected."),
        ("broken", {"layers": ("broken",), "epochs": 0}, "NaN or Inf among the features: they cannot be laid out."),
    ],
)
def test_that_what_cannot_be_laid_out_says_why(
    asked: Asked, tmp_path: Path, source: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(CannotProjectError) as raised:
        done(write_run(tmp_path / "run.json", **options), ProjectionRequest(source, Method.PCA))
    assert str(raised.value) == words


def test_that_of_no_record_nothing_can_be_laid_out(of_numbers: Path) -> None:
    with pytest.raises(CannotProjectError, match=r"^Nothing is recorded yet that can be projected\.$"):
        done(of_numbers, PCA)
