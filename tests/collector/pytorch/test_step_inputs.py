"""What the model is given in training is looked at where anything is not finite, and nothing shows of it."""

import copy
import gc
import io
import pickle
import weakref
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, open_collection
from collector.capture.guard import CollectorWarning, Guard
from collector.capture.overhead import Overhead
from collector.pytorch.compiled import eagerly
from collector.pytorch.step_inputs import MOST_BYTES, StepInputs

BAD = 7


def batch(step: int, bad: float = float("nan")) -> Tensor:
    made = torch.randn(4, 8, generator=torch.Generator().manual_seed(step))
    if step == BAD:
        made[1, 2] = made[3, 0] = bad
    return made


def net() -> nn.Sequential:
    return nn.Sequential(nn.Linear(8, 5), nn.ReLU(), nn.Linear(5, 3))


def train(path: Path, model: Any, give: Any, n_steps: int = 12, **options: Any) -> tuple[Mapping[str, Any], list[str]]:
    """The counts of what is not finite in the inputs, and the notes of it."""
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, interval=100, **options) as collector:
        for step in range(n_steps):
            optimizer.zero_grad()
            loss = give(model, step)
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    with open_collection(path) as collection:
        found = {
            name.removeprefix("not_finite_input/"): [each.tolist() for each in collection.series.recorded(name)]
            for name in collection.series
            if name.startswith("not_finite_input/")
        }
        return {name: dict(zip(*columns, strict=True)) for name, columns in found.items()}, [
            note.text for note in collection.notes if "given" in note.text
        ]


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_that_a_batch_that_is_not_finite_is_told_with_its_step_by_the_loss_that_is_logged(
    path: Path, bad: float
) -> None:
    found, notes = train(path, net(), lambda model, step: model(batch(step, bad)).sum(), insight=None)

    assert found == {"input": {BAD: 2.0}}
    assert notes == [
        "The first NaN or Inf in what the model was given in training was seen at step 7, in input; at step 0, the "
        "last that was looked at before, there was none."
    ]


def test_that_it_is_told_by_the_gradients_where_no_loss_is_logged(path: Path) -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, interval=100, insight=InsightOptions(interval=1)):
        for step in range(9):
            optimizer.zero_grad()
            model(batch(step)).sum().backward()
            optimizer.step()

    with open_collection(path) as collection:
        steps, counts = collection.series.recorded("not_finite_input/input")
        assert (steps.tolist(), counts.tolist()) == ([BAD], [2])


def test_that_at_passes_it_is_told_though_nothing_else_is_wrong(path: Path) -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, interval=BAD, insight=None):
        for step in range(9):
            optimizer.zero_grad()
            given = batch(step)
            model(given).sum(1)[given.isfinite().all(1)].sum().backward()  # those rows are masked
            optimizer.step()

    with open_collection(path) as collection:
        assert collection.series.recorded("not_finite_input/input")[1].tolist() == [2]


class Named(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x: Tensor, scale: Any = None, *, parts: Any = None) -> Tensor:
        given = self.fc(x)
        return given if parts is None else given * parts["gain"][0] + parts["gain"][1]


def test_that_the_argument_is_named_and_its_part(path: Path) -> None:
    def give(model: nn.Module, step: int) -> Tensor:
        gain = torch.ones(3) * (float("inf") if step == BAD else 1)
        return model(
            batch(0), None, parts={"gain": [torch.ones(3), gain], "mask": torch.ones(2, dtype=torch.int)}
        ).sum()

    found, notes = train(path, Named(), give, n_steps=9, insight=None)

    assert found == {"parts[1]": {BAD: 3.0}}
    assert "in parts[1]" in notes[0]


def test_that_each_call_of_an_accumulated_step_is_looked_at(path: Path) -> None:
    def give(model: nn.Module, step: int) -> Tensor:
        return model(batch(step)).sum() + model(batch(step + 1)).sum()

    found, _ = train(path, net(), give, n_steps=7, insight=None)

    assert found == {"input": {BAD - 1: 2.0}}


class Unreadable(dict):
    """Says nothing of what it holds to whoever asks for all of it."""

    def items(self) -> Any:
        raise RuntimeError("one by one")


def test_that_an_argument_that_we_cannot_look_through_costs_the_training_nothing(path: Path) -> None:
    def give(model: nn.Module, step: int) -> Tensor:
        return model(batch(0), parts=Unreadable(gain=[torch.ones(3), torch.ones(3)])).sum()

    with pytest.warns(CollectorWarning, match="failed while holding on to what the model is given: RuntimeError"):
        found, _ = train(path, Named(), give, n_steps=3, insight=None)

    assert found == {}


