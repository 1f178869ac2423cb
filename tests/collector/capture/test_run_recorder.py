"""The life of a recorded run, as both frameworks live it: what is due, and what is written once."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector import open_collection
from collector.capture.layer_plan import LayerPlan
from collector.capture.pass_draft import PassDraft
from collector.capture.run_recorder import RunRecorder
from collector.capture.units import choose_units
from collector.storage.schema import LayerRecord, Run


class Linear(LayerPlan):
    """A layer of three units and two inputs."""

    kind = "Linear"
    parameter_shapes = {"weight": (3, 2), "bias": (3,), "scale": (3,), "odd": (7,)}  # noqa: RUF012


def fc() -> Linear:
    return Linear(name="fc", stage="fc", units=choose_units(3, 0), output_shape=(3,))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.json"


def draft(**scalars: float) -> PassDraft[Any]:
    record = LayerRecord(weight=np.ones((3, 2), np.float32))  # type: ignore[arg-type]
    return PassDraft({"fc": record}, scalars={name.replace("__", "/"): value for name, value in scalars.items()})


def run_of(path: Path, n_steps: int, interval: int = 2, at_once: int = 1) -> RunRecorder:
    """A run of so many steps, recorded up to its end."""
    run = RunRecorder(path, Run("", interval, 0), [fc()], overwrite=True)
    run.start()
    for _ in range(0, n_steps, at_once):
        run.begin_step(at_once)
        if run.is_pass:
            run.add_pass(draft(norm__fc=run.steps_taken))
        run.end_step(at_once)
    return run


def test_that_a_pass_is_due_at_the_first_step_and_at_each_interval(path: Path) -> None:
    run_of(path, 5).end(draft)

    with open_collection(path) as collection:
        assert [each.step for each in collection.passes] == [0, 2, 4, 5]


def test_that_of_steps_that_run_at_once_a_pass_stands_at_the_first_where_one_of_them_is_due(path: Path) -> None:
    run_of(path, 12, interval=5, at_once=3).end(draft)

    with open_collection(path) as collection:
        assert [each.step for each in collection.passes] == [0, 3, 9, 12]


def test_that_scalars_of_a_pass_that_come_from_elsewhere_are_not_written_again(path: Path) -> None:
    run = RunRecorder(path, Run("", 1, 0), [fc()])
    run.begin_step()
    run.covered = frozenset({"norm/fc"})
    run.add_pass(draft(norm__fc=1.0, mean__fc=2.0))
    run.end_step()
    run.begin_step()
    run.add_pass(draft(norm__fc=3.0, mean__fc=4.0))
    run.end_step()
    run.end(draft)

    with open_collection(path) as collection:
        assert collection.series["norm/fc"].tolist() == pytest.approx([np.nan, 3], nan_ok=True)
        assert collection.series["mean/fc"].tolist() == [2, 4]


def test_that_the_last_pass_is_the_last_record_so_that_a_run_that_goes_on_can_take_it_back(path: Path) -> None:
    run = run_of(path, 2)
    run.end(lambda: draft(norm__fc=2.0))
    run.log.reopen()
    run.begin_step()
    run.add_pass(draft(norm__fc=2.0))
    run.end_step()
    run.end(lambda: draft(norm__fc=3.0))

    with open_collection(path) as collection:
        assert [each.step for each in collection.passes] == [0, 2, 3]
        steps, values = collection.series.recorded("norm/fc")
        assert steps.tolist() == [0, 2, 3]  # that of step 2 once, although it was an end, too
        assert values.tolist() == [0, 2, 3]
        assert collection.finished


def test_that_what_fails_at_the_end_leaves_a_finished_file(path: Path) -> None:
    def fail() -> PassDraft[Any]:
        raise KeyError("ours")

    run = run_of(path, 3)
    with pytest.warns(UserWarning, match="taking the last pass"):
        run.end(fail)

    with open_collection(path) as collection:
        assert collection.finished
        assert [each.step for each in collection.passes] == [0, 2]


def test_that_nothing_is_due_where_another_process_writes_the_file() -> None:
    run = RunRecorder(None, Run("", 1, 0), [fc()])
    run.begin_step()
    run.end_step()

    assert not run.is_pass
    assert not run.has_gradients
    assert run.steps_taken == 1


@pytest.mark.parametrize(
    ("name", "problem", "is_trained", "told"),
    [
        ("weight", "", True, {}),
        ("weight", "", False, {"weight_gradient": "frozen when the run began"}),
        ("weight", "its numbers are complex", False, {"weight": "its numbers are complex"}),
        ("bias", "", True, {}),
        ("scale", "", True, {"scale": "only weight and bias are kept"}),
    ],
)
def test_that_a_parameter_that_is_not_recorded_says_why(
    name: str, problem: str, is_trained: bool, told: dict[str, str]
) -> None:
    plan = fc()
    plan.read(["input"], choose_units(2, 0), 1)
    plan.explain_parameter(name, problem, is_trained=is_trained)

    assert list(plan.not_recorded) == list(told)
    assert all(plan.not_recorded[kind].startswith(words) for kind, words in told.items())


def test_that_a_weight_without_inputs_needs_one_number_for_each_unit() -> None:
    plan = fc()
    plan.explain_parameter("weight", "", is_trained=True)

    assert plan.not_recorded == {"weight": "its shape (3, 2) is not one number for each unit"}


def test_that_the_numbers_of_a_pass_are_made_of_those_of_the_parameters() -> None:
    taken = draft()
    for kind, size in (("weight", 4.0), ("gradient", 0.5), ("update", 2.0)):
        of = taken.of(kind)
        of.norms = {"w": size, "b": 0.0}
        of.histograms = {"w": np.arange(3), "b": np.ones(3, int)}
    taken.of("gradient").not_finite = {"b": np.array([1, 0, 2])}
    taken.add_layer_numbers({"fc": ["w", "b"], "tied": ["w"]})

    assert taken.scalars["update_ratio/fc"] == 0.5
    assert taken.scalars["step_size/tied"] == 4
    assert taken.scalars["weight_norm/total"] == 4
    assert taken.histograms["fc"]["update"].tolist() == [1, 2, 3]
    assert taken.not_finite["nan"] == {"fc": 1, "tied": 0}
    assert taken.not_finite["minus_inf"] == {"fc": 2, "tied": 0}


def test_that_norms_that_come_from_elsewhere_are_not_made_of_a_pass() -> None:
    taken = draft()
    taken.has_norms = False
    taken.of("weight").histograms = {"w": np.arange(3)}
    taken.add_layer_numbers({"fc": ["w"]})

    assert taken.scalars == {}
    assert set(taken.histograms) == {"fc"}
