"""Where two recordings part, told from what was recorded of their steps."""

from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.comparing import FirstDifference, compare
from collector.comparing.words import verdict
from tests.collector.comparing.recordings import N_STEPS, changed, columns, compared, written
from tests.collector.findings.recorded import Recorded, chain, linear

AFTER = ("loss", "gradients_crc32/fc1", "gradient_norm/fc1")


def first(folder: Path, *names: str, since: int = 12) -> FirstDifference:
    values = changed(since, *names)
    if since:  # the update that follows
        values |= {name: own for name, own in changed(since + 1, "weights_crc32/fc1").items() if "weights" in name}
    found = compared(folder, columns(), values).first_difference
    assert found is not None
    return found


def test_that_a_recording_beside_itself_is_identical(tmp_path: Path) -> None:
    found = compared(tmp_path, columns(), columns())
    assert found.first_difference is None
    assert not found.differs
    assert found.identical_until == N_STEPS - 1
    assert found.measures == []


def test_that_other_batches_are_data(tmp_path: Path) -> None:
    found = first(tmp_path, "batch_crc32/total", "input_crc32/fc1", "output_crc32/fc1", *AFTER)
    assert (found.step, found.phase, found.verdict, found.equal_at) == (12, "data", "data", 11)


def test_that_a_layer_is_guilty_where_its_input_is_equal_and_its_output_is_not(tmp_path: Path) -> None:
    found = first(tmp_path, "output_crc32/fc2", "activation_std/fc2", "input_crc32/fc3", "output_crc32/fc3", *AFTER)
    assert (found.step, found.phase, found.layer, found.quantity) == (12, "forward", "fc2", "output")
    assert found.verdict == "computation"


def test_that_what_lies_between_two_modules_is_told_as_the_input_of_the_second(tmp_path: Path) -> None:
    found = first(tmp_path, "input_crc32/fc3", "output_crc32/fc3", "loss")
    assert (found.layer, found.quantity) == ("fc3", "input")
    assert "no module" in found.text


def test_that_of_gradients_the_one_nearest_to_the_loss_is_first(tmp_path: Path) -> None:
    names = (f"{metric}/{layer}" for metric in ("gradients_crc32", "gradient_norm") for layer in ("fc1", "fc2"))
    found = first(tmp_path, *names)
    assert (found.phase, found.layer, found.verdict) == ("backward", "fc2", "computation")


def test_that_another_update_of_equal_gradients_is_the_update_of_that_step(tmp_path: Path) -> None:
    found = first(tmp_path, "update_norm/fc2")
    assert (found.step, found.phase, found.layer) == (12, "update", "fc2")


def test_that_another_rate_is_an_option_and_comes_before_the_update(tmp_path: Path) -> None:
    found = first(tmp_path, "learning_rate", "update_norm/fc1", "update_norm/fc2")
    assert (found.step, found.phase, found.quantity, found.verdict) == (12, "options", "learning rate", "options")


def test_that_weights_that_differ_from_the_start_are_where_the_runs_begin(tmp_path: Path) -> None:
    found = first(tmp_path, "weights_crc32/fc2", "output_crc32/fc2", since=0)
    assert (found.step, found.phase, found.layer, found.verdict) == (0, "options", "fc2", "options")


def test_that_a_loss_that_differs_while_all_outputs_are_equal_has_no_verdict(tmp_path: Path) -> None:
    found = first(tmp_path, "loss")
    assert (found.quantity, found.verdict) == ("loss", None)
    assert "targets" in found.text


def test_that_a_difference_of_rounding_is_noise(tmp_path: Path) -> None:
    values = changed(12, "output_crc32/fc2", "activation_std/fc2", by=1e-8)
    comparison = compared(tmp_path, columns(), values)
    found = comparison.first_difference
    assert found is not None
    assert found.verdict == "noise"
    assert not comparison.differs
    assert "within the tolerance" in verdict(comparison)


def test_that_rounding_that_grows_is_told_with_the_step_from_which_on(tmp_path: Path) -> None:
    values = changed(12, "output_crc32/fc2", "activation_std/fc2", by=1e-8)
    values["loss"][30:] *= 1.01
    comparison = compared(tmp_path, columns(), values)
    assert comparison.beyond_tolerance == 30
    assert comparison.differs


def test_that_a_layer_is_not_named_where_only_the_loss_of_a_step_is_known(tmp_path: Path) -> None:
    def at_tens(values: dict[str, np.ndarray], name: str) -> Path:
        each_step = {key: values[key] for key in ("loss", "learning_rate", "batch_crc32/total")}
        followed = {key: each[::10] for key, each in values.items() if key not in each_step}
        return Recorded(tmp_path, name=name).scalars(each_step).scalars(followed, every=10).write()

    with (
        open_collection(at_tens(columns(), "a.json")) as a,
        open_collection(at_tens(changed(13, *AFTER), "b.json")) as b,
    ):
        found = compare(a, b).first_difference
    assert found is not None
    assert (found.step, found.layer, found.quantity, found.verdict) == (13, "", "loss", "computation")
    assert "steps 10 and 20" in found.text