class Dense(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(torch.nested.to_padded_tensor(x, 0.0) if x.is_nested else x.to_dense())


@pytest.mark.filterwarnings("ignore:.*(Sparse CSR|nested tensors)")
@pytest.mark.parametrize(
    "made",
    [
        Tensor.to_sparse,
        Tensor.to_sparse_csr,
        lambda dense: torch.nested.nested_tensor(list(dense[:, None])),
        lambda dense: torch.nested.nested_tensor(list(dense[:, None]), layout=torch.jagged),
    ],
    ids=["COO", "CSR", "nested", "jagged"],
)
def test_that_of_a_sparse_or_nested_argument_what_it_holds_is_looked_at(
    path: Path, made: Callable[[Tensor], Tensor]
) -> None:
    def give(model: nn.Module, step: int) -> Tensor:
        dense = torch.eye(4)
        if step == BAD:
            dense[1, 1] = dense[3, 0] = float("nan")
        return model(made(dense)).sum() + model(made(torch.eye(4))).sum()

    found, _ = train(path, Dense(), give, insight=None)

    assert found == {"x": {BAD: 2.0}}


def test_that_evaluation_is_no_input_of_training(path: Path) -> None:
    def give(model: nn.Module, step: int) -> Tensor:
        loss = model(batch(0)).sum()
        with torch.no_grad():
            model(batch(BAD))
        return loss * (float("nan") if step == BAD else 1)

    found, notes = train(path, net(), give, insight=None)

    assert (found, notes) == ({}, [])


def test_that_of_earlier_calls_of_a_step_only_so_much_is_held() -> None:
    model = net()
    inputs = StepInputs(model, lambda: 0, Guard(pytest.fail), Overhead())
    large = torch.zeros(MOST_BYTES // 4 // 8 // 2, 8)
    for fill in (float("nan"), 0.0, 0.0, 1.0):
        inputs.hold({"x": large + fill})

    assert inputs.not_finite(0) == {"x": 0}
    inputs.hold({"x": large * float("nan")})
    assert inputs.not_finite(0) == {"x": large.numel()}
    assert inputs.not_finite(1) is None
    inputs.close()


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")
def test_that_nothing_of_it_is_copied_pickled_scripted_exported_or_compiled(path: Path) -> None:
    model = net()
    plain = copy.deepcopy(model)
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, insight=None):
        file = io.BytesIO()
        torch.save(model, file)
        copies = [
            copy.deepcopy(model), copy.copy(model), pickle.loads(pickle.dumps(model)), torch.jit.script(model),
            torch.load(io.BytesIO(file.getvalue()), weights_only=False),
        ]  # fmt: skip
        given = batch(0)
        compiled = torch.compile(model, backend="eager", fullgraph=True)
        exported = torch.export.export(model, (given,)).module()
        want = plain(given)
        assert all(torch.equal(each(given), want) for each in (*copies, compiled, exported))
        assert all("_compiled_call_impl" not in vars(each) for each in copies[:3] + copies[4:])
        assert b"collector" not in file.getvalue()

    assert "_compiled_call_impl" not in vars(model)
    assert torch.equal(model(given), want)


def test_that_a_replica_computes_with_its_own_parameters(path: Path) -> None:
    model = net()
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, insight=None):
        replica = model._replicate_for_data_parallel()
        replica._modules = {name: copy.deepcopy(each) for name, each in model._modules.items()}
        for parameter in replica[0].parameters():
            parameter.data.zero_()
        want = model[2](model[1](torch.zeros(4, 5)))

        assert torch.equal(replica(batch(0)), want + model[2](torch.relu(model[0](batch(0)))) * 0)


def test_that_a_model_compiled_in_place_stays_so_and_is_looked_at(path: Path) -> None:
    model = net()
    model.compile(backend="eager")
    own = model._compiled_call_impl

    found, _ = train(path, model, lambda model, step: model(batch(step)).sum(), insight=None)

    assert found == {"input": {BAD: 2.0}}
    assert model._compiled_call_impl is own


def test_that_a_compiled_model_is_looked_at_from_outside(path: Path) -> None:
    model = torch.compile(net(), backend="eager")

    found, _ = train(path, model, lambda model, step: model(batch(step)).sum(), insight=None)

    assert found == {"input": {BAD: 2.0}}
    assert "_compiled_call_impl" not in vars(model) and "_compiled_call_impl" not in vars(model._orig_mod)


def test_that_what_the_model_was_given_is_let_go_with_the_next_step_and_at_the_end(path: Path) -> None:
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    given: list[Any] = []
    with Collector(model, optimizer, path, insight=None):
        for step in range(3):
            images = batch(step)
            given.append(weakref.ref(images.untyped_storage()))
            model(images).sum().backward()
            optimizer.step()
        del images
        gc.collect()
        assert [each() is None for each in given] == [True, True, False]
    gc.collect()
    assert given[-1]() is None


def test_that_the_counts_are_those_of_numpy() -> None:
    model = net()
    inputs = StepInputs(model, lambda: 3, Guard(pytest.fail), Overhead())
    rng = np.random.default_rng(0)
    values = rng.choice([0, 1, np.nan, np.inf, -np.inf], (50, 8))
    inputs.hold({"x": torch.from_numpy(values), "y": torch.zeros(3, dtype=torch.complex64) * complex("nan")})

    assert inputs.not_finite(3) == {"x": int((~np.isfinite(values)).sum()), "y": 3}
    inputs.close()


def test_that_a_model_is_not_taken_for_a_compiled_one() -> None:
    model, compiled = net(), net()
    compiled.compile(backend="eager")
    inputs = [StepInputs(each, lambda: 0, Guard(pytest.fail), Overhead()) for each in (model, compiled)]

    wrapped = torch.compile(net(), backend="eager")

    assert [isinstance(eagerly([each]), nullcontext) for each in (model, compiled, wrapped)] == [True, False, False]
    for each in inputs:
        each.close()
