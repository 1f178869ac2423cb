"""The run's log: which step a scalar belongs to, and what a disk that refuses leaves."""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.capture import run_log
from collector.capture.guard import CollectorWarning
from collector.capture.run_log import RunLog
from collector.storage import Collection, CollectionError, open_collection, owned_file
from collector.storage.schema import FORMAT, VERSION, Header, PassRecord, Run


def a_header(**run: Any) -> Header:
    return Header(
        FORMAT, VERSION, Run(**({"created": "2024-05-01T12:00:00+00:00", "interval": 2, "neuron_cap": 0} | run)), []
    )


@pytest.fixture
def log(tmp_path: Path) -> RunLog:
    return RunLog(tmp_path / "run.json", a_header(), overwrite=False)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], Collection]:
    return lambda: open_collection(tmp_path / "run.json")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def fill() -> None:
        def refuse(*_: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "writev", refuse)

    return fill


@pytest.mark.parametrize("durable", [{}, {"durable": False}, {"durable": True}])
def test_that_a_pass_waits_for_the_disk_only_where_that_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: dict[str, bool]
) -> None:
    waits: list[int] = []
    log = RunLog(tmp_path / "run.json", a_header(), overwrite=False, **durable)
    monkeypatch.setattr(owned_file, "flush_to_disk", waits.append)
    log.add_pass(PassRecord(0, 0))
    assert bool(waits) is durable.get("durable", False)
    log.close()


@pytest.mark.parametrize(
    ("is_row", "seconds", "is_written"),
    [(False, 0.49, False), (False, 0.51, True), (True, 1.99, False), (True, 2.01, True)],
)
def test_that_scalars_wait_for_half_a_second_and_rows_for_two(
    log: RunLog,
    opened: Callable[[], Collection],
    monkeypatch: pytest.MonkeyPatch,
    is_row: bool,
    seconds: float,
    is_written: bool,
) -> None:
    now = time.monotonic()
    monkeypatch.setattr(log, "_flushed", now)
    monkeypatch.setattr(log, "_rows_flushed", now)
    if is_row:
        log.put_row(("norm/a", "norm/b"), 0, np.ones(2))
    else:
        log.put("loss", 0, 1.0)
    for passed in (0.0, seconds):
        monkeypatch.setattr(run_log.time, "monotonic", lambda passed=passed: now + passed)
        log.after_step()
    assert bool(len(opened().series)) is is_written
    log.close()


def test_that_a_scalar_logged_after_the_step_belongs_to_it(log: RunLog, opened: Callable[[], Collection]) -> None:
    for step in range(5):
        log.after_step()
        log.log("loss", float(step))
    log.close()

    assert opened().series["loss"].tolist() == [0, 1, 2, 3, 4]


def test_that_a_scalar_logged_before_the_step_belongs_to_it(log: RunLog, opened: Callable[[], Collection]) -> None:
    for step in range(5):
        log.log("loss", float(step))
        log.after_step()
    log.close()

    assert opened().series["loss"].tolist() == [0, 1, 2, 3, 4]


def test_that_scalars_of_both_orders_do_not_disturb_each_other(log: RunLog, opened: Callable[[], Collection]) -> None:
    for step in range(4):
        log.log("before", float(step))
        log.after_step()
        log.log("after", float(step))
    log.close()

    series = opened().series
    assert series["before"].tolist() == series["after"].tolist() == [0, 1, 2, 3]


def test_that_of_several_batches_of_one_step_the_last_counts(log: RunLog, opened: Callable[[], Collection]) -> None:
    for batch in range(12):
        log.log("loss", float(batch))
        if batch % 4 == 3:
            log.after_step()
    log.close()

    assert opened().series["loss"].tolist() == [3, 7, 11]


def test_that_a_scalar_of_a_step_never_taken_adds_no_step(log: RunLog, opened: Callable[[], Collection]) -> None:
    log.log("loss", 1.0)
    log.after_step()
    log.log("loss", 2.0)
    log.close()

    collection = opened()
    assert collection.n_steps == 1
    assert collection.series["loss"].tolist() == [1]


def test_that_scalars_are_written_before_the_pass_that_follows_them(
    log: RunLog, opened: Callable[[], Collection]
) -> None:
    for step in range(3):
        log.after_step()
        log.log("loss", float(step))
    log.add_pass(PassRecord(number=9, step=3))

    collection = opened()
    assert not collection.finished
    assert collection.series["loss"].tolist() == [0, 1, 2]
    assert collection.passes[0].number == 0
    log.close()


