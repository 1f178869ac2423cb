"""A collection as rules look at it."""

from pathlib import Path

import numpy as np

from collector.findings import Recording
from collector.findings.progress import n_classes
from collector.storage import open_collection
from collector.storage.schema import OptimizersRecord, ParameterGroup
from tests.collector.findings.recorded import Recorded


def recording(run: Recorded) -> Recording:
    return Recording(open_collection(run.write()))


def test_that_what_was_logged_is_all_but_the_figures_of_layers(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"loss": [1.0], "val/loss": [1.0], "gradient_norm/fc1": [1.0]})
    run.scalars({"learning_rate/group1": [0.1], "gradient_norm/total": [1.0]})
    own = recording(run)
    assert own.logged == ["loss", "val/loss", "learning_rate/group1", "gradient_norm/total"]
    assert list(own.rates) == ["learning_rate/group1"]
    assert own.metrics["gradient_norm"] == {"fc1": None, "total": None}


def test_that_a_table_has_the_layers_from_input_to_output_at_all_their_steps(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"norm/fc3": [1.0, 2.0]}, every=2).scalars({"norm/fc1": [3.0, 4.0]}, every=3)
    table = recording(run).table("norm")
    assert table.layers == ("fc1", "fc3")
    assert table.steps.tolist() == [0, 2, 3]
    np.testing.assert_array_equal(table.values, [[3, 1], [np.nan, 2], [4, np.nan]])
    assert table.of("fc3").tolist()[:2] == [1, 2]
    assert recording(run).table("norm", among=["fc3"]).layers == ("fc3",)


def test_that_the_rate_at_a_step_is_the_largest_of_those_that_were_recorded_last(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"learning_rate/a": [1.0, 5.0, 2.0]}, every=10, start=10)
    run.scalars({"learning_rate/b": [3.0, 3.0]}, every=15, start=5)
    rates = recording(run).rate_at(np.array([4, 5, 10, 19, 20, 30, 99]))
    np.testing.assert_array_equal(rates, [np.nan, 3, 3, 3, 5, 3, 3])


def test_that_options_are_those_of_the_group_that_holds_the_layer(tmp_path: Path) -> None:
    groups = [
        ParameterGroup(["fc3.bias", "fc2.weight"], "Adam", 0, "r", {"eps": 1}),
        ParameterGroup(["fc3.weight"], "SGD", 1, "", {"eps": 2}),
    ]
    own = recording(Recorded(tmp_path).add(OptimizersRecord(0, groups), OptimizersRecord(9, groups[:1])))
    assert [(each.layers, each.rate, each.optimizer_number) for each in own.groups] == [
        (("fc2", "fc3"), "r", 0),
        (("fc3",), "", 1),
    ]
    assert own.options == {"fc2": {"eps": 1}, "fc3": {"eps": 1}}


def test_that_something_begins_between_a_recorded_step_and_the_one_before(tmp_path: Path) -> None:
    own, steps = recording(Recorded(tmp_path)), np.array([5, 10, 20])
    assert [own.before(steps, row) for row in range(3)] == [(5, 5), (5, 10), (10, 20)]


def test_that_without_names_there_is_a_class_for_each_number_up_to_the_largest_label(tmp_path: Path) -> None:
    assert n_classes(recording(Recorded(tmp_path, probe=(np.zeros((3, 2)), np.array([0, 4, 2]))))) == 5
    assert n_classes(recording(Recorded(tmp_path, probe=(np.zeros((3, 2)), None)))) == 0
