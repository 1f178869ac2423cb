"""No model, however odd, makes the line fail that makes a collector: it is recorded, or a note says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, CollectorWarning, open_collection
from collector.capture.setup_guard import is_wrong_call
from collector.pytorch import collector as of_collector
from collector.pytorch import step_recording as of_steps

Train = Callable[..., list[float]]
Batches = Callable[..., list[tuple[Any, Tensor]]]


def layers() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))


class Odd(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.fc(inputs)


class AnswersToAnything(Odd):
    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return 5


class WithSlots(Odd):
    __slots__ = ("extra",)

    def __init__(self) -> None:
        super().__init__()
        self.extra = [1]


class WithRaisingProperties(Odd):
    @property
    def _orig_mod(self) -> Any:
        raise RuntimeError("nobody may ask")

    device_mesh = bad = _orig_mod


class EqualToAll(Odd):
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1


class WithoutLengthAndTruth(Odd):
    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        raise RuntimeError("nobody may ask")


class Sealed(Odd):
    def __init__(self) -> None:
        super().__init__()
        self.is_sealed = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__dict__.get("is_sealed"):
            raise RuntimeError(f"{name} is sealed")
        super().__setattr__(name, value)

    def train(self, mode: bool = True) -> Any:
        raise RuntimeError("it keeps its mode")


class WithModulesOfItsOwn(Odd):
    def modules(self) -> Any:
        return iter(())

    def children(self) -> Any:
        raise KeyError("nobody may ask")


ODD: dict[str, Callable[[], nn.Module]] = {
    "scripted": lambda: torch.jit.script(layers()),
    "traced": lambda: torch.jit.trace(layers(), torch.zeros(6, 4)),  # type: ignore[no-untyped-call]
    "of torch.fx": lambda: torch.fx.symbolic_trace(layers()),
    "data-parallel": lambda: nn.DataParallel(layers()),
    "any attribute": AnswersToAnything,
    "slots": WithSlots,
    "raising properties": WithRaisingProperties,
    "equal to all": EqualToAll,
    "without length and truth": WithoutLengthAndTruth,
    "sealed": Sealed,
    "modules of its own": WithModulesOfItsOwn,
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("kind", ODD)
def test_that_an_odd_model_is_recorded_and_learns_as_it_would(
    kind: str, path: Path, train: Train, make_batches: Batches
) -> None:
    batches, ends = make_batches(5, 4), []
    for collected in (False, True):
        torch.manual_seed(0)
        model = ODD[kind]()
        optimizer = torch.optim.Adam(model.parameters(), 0.1)
        if collected:
            with Collector(model, optimizer, path, probe=batches[0], interval=2) as collector:
                ends.append(train(model, optimizer, batches, collector))
        else:
            ends.append(train(model, optimizer, batches))

    assert ends[0] == ends[1]
    with open_collection(path) as collection:
        assert [one.step for one in collection.passes] == [0, 2, 4, 5]
        assert collection.passes[1].logits is not None
        assert np.nanmin(collection.series["gradient_norm/total"]) > 0
        assert not collection.notes


def test_that_of_a_compiled_script_its_layers_say_why_they_have_no_activations(
    path: Path, make_batches: Batches
) -> None:
    with pytest.warns(DeprecationWarning):
        model = torch.jit.script(layers())
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=make_batches(1, 4)[0]):
        pass

    with open_collection(path) as collection:
        assert "compiled script" in collection.layers["0"].not_recorded["activation"]


def test_that_of_a_model_on_meta_what_is_logged_is_recorded(path: Path, make_batches: Batches) -> None:
    model = layers().to("meta")
    optimizer = torch.optim.Adam(model.parameters(), 0.1)

    with (
        pytest.warns(CollectorWarning, match="on the device meta"),
        Collector(model, optimizer, path, probe=make_batches(1, 4)[0], interval=1) as collector,
    ):
        for _ in range(3):
            model(torch.zeros(6, 4, device="meta")).sum().backward()
            optimizer.step()
            collector.log(seconds=1.5)

    with open_collection(path) as collection:
        assert collection.series["seconds"].tolist() == [1.5] * 3
        assert [note.text.partition(",")[0] for note in collection.notes] == [
            "The model's parameters are on the device meta"
        ]


@pytest.mark.parametrize("model", [nn.Sequential(), nn.Sequential(nn.Flatten())])
def test_that_a_model_without_parameters_is_recorded(model: nn.Module, path: Path, make_batches: Batches) -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.ones(2))], 0.1)

    with Collector(model, optimizer, path, probe=make_batches(1, 4)[0], interval=1) as collector:
        optimizer.step()
        collector.log(loss=1.0)

    with open_collection(path) as collection:
        assert not collection.layers
        assert collection.series["loss"].tolist() == [1]


PARTS = (
    "OptimizerHooks",
    "inspect_model",
    "StepInsight",
    "sample_recorders",
    "PassRecorder",
    "StepRecorder",
    "RunRecorder",
)


@pytest.mark.parametrize("part", PARTS)
def test_that_whatever_fails_in_us_at_the_beginning_is_a_warning_and_every_method_goes_on(
    part: str, path: Path, train: Train, make_batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise KeyError("ours")

    batches = make_batches(4, 4)
    model = layers()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    if part == "RunRecorder":  # which then also stands for the log that is never written
        monkeypatch.setattr(of_collector, "describe_run", failing)
    else:
        monkeypatch.setattr(of_steps if part in ("PassRecorder", "StepRecorder") else of_collector, part, failing)

    with pytest.warns(CollectorWarning, match="KeyError: 'ours'") as caught:
        with Collector(model, optimizer, path, probe=batches[0], interval=2) as collector:
            losses = train(model, optimizer, batches, collector)
            collector.end_epoch(accuracy=0.5)
            collector.note("a word")
            assert collector.steps_taken in (0, 4)
        assert len(losses) == 4

    assert len(caught) == 1
    assert not optimizer._optimizer_step_pre_hooks
    assert not optimizer._optimizer_step_post_hooks
    assert model._compiled_call_impl is None  # by which its calls are watched


def test_that_a_file_that_was_begun_says_why_nothing_follows(
    path: Path, monkeypatch: pytest.MonkeyPatch, make_batches: Batches
) -> None:
    monkeypatch.setattr(of_steps, "PassRecorder", lambda *_, **__: {}["ours"])
    model = layers()

    with pytest.warns(CollectorWarning), Collector(model, torch.optim.SGD(model.parameters(), 0.1), path):
        pass

    with open_collection(path) as collection:
        assert [note.text for note in collection.notes] == ["Strobe could not begin to collect: KeyError: 'ours'"]


def test_that_a_wrong_call_is_told_from_an_error_of_the_same_type() -> None:
    def told() -> None:
        raise ValueError("of this test, not of the collector")

    for call in (told, lambda: int("x")):
        with pytest.raises(ValueError, match=r"\w") as caught:
            call()
        assert not is_wrong_call(caught.value)
    with pytest.raises(ValueError, match="interval") as caught:
        Collector(layers(), torch.optim.SGD(layers().parameters(), 0.1), "x.json", interval=0)
    assert is_wrong_call(caught.value)


@pytest.mark.parametrize("wrong", [5, None, b"x.json"])
def test_that_what_is_no_path_is_told(wrong: Any) -> None:
    with pytest.raises(ValueError, match="path is of type"):
        Collector(layers(), torch.optim.SGD(layers().parameters(), 0.1), wrong)
