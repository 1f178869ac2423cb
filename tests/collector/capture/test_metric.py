"""What may be given as a metric, and how its numbers come into the file."""

import random
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from collector import CollectorWarning, Metric, open_collection
from collector.capture.metric import check_metrics
from collector.capture.metric_recorder import MetricRecorder
from collector.capture.run_log import RunLog
from collector.capture.step_state import StepState
from collector.storage.schema import FORMAT, VERSION, Header, Run


class Steps(Metric):
    """Its number is the step's."""

    name = "steps_so_far"
    title = "steps"
    description = "The number of the step."
    unit = "steps"
    interval = 2

    def compute(self, state: StepState) -> Mapping[str, float]:
        return {"fc": state.step, "total": -state.step}


def made(**attributes: Any) -> Metric:
    return type("Made", (Steps,), attributes)()


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    """Records metrics at steps 0 to 4 of a run without a training, and opens the file."""

    def record(*metrics: Metric, budget: float | None = None, **options: Any) -> Any:
        recorder = MetricRecorder(metrics, ["fc"], **options)
        header = Header(FORMAT, VERSION, Run("", 1, 0, budget=budget), [], metrics=recorder.to_schema())
        log = RunLog(tmp_path / "run.json", header, overwrite=True)
        recorder.start(log)
        for step in range(5):
            recorder.begin_step(step)
            if recorder.needs is not None:
                recorder.record(StepState(step))
            log.after_step()
        log.close()
        return open_collection(tmp_path / "run.json")

    return record


def test_that_the_numbers_of_a_metric_are_columns_at_the_steps_at_which_it_is_due(run: Callable[..., Any]) -> None:
    with run(Steps()) as collection:
        assert collection.series.recorded("steps_so_far/fc")[0].tolist() == [0, 2, 4]
        assert collection.series.recorded("steps_so_far/fc")[1].tolist() == [0, 2, 4]
        assert collection.series.recorded("steps_so_far/total")[1].tolist() == [0, -2, -4]


def test_that_the_file_says_what_a_metric_is_called_and_means(run: Callable[..., Any]) -> None:
    with run(Steps()) as collection:
        told = collection.metrics["steps_so_far"]
        assert (told.title, told.description, told.unit) == ("steps", "The number of the step.", "steps")


def test_that_a_metric_decides_by_itself_when_it_is_due(run: Callable[..., Any]) -> None:
    with run(made(is_due=lambda self, step: step in (1, 4))) as collection:
        assert collection.series.recorded("steps_so_far/fc")[0].tolist() == [1, 4]


@pytest.mark.parametrize("broken", ["compute", "is_due"])
def test_that_a_broken_metric_is_one_note_and_the_others_go_on(run: Callable[..., Any], broken: str) -> None:
    def fail(*_: Any) -> Any:
        raise KeyError("theirs")

    with pytest.warns(CollectorWarning, match="The metric 'broken' failed: KeyError: 'theirs'"):
        collection = run(made(name="broken", **{broken: fail}), Steps())

    with collection:
        assert "steps_so_far/fc" in collection.series
        assert not [name for name in collection.series if name.startswith("broken")]
        first, *counted = [note.text for note in collection.notes]
        assert "'broken'" in first
        assert len(counted) == 1  # how often it came


@pytest.mark.parametrize("given", [None, 5.0, {"fc": "many"}, {"fc": None}])
def test_that_what_is_no_number_of_a_layer_is_a_note(run: Callable[..., Any], given: Any) -> None:
    with pytest.warns(CollectorWarning, match="steps_so_far"):
        collection = run(made(compute=lambda self, state: given))

    with collection:
        assert not list(collection.series)


def test_that_numbers_of_what_is_no_layer_are_left_out_with_a_note_of_its_name(run: Callable[..., Any]) -> None:
    with pytest.warns(CollectorWarning, match="numbers of other"):
        collection = run(made(compute=lambda self, state: {"fc": 1, "other": 2}))

    with collection:
        assert list(collection.series) == ["steps_so_far/fc"]