def test_that_a_file_that_is_followed_gets_scalars_between_passes(
    log: RunLog, opened: Callable[[], Collection], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    log.after_step()
    log.log("loss", 1.0)
    monkeypatch.setattr(run_log.time, "monotonic", lambda: now + 60)
    log.after_step()

    assert opened().series["loss"].tolist() == [1]
    log.close()


def test_that_a_pass_has_the_epoch_of_its_step(log: RunLog, opened: Callable[[], Collection]) -> None:
    for epoch in range(2):
        for _ in range(2):
            log.add_pass(PassRecord(number=0, step=log.steps_taken))
            log.after_step()
        log.end_epoch({"accuracy": 0.25 * epoch})
    log.add_pass(PassRecord(number=0, step=log.steps_taken), is_end=True)
    log.close()

    collection = opened()
    assert [each.epoch for each in collection.passes] == [0, 0, 1, 1, 1]
    assert [(each.epoch, each.step, each.metrics) for each in collection.epochs] == [
        (0, 2, {"accuracy": 0}),
        (1, 4, {"accuracy": 0.25}),
    ]


def test_that_the_length_of_an_epoch_is_enough_to_tell_epochs(tmp_path: Path, opened: Callable[[], Collection]) -> None:
    log = RunLog(tmp_path / "run.json", a_header(steps_per_epoch=2), overwrite=False)
    for _ in range(4):
        log.add_pass(PassRecord(number=0, step=log.steps_taken))
        log.after_step()
    log.add_pass(PassRecord(number=0, step=4), is_end=True)
    log.close()

    assert [each.epoch for each in opened().passes] == [0, 0, 1, 1, 1]


def test_that_results_of_an_epoch_that_are_no_numbers_do_not_hold_up_the_next(log: RunLog) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        log.end_epoch({"accuracy": "good"})  # type: ignore[dict-item]

    assert log.epoch == 1
    log.close()


def test_that_a_full_disk_is_told_once_and_leaves_what_was_written(
    log: RunLog, opened: Callable[[], Collection], full_disk: Callable[[], None]
) -> None:
    log.add_pass(PassRecord(number=0, step=0))
    log.after_step()
    full_disk()

    with pytest.warns(CollectorWarning, match="stopped collecting .* at step 1: No space left") as caught:
        for _ in range(3):
            log.add_pass(PassRecord(number=0, step=log.steps_taken))
            log.after_step()
        log.close()

    assert len(caught) == 1
    assert not log.is_open
    collection = opened()
    assert not collection.finished
    assert len(collection.passes) == 1


def test_that_a_disk_that_fills_up_at_the_very_end_leaves_an_unfinished_collection(
    log: RunLog, opened: Callable[[], Collection], full_disk: Callable[[], None]
) -> None:
    log.add_pass(PassRecord(number=0, step=0))
    full_disk()

    with pytest.warns(CollectorWarning, match="could not finish"):
        log.close()

    assert not opened().finished
    assert len(opened().passes) == 1


def test_that_a_file_that_exists_is_not_touched_unless_it_may_be(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("mine")

    with pytest.raises(CollectionError, match="exists"):
        RunLog(path, a_header(), overwrite=False)
    assert path.read_text() == "mine"

    RunLog(path, a_header(), overwrite=True).close()
    assert open_collection(path).finished


def test_that_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(CollectionError, match=r"run\.json.*cannot be written"):
        RunLog(tmp_path / "file" / "run.json", a_header(), overwrite=False)


def test_that_what_is_not_finite_is_logged_as_it_is(log: RunLog, opened: Callable[[], Collection]) -> None:
    for value in (float("nan"), float("inf"), float("-inf")):
        log.after_step()
        log.log("loss", value)
    log.end_epoch({"loss": float("inf")})
    log.close()

    np.testing.assert_array_equal(opened().series["loss"], [np.nan, np.inf, -np.inf])
    assert opened().epochs[0].metrics == {"loss": "inf"}


def test_that_a_value_logged_when_its_step_is_written_is_noted_once(
    log: RunLog, opened: Callable[[], Collection]
) -> None:
    log.after_step()
    log.log("loss", 1.0)
    log.end_epoch({})
    for _ in range(2):
        log.put("loss", 0, 2.0)
        log.end_epoch({})
    log.close()

    assert opened().series["loss"].tolist() == [1]
    (note,) = opened().notes
    assert note.text == "A value of 'loss' for step 0 came when that step was written already, and was left out."


def test_that_the_state_after_the_last_step_adds_nothing_to_what_a_run_that_goes_on_has_of_that_step(
    log: RunLog, opened: Callable[[], Collection]
) -> None:
    log.after_step()
    log.add_end_scalars({"weight_norm": 1.0})
    log.add_pass(PassRecord(number=0, step=1), is_end=True)
    log.close()
    log.reopen()
    log.put_row(("weight_norm", "gradient_norm"), 1, np.array([1.0, 2.0]))
    log.after_step()
    log.add_end_scalars({"weight_norm": 3.0})
    log.close()

    series = opened().series
    assert [each.tolist() for each in series.recorded("weight_norm")] == [[1, 2], [1, 3]]
    assert [each.tolist() for each in series.recorded("gradient_norm")] == [[1], [2]]
    assert opened().notes == []


@pytest.fixture
def interrupted(tmp_path: Path) -> Path:
    """A run of four steps and two epochs, whose process died."""
    path = tmp_path / "run.json"
    log = RunLog(path, a_header(), overwrite=False)
    for step in range(4):
        log.log("ahead", float(step))
        if step % 2 == 0:
            log.add_pass(PassRecord(number=0, step=step))
        log.after_step()
        log.log("loss", float(step))
        log.put_row(("norm",), step, np.array([float(step)]))
        if step % 2:
            log.note("The probe has no labels.")
            log.end_epoch({"accuracy": step})
    return path


def test_that_a_resumed_run_counts_steps_passes_and_epochs_on(interrupted: Path) -> None:
    log = RunLog(interrupted, a_header(), overwrite=False, resume=True)
    assert (log.steps_taken, log.epoch) == (4, 2)
    log.note("The probe has no labels.")
    log.log("ahead", 4.0)
    log.add_pass(PassRecord(number=0, step=4))
    log.after_step()
    log.log("loss", 4.0)
    log.close()

    with open_collection(interrupted) as collection:
        assert collection.series["loss"].tolist() == collection.series["ahead"].tolist() == [0, 1, 2, 3, 4]
        assert [(each.number, each.step, each.epoch) for each in collection.passes] == [(0, 0, 0), (1, 2, 1), (2, 4, 2)]
        seconds = [each.seconds for each in collection.passes]
        assert seconds == sorted(seconds)
        assert [each.step for each in collection.notes] == [2], "what an earlier part has said is not said again"


def test_that_scalars_of_an_epoch_are_in_the_file_when_it_has_ended(interrupted: Path) -> None:
    with open_collection(interrupted) as collection:
        assert not collection.finished
        assert collection.series["loss"].tolist() == collection.series["norm"].tolist() == [0, 1, 2, 3]


def test_that_a_run_resumed_at_a_step_takes_the_steps_from_there_on_anew(interrupted: Path) -> None:
    log = RunLog(interrupted, a_header(), overwrite=False, resume=2)
    assert (log.steps_taken, log.epoch) == (2, 1)
    log.after_step()
    log.log("loss", -1.0)
    log.add_pass(PassRecord(number=0, step=3), is_end=True)
    log.close()

    with open_collection(interrupted) as collection:
        assert collection.series["loss"].tolist() == [0, 1, -1]
        assert [(each.step, each.epoch) for each in collection.passes] == [(0, 0), (3, 1)]
        assert [each.step for each in collection.epochs] == [2]


@pytest.mark.parametrize(("step", "epoch"), [(1, 0), (2, 0), (3, 1), (4, 1)])
def test_that_a_run_that_ends_where_it_was_resumed_ends_in_the_epoch_of_the_step_before(
    interrupted: Path, step: int, epoch: int
) -> None:
    log = RunLog(interrupted, a_header(), overwrite=False, resume=step)
    log.add_pass(PassRecord(number=0, step=step), is_end=True)
    log.close()

    with open_collection(interrupted) as collection:
        assert (collection.passes[-1].step, collection.passes[-1].epoch) == (step, epoch)


def test_that_a_run_without_a_file_begins_when_it_is_resumed(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "run.json", a_header(), overwrite=False, resume=True)
    assert log.steps_taken == 0
    log.close()
    with open_collection(tmp_path / "run.json") as collection:
        assert collection.resumes == []


@pytest.mark.parametrize(
    ("resume", "overwrite", "words"),
    [(-1, False, "from 0 on"), ("yes", False, "from 0 on"), (2.5, False, "from 0 on"), (True, True, "choose one")],
)
def test_that_a_resumption_that_makes_no_sense_is_refused(
    interrupted: Path, resume: Any, overwrite: bool, words: str
) -> None:
    before = interrupted.read_bytes()
    with pytest.raises(ValueError, match=words):
        RunLog(interrupted, a_header(), overwrite=overwrite, resume=resume)
    assert interrupted.read_bytes() == before