def test_that_an_option_of_a_module_explains_what_it_gives(tmp_path: Path) -> None:
    layers = [linear(name) for name in ("fc1", "fc2")]
    layers[1].options = {"p": 0.1}
    a = Recorded(tmp_path, layers, name="a.json").scalars(columns()).write()
    layers[1].options = {"p": 0.5}
    b = Recorded(tmp_path, layers, name="b.json").scalars(changed(0, "output_crc32/fc2")).write()
    with open_collection(a) as one, open_collection(b) as other:
        found = compare(one, other).first_difference
    assert found is not None
    assert (found.phase, found.layer, found.quantity) == ("options", "fc2", "p")
    assert "0.1 in A and 0.5 in B" in found.text


def test_that_another_seed_explains_what_a_run_begins_with(tmp_path: Path) -> None:
    a = written(tmp_path, "a.json", columns(), seed=0)
    b = written(tmp_path, "b.json", columns(1), seed=1)
    with open_collection(a) as one, open_collection(b) as other:
        comparison = compare(one, other)
    assert comparison.first_difference is not None
    assert comparison.first_difference.quantity == "seed"
    assert [each.name for each in comparison.options] == ["seed"]


@pytest.mark.parametrize("kind", ["weight", "weight_gradient"])
def test_that_files_without_checksums_are_compared_by_the_values_of_their_passes(tmp_path: Path, kind: str) -> None:
    values = np.random.default_rng(0).normal(size=(8, 8)).astype(np.float32)
    other = values.copy()
    other[3, 2] += 0.25
    a = Recorded(tmp_path, name="a.json").scalars({"loss": np.ones(30)})
    b = Recorded(tmp_path, name="b.json").scalars({"loss": np.ones(30)})
    for step in (0, 10, 20):
        a.taken(step, {"fc2": {kind: values}})
        b.taken(step, {"fc2": {kind: other if step == 20 else values}})
    with open_collection(a.write()) as one, open_collection(b.write()) as another:
        comparison = compare(one, another)
    found = comparison.first_difference
    assert found is not None
    assert (found.step, found.layer, found.equal_at) == (20, "fc2", 10)
    assert found.verdict is None
    assert any("no checksums" in each.why for each in comparison.not_compared)


def test_that_the_words_say_what_is_known_of_the_step(tmp_path: Path) -> None:
    assert first(tmp_path, "update_norm/fc1").text.endswith(" %), gradients equal: another update")
    output = first(tmp_path, "output_crc32/fc2", "activation_std/fc2")
    assert output.text.endswith(", inputs equal: same data, other computation")
    assert output.text.startswith("batches equal up to step 12, weights equal up to step 12; first difference: output")
    gradient = first(tmp_path, "gradients_crc32/fc1", "gradient_norm/fc1")
    assert "inputs and outputs equal, and the gradients nearer to the loss: same data" in gradient.text
    assert first(tmp_path, "batch_crc32/total").text.endswith("batch at step 12: other samples were given")
    begin = first(tmp_path, *(f"weights_crc32/fc{number}" for number in (1, 2, 3)), since=0)
    assert begin.text.endswith("initial weights of fc1 at step 0, and of fc2, fc3: the runs begin with other weights")


@pytest.mark.parametrize("layer", ["fc1", "fc3"])
def test_that_weights_that_part_later_are_of_an_update_or_gradient_behind_the_step_before(
    tmp_path: Path, layer: str
) -> None:
    values = changed(13, f"weights_crc32/{layer}", f"weight_norm/{layer}")
    found = compared(tmp_path, columns(), values).first_difference
    assert found is not None
    assert (found.step, found.phase, found.layer, found.equal_at) == (13, "update", layer, 12)
    assert found.verdict == "computation"
    assert found.text.endswith(": with the same batches another update or gradient behind step 12")


def test_that_more_than_three_further_layers_are_counted(tmp_path: Path) -> None:
    def run(name: str, value: float) -> Path:
        values = {f"weights_crc32/fc{number}": np.full(9, value) for number in range(1, 7)}
        return Recorded(tmp_path, chain(6), name=name).scalars(values).write()

    with open_collection(run("a.json", 1.0)) as a, open_collection(run("b.json", 2.0)) as b:
        found = compare(a, b).first_difference
    assert found is not None
    assert "initial weights of fc1 at step 0, and of fc2, fc3, fc4 and 2 more: " in found.text


def test_that_a_gradient_that_one_has_not_is_told_of_that_one(tmp_path: Path) -> None:
    a, b = columns(), columns()
    b["gradients_crc32/fc2"][12:] = -1.0
    b["gradient_norm/fc2"][12:] = np.nan
    found = compared(tmp_path, a, b).first_difference
    assert found is not None
    assert (found.phase, found.layer) == ("backward", "fc2")
    assert ", of which B has none, inputs and outputs equal" in found.text
    turned = compared(tmp_path, b, a).first_difference
    assert turned is not None
    assert ", of which A has none, inputs and outputs equal" in turned.text


def test_that_where_no_layer_was_followed_that_is_said(tmp_path: Path) -> None:
    kept = ("loss", "learning_rate", "batch_crc32/total")
    a, b = ({name: each[name] for name in kept} for each in (columns(), changed(12, "loss")))
    found = compared(tmp_path, a, b).first_difference
    assert found is not None
    assert found.text.endswith(": which layer cannot be told, as none was followed")


def test_that_without_the_batches_it_is_said_that_they_may_be_others(tmp_path: Path) -> None:
    a, b = ({"loss": each["loss"]} for each in (columns(), changed(12, "loss")))
    found = compared(tmp_path, a, b).first_difference
    assert found is not None
    assert found.verdict is None
    assert found.text.endswith("whether the batches were the same cannot be told: they were not recorded at that step")