def test_that_a_nan_is_no_number_at_that_step(run: Callable[..., Any]) -> None:
    with run(made(compute=lambda self, state: {"fc": float("nan") if state.step == 2 else 1})) as collection:
        assert collection.series.recorded("steps_so_far/fc")[0].tolist() == [0, 4]


def test_that_what_is_computed_is_computed_where_nothing_of_the_training_is_moved(run: Callable[..., Any]) -> None:
    @contextmanager
    def preserved() -> Any:
        state = random.getstate()
        yield
        random.setstate(state)

    random.seed(3)
    expected = random.Random(3).random()

    with run(made(compute=lambda self, state: {"fc": random.random()}), preserved=preserved) as collection:
        assert collection.series.recorded("steps_so_far/fc")[1].tolist() == pytest.approx([expected] * 3)
    assert random.random() == expected


def test_that_only_the_arrays_that_the_metrics_of_a_step_need_are_asked_for() -> None:
    often, rarely = made(name="often", interval=1, needs=["weights"]), made(name="rarely", needs=["updates"])
    recorder = MetricRecorder([often, rarely])
    header = Header(FORMAT, VERSION, Run("", 1, 0), [])
    recorder.start(RunLog(None, header, overwrite=False))

    needs = []
    for step in range(3):
        recorder.begin_step(step)
        needs.append(recorder.needs)

    assert needs == [{"weights", "updates"}, {"weights"}, {"weights", "updates"}]


def test_that_no_metric_is_due_where_there_is_none() -> None:
    recorder = MetricRecorder()
    recorder.start(RunLog(None, Header(FORMAT, VERSION, Run("", 1, 0), []), overwrite=False))
    recorder.begin_step(0)

    assert recorder.needs is None


def test_that_metrics_are_left_out_where_a_budget_does_not_allow_them(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RunLog, "affords", lambda self, kind, *_: kind != "metrics" or self.steps_taken < 2)

    with run(Steps()) as collection:
        assert collection.series.recorded("steps_so_far/fc")[0].tolist() == [0]


@pytest.mark.parametrize(
    ("metrics", "words"),
    [
        (Steps(), "metrics is of type Steps"),
        ("steps", "metrics is of type str"),
        ([Steps], "the class Steps"),
        ([len], "of type builtin_function_or_method"),
        ([made(name="")], "is named ''"),
        ([made(name=None)], "is named None"),
        ([made(name="a/b")], "is named 'a/b'"),
        ([made(name="a@1")], "is named 'a@1'"),
        ([made(name="gradient_norm")], "of Strobe's own"),
        ([made(name="rank_loss")], "of Strobe's own"),
        ([Steps(), Steps()], "of another one"),
        ([made(title=None)], "the title of metric 'steps_so_far' is None"),
        ([made(unit=3)], "the unit of metric 'steps_so_far' is 3"),
        ([made(title="x" * 101)], "the title of metric 'steps_so_far' is 101 characters long"),
        ([made(name="x" * 101)], "the name of metric 'x{100}' is 101 characters long"),
        ([made(needs="weights")], "needs 'weights'; give a list"),
        ([made(needs=["weights", "moments"])], "needs 'moments'"),
        ([made(interval=0)], "interval of metric 'steps_so_far' is 0"),
        ([made(interval=1.5)], "interval of metric 'steps_so_far' is 1.5"),
    ],
)
def test_that_what_is_no_metric_is_told_by_its_name(metrics: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_metrics(metrics)


def test_that_several_metrics_of_different_names_can_be_given() -> None:
    check_metrics([Steps(), made(name="other", needs=("weights", "gradients", "updates"))])
    check_metrics(())


def test_that_metrics_of_which_only_more_together_were_paid_for_cost_at_most_as_much(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    monkeypatch.setattr(RunLog, "affords", lambda self, kind, one: asked.append(one) or True)

    with run(made(name="often", interval=1), made(name="seldom", interval=4)):
        together, alone, *others, again = asked

    assert together == 0
    assert min(alone, *others) > 0
    assert again == alone
