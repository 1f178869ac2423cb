"""The process that computes, from the window's side: it tells how far it is, and goes when it is told to."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

import app
from app.jobs import Jobs
from app.session import Session
from app.views.projection.analysis.projection_request import RAW, Method, Projected, ProjectionRequest
from app.views.projection.process.layout_cache import KeptPoints
from app.views.projection.reading import Projections
from collector.storage import Collection, open_collection
from tests.app.views.projection.processes import PATIENCE_MS, is_alive
from tests.app.views.projection.projected_run import labels_of, write_run

ROOT = Path(app.__file__).parent.parent

SLOW = ProjectionRequest("relu1", Method.TSNE, 30)


@pytest.fixture
def session(qapp) -> Iterator[Session]:
    session = Session(Jobs())
    yield session
    session.close()


@pytest.fixture
def projections(session: Session) -> Projections:
    return Projections(session)


@pytest.fixture
def open_run(tmp_path: Path) -> Iterator[Callable[..., Collection]]:
    """Writes a run and opens it."""
    collections: list[Collection] = []

    def opened(**options) -> Collection:
        collections.append(open_collection(write_run(tmp_path / "run.json", **options)))
        return collections[-1]

    yield opened
    for collection in collections:
        collection.close()


def begun(projections: Projections, collection: Collection, qtbot: QtBot) -> int:
    """Start a computation of minutes; the process that is in the midst of it."""
    with qtbot.waitSignal(projections.progressed, timeout=PATIENCE_MS):
        projections.compute((collection, SLOW))
    process_id = projections.process_id
    assert process_id
    assert is_alive(process_id)
    return process_id


def test_that_all_epochs_are_laid_out_and_kept(
    projections: Projections, open_run: Callable[..., Collection], qtbot: QtBot
) -> None:
    collection = open_run()
    request = ProjectionRequest("relu1", Method.PCA)
    heard: list[Projected] = []
    shares: list[float] = []
    projections.projected.connect(lambda _, found: heard.append(found))
    projections.progressed.connect(lambda _, share: shares.append(share))

    with qtbot.waitSignal(projections.ended, timeout=PATIENCE_MS) as ended:
        projections.compute((collection, request))
    qtbot.waitUntil(lambda: bool(heard) and heard[-1].is_whole, timeout=PATIENCE_MS)

    assert ended.args == [""]
    assert shares == sorted(shares)
    assert sorted(heard[-1].points) == [0, 1, 2]
    last = heard[-1].points[2]
    assert last.positions.shape == (60, 2)
    assert 0 < sum(last.explained) <= 1
    assert last.trustworthiness > 0.5
    nearest = ((last.positions[:, None] - last.positions[None]) ** 2).sum(axis=2) + np.eye(60) * 1e9
    assert last.same_class == pytest.approx((labels_of(60)[nearest.argmin(axis=1)] == labels_of(60)).mean())
    heard.clear()
    projections.look_up(collection, request)
    qtbot.waitUntil(lambda: bool(heard), timeout=PATIENCE_MS)
    assert heard[-1].is_whole


def test_that_the_samples_as_they_are_are_laid_out_once(
    projections: Projections, open_run: Callable[..., Collection], qtbot: QtBot
) -> None:
    collection = open_run()
    with qtbot.waitSignal(projections.ended, timeout=PATIENCE_MS) as ended:
        projections.compute((collection, ProjectionRequest(RAW, Method.LINEAR)))
    assert ended.args == [""]
    with qtbot.waitSignal(projections.projected, timeout=PATIENCE_MS) as found:
        projections.look_up(collection, ProjectionRequest(RAW, Method.LINEAR))
    assert found.args[1].is_whole
    assert list(found.args[1].points) == [0]


def test_that_a_cancelled_computation_has_no_process_a_second_later(
    projections: Projections, open_run: Callable[..., Collection], qtbot: QtBot
) -> None:
    process_id = begun(projections, open_run(n_samples=2500, epochs=3), qtbot)

    asked = time.monotonic()
    projections.cancel()
    while is_alive(process_id) and time.monotonic() < asked + 1:
        time.sleep(0.01)

    assert not is_alive(process_id)
    assert projections.process_id == 0


def test_that_closing_leaves_no_process(
    session: Session, projections: Projections, open_run: Callable[..., Collection], qtbot: QtBot
) -> None:
    process_id = begun(projections, open_run(n_samples=2500, epochs=3), qtbot)

    session.close()

    assert not is_alive(process_id)


def test_that_another_wish_ends_the_one_before(
    projections: Projections, open_run: Callable[..., Collection], qtbot: QtBot
) -> None:
    collection = open_run(n_samples=2500, epochs=3)
    process_id = begun(projections, collection, qtbot)

    with qtbot.waitSignal(projections.ended, timeout=PATIENCE_MS) as ended:
        projections.compute((collection, ProjectionRequest("frozen", Method.PCA)))

    assert ended.args == [""]
    assert not is_alive(process_id)


def test_that_two_collections_are_laid_out_one_after_the_other_each_beside_its_own(
    projections: Projections, tmp_path: Path, qtbot: QtBot
) -> None:
    paths = [write_run(tmp_path / name, epochs=epochs) for name, epochs in (("a.json", 1), ("b.json", 2))]
    request, told = ProjectionRequest("relu1", Method.PCA), []
    projections.progressed.connect(lambda collection, _: told.append(collection.path))
    with open_collection(paths[0]) as first, open_collection(paths[1]) as second:
        with qtbot.waitSignal(projections.ended, timeout=PATIENCE_MS) as ended:
            projections.compute((first, request), (second, request))

        assert ended.args == [""]
        assert list(dict.fromkeys(told)) == paths
        assert [KeptPoints(each, request).read().is_whole for each in (first, second)] == [True, True]
        assert [len(list(path.with_suffix(".projections").iterdir())) for path in paths] == [2, 3]


def test_that_one_that_cannot_be_laid_out_does_not_keep_the_other_from_it(
    projections: Projections, tmp_path: Path, qtbot: QtBot
) -> None:
    request = ProjectionRequest(RAW, Method.PCA)
    small, large = write_run(tmp_path / "small.json", n_samples=4), write_run(tmp_path / "large.json")
    with open_collection(small) as first, open_collection(large) as second:
        with qtbot.waitSignal(projections.ended, timeout=PATIENCE_MS) as ended:
            projections.compute((first, request), (second, request))

        assert ended.args == ["small.json: 4 samples are too few; 5 can be projected."]
        assert KeptPoints(second, request).read().is_whole


def test_that_the_process_ends_when_the_window_dies(tmp_path: Path) -> None:
    path = write_run(tmp_path / "run.json", n_samples=2500, epochs=3)
    command = [sys.executable, "-m", "app.views.projection.process", str(path), "relu1", "TSNE", "30"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline()
        process.stdin.close()
        assert process.wait(timeout=PATIENCE_MS / 1000) == 1


@pytest.mark.parametrize(
    ("asked", "options", "words"),
    [
        (ProjectionRequest("fc9", Method.PCA), {}, "'fc9' is no layer that can be projected."),
        (ProjectionRequest(RAW, Method.PCA), {"n_samples": 4}, "4 samples are too few; 5 can be projected."),
        (ProjectionRequest(RAW, Method.PCA), {"is_projected": False}, "no samples that can be projected"),
    ],
)
def test_that_what_cannot_be_done_is_told_in_words(
    projections: Projections,
    open_run: Callable[..., Collection],
    qtbot: QtBot,
    asked: ProjectionRequest,
    options: dict,
    words: str,
) -> None:
    with qtbot.waitSignal(projections.ended, timeout=PATIENCE_MS) as ended:
        projections.compute((open_run(**options), asked))

    assert words in ended.args[0]


def test_that_a_process_that_cannot_be_started_is_told_in_words(
    projections: Projections, open_run: Callable[..., Collection], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(ROOT / "no python here"))
    with qtbot.waitSignal(projections.ended, timeout=PATIENCE_MS) as ended:
        projections.compute((open_run(), ProjectionRequest(RAW, Method.PCA)))
    assert ended.args[0].startswith("run.json: The projection could not be started: ")


def test_that_an_epoch_with_nan_is_left_out_and_the_others_are_laid_out(
    projections: Projections, open_run: Callable[..., Collection], qtbot: QtBot
) -> None:
    collection, request = open_run(layers=("broken",)), ProjectionRequest("broken", Method.PCA)
    with qtbot.waitSignal(projections.ended, timeout=PATIENCE_MS) as ended:
        projections.compute((collection, request))
    with qtbot.waitSignal(projections.projected, timeout=PATIENCE_MS) as found:
        projections.look_up(collection, request)

    assert ended.args == [""]
    assert sorted(found.args[1].points) == [1, 2]


def test_that_no_framework_is_loaded_where_points_are_laid_out() -> None:
    code = (
        "import sys; import numpy as np; import app.views.projection.process.work\n"
        "from app.views.projection.process.neighbours import umap\n"
        "umap(np.random.default_rng(0).normal(size=(30, 3)), 5, None, lambda share: None)\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'torch', 'tensorflow', 'keras', 'PyQt6'}))"
    )
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.stdout.strip() == "[]", found.stderr
