"""Correlations are read in the background: what was measured when a run is opened, features for the newest request."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.view import View
from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside, PairRequest
from app.views.correlations.panel import READING
from app.views.correlations.reading import MatrixReading, MeasurementsReading
from app.views.correlations.view import CorrelationsPanelView
from collector.storage.light_records import LightRecords
from tests.app.views.correlations.similar_layers import write_run


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("similar") / "run.json")


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(Jobs())
    yield session
    session.close()


def request(number: int) -> PairRequest:
    return PairRequest(number, "fc1", "fc2", Inside.FEATURES, Order.CLUSTERED)


def test_that_the_newest_wish_is_answered_last(session: Session, path: Path, qtbot: QtBot) -> None:
    reading = MatrixReading(session)
    told: list = []
    reading.ready.connect(told.append)
    with qtbot.waitSignal(session.collection_opened):
        session.open(path)
    for number in (0, 1, 2, 3, 1, 2):
        reading.read(request(number))
    reading.read(AugmentationRequest(0, "bn1", Order.KIND))
    qtbot.waitUntil(lambda: bool(told) and told[-1].request == AugmentationRequest(0, "bn1", Order.KIND))
    assert len(told) < 7, "what was overtaken is not read"
    assert told[-1].values.shape == (25, 25)


def test_that_nothing_is_read_where_nothing_is_open(session: Session, qtbot: QtBot) -> None:
    matrix, measurements = MatrixReading(session), MeasurementsReading(session)
    with qtbot.assertNotEmitted(matrix.ready), qtbot.assertNotEmitted(measurements.ready):
        matrix.read(request(0))
        measurements.read()
    assert not matrix.is_busy
    assert not measurements.is_busy


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, list[threading.Thread]]]:
    """A disk on which a measurement is read only when the gate opens, and the threads that read one."""
    gate, threads = threading.Event(), []
    read: Callable[..., Any] = LightRecords.light

    def light(self: Any, number: int) -> Any:
        threads.append(threading.current_thread())
        assert threading.current_thread() is threading.main_thread() or gate.wait(10)
        return read(self, number)

    monkeypatch.setattr(LightRecords, "light", light)
    yield gate, threads
    gate.set()


def test_that_measurements_on_a_slow_disk_are_read_on_another_thread_while_the_window_goes_on(
    session: Session, path: Path, qtbot: QtBot, slow: tuple[threading.Event, list[threading.Thread]]
) -> None:
    gate, threads = slow
    view = CorrelationsPanelView(session)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.show()
    shown: View = view
    session.collection_opened.connect(shown.show_collection)
    session.view_changed.connect(lambda each: shown.show_view(each, each.step))
    session.open(path)
    qtbot.waitUntil(lambda: bool(threads))
    frames: list = []
    session.frame_ready.connect(frames.append)
    session.show_last()
    qtbot.waitUntil(lambda: bool(frames))
    assert view.panel.empty_state.label.text().startswith(READING)
    assert view.panel.numbers()[1] == []
    reading = view.findChild(MeasurementsReading)
    assert reading is not None
    reading.progressed.emit(1, 4)
    assert view.panel.empty_state.label.text() == f"{READING}: 1 of 4"
    gate.set()
    qtbot.waitUntil(lambda: view.panel.pair.reading is not None)
    assert len(view.panel.numbers()[1]) == 4 * 10
    assert threading.main_thread() not in threads


def test_that_a_layer_that_was_chosen_while_they_were_read_is_shown_then(
    session: Session, path: Path, qtbot: QtBot, slow: tuple[threading.Event, list[threading.Thread]]
) -> None:
    gate, threads = slow
    view = CorrelationsPanelView(session)
    qtbot.addWidget(view)
    session.collection_opened.connect(view.show_collection)
    session.view_changed.connect(lambda each: view.show_view(each, each.step))
    session.open(path)
    qtbot.waitUntil(lambda: bool(threads))
    session.select_layer("softmax")
    gate.set()
    qtbot.waitUntil(lambda: view.panel.pair.pair == ("softmax", "softmax"))


def test_that_curves_that_were_not_there_when_the_playhead_moved_have_it_all_the_same(
    session: Session, path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(session.collection_opened):
        session.open(path)
    session.show_step(15)
    assert session.opened is not None and session.view is not None
    view = CorrelationsPanelView(session)
    qtbot.addWidget(view)
    view.show_collection(session.opened)
    view.show_view(session.view, 15)
    qtbot.waitUntil(lambda: view.panel.pair.reading is not None)
    assert [plot.playhead.value() for plot in (view.panel.evolution.pairs, view.panel.evolution.ranks)] == [15, 15]
