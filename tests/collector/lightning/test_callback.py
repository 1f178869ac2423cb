"""Lightning's Trainer with the callback: what it records is what a plain loop's collector records."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytorch_lightning
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from collector import Collector, InsightOptions, open_collection
from collector.capture.guard import CollectorWarning
from collector.lightning import CollectorCallback
from collector.storage import Collection, CollectionError
from tests.collector.lightning.trainings import QUIETLY, THEIR_WARNINGS, Module, Network, fit, pl, samples

pytestmark = pytest.mark.filterwarnings(*THEIR_WARNINGS)
Collect = Callable[..., Collection]
CLIPPED = {"accumulate_grad_batches": 2, "gradient_clip_val": 0.05}


def hooks_of(module: nn.Module, trainer: Any) -> list[Any]:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    found = [hook for each in module.modules() for kind in kinds for hook in getattr(each, kind).values()]
    for optimizer in trainer.optimizers:
        found += [*optimizer._optimizer_step_pre_hooks.values(), *optimizer._optimizer_step_post_hooks.values()]
    return found


@pytest.mark.parametrize("options", [{}, CLIPPED, {"precision": "bf16-mixed"}], ids=["plain", "clipped", "bf16-mixed"])
def test_that_a_training_is_bit_for_bit_the_same_with_the_callback(path: Path, options: dict[str, Any]) -> None:
    ends = []
    for callbacks in ([], [CollectorCallback(path, interval=2)]):
        torch.manual_seed(0)
        module = Module()
        trainer = fit(module, *callbacks, **options)
        ends.append((module.losses, module.state_dict(), torch.get_rng_state()))
        assert hooks_of(module, trainer) == []

    (plain_losses, plain, plain_chance), (losses, state, chance) = ends
    assert losses == plain_losses
    assert all(torch.equal(state[name], plain[name]) for name in plain)
    assert torch.equal(chance, plain_chance)


def looped(path: Path, *, n_accumulated: int, clip: float, autocast: Any) -> None:
    """The same training as `fit`'s, written out."""
    torch.manual_seed(0)
    model = Module()
    optimizer = torch.optim.AdamW(model.parameters(), 0.01)
    probe = samples(20, 2)[:16]
    options = {"probe": probe, "interval": 2, "insight": InsightOptions(interval=1)}
    torch.manual_seed(0)
    loader = DataLoader(samples(40, 1), batch_size=8, shuffle=True)
    with Collector(model, optimizer, path, **options) as collector:
        for _ in range(2):
            losses, accuracies = [], []
            for number, (inputs, labels) in enumerate(loader, 1):
                with autocast():
                    output = model(inputs)
                    loss = cross_entropy(output, labels)
                (loss / n_accumulated).backward()
                losses.append(loss.detach() / n_accumulated)
                accuracies.append((output.argmax(1) == labels).float().mean())
                if number % n_accumulated == 0 or number == len(loader):
                    if clip:
                        nn.utils.clip_grad_norm_(model.parameters(), clip)
                    optimizer.step()
                    optimizer.zero_grad()
                    collector.log(loss=sum(losses), accuracy=sum(accuracies) / len(accuracies))
                    losses, accuracies = [], []
            list(DataLoader(samples(20, 2), batch_size=10))  # a validation, which draws a random number
            collector.end_epoch()


@pytest.mark.parametrize(
    ("options", "loop"),
    [
        ({}, {"n_accumulated": 1, "clip": 0.0, "autocast": nullcontext}),
        (CLIPPED, {"n_accumulated": 2, "clip": 0.05, "autocast": nullcontext}),
        (
            {"precision": "bf16-mixed"},
            {"n_accumulated": 1, "clip": 0.0, "autocast": lambda: torch.autocast("cpu", torch.bfloat16)},
        ),
    ],
    ids=["plain", "accumulated and clipped", "bf16-mixed"],
)
def test_that_what_is_recorded_is_what_the_loop_written_out_leaves(
    collect: Collect, tmp_path: Path, options: dict[str, Any], loop: dict[str, Any]
) -> None:
    looped(tmp_path / "loop.json", **loop)
    torch.manual_seed(0)
    collection = collect(Module(), **options)

    with open_collection(tmp_path / "loop.json") as plain:
        assert collection.finished
        assert not collection.notes
        assert list(collection.layers) == list(plain.layers)
        assert set(collection.series) == set(plain.series) > {"loss", "accuracy", "gradient_norm/total"}
        norms = {"unclipped_gradient_norm/total", "carried_gradient_norm/total"}
        for name in plain.series:
            rtol = 1e-6 if name in norms else 0  # of as many terms, added up in another order
            np.testing.assert_allclose(collection.series[name], plain.series[name], rtol=rtol, err_msg=name)
        for one, other in zip(collection.passes, plain.passes, strict=True):
            assert (one.step, one.epoch) == (other.step, other.epoch)
            for layer, arrays in one.layers.items():
                for kind in ("weight", "weight_gradient", "weight_update", "bias_gradient"):
                    np.testing.assert_array_equal(getattr(arrays, kind), getattr(other.layers[layer], kind))
        if "gradient_clip_val" in options:
            np.testing.assert_allclose(collection.series["gradient_norm/total"], 0.05, rtol=1e-4)


def test_that_without_a_probe_the_first_validation_samples_are_it(collect: Collect) -> None:
    collection = collect(Module())

    inputs, labels = samples(20, 2)[:16]
    np.testing.assert_array_equal(collection.probe.inputs, inputs)
    assert collection.probe.labels.tolist() == labels.tolist()
    assert collection.passes[0].layers["net.2"].activation.shape == (16, 8)
    assert collection.layers["net.4"].reads == ("net.0",)


def test_that_the_collector_is_told_how_the_module_is_run(collect: Collect) -> None:
    class WithoutForward(Module):
        forward = nn.Module.forward

        def training_step(self, batch: Any, number: int) -> Tensor:
            return cross_entropy(self.net(batch[0]), batch[1])

        def validation_step(self, batch: Any, number: int) -> None:
            pass

    told = {"probe_call": lambda module, inputs: module.net(inputs), "loss": cross_entropy}
    collection = collect(WithoutForward(), told)

    one, labels = collection.passes[0], samples(20, 2)[:16][1]
    expected = cross_entropy(torch.from_numpy(np.array(one.logits)), labels, reduction="none")
    np.testing.assert_allclose(one.losses, expected, rtol=1e-6)


def test_that_an_epochs_results_are_its_own(collect: Collect) -> None:
    collection = collect(Module(), max_epochs=3, check_val_every_n_epoch=2)

    assert [set(one.metrics) for one in collection.epochs] == [
        {"train_loss"},
        {"train_loss", "test_loss"},
        {"train_loss"},
    ]
    losses = collection.series["loss"].reshape(3, 5).mean(axis=1)
    np.testing.assert_allclose([one.metrics["train_loss"] for one in collection.epochs], losses, rtol=1e-6)


@pytest.mark.parametrize("error", [RuntimeError("of the user's own"), KeyboardInterrupt()])
def test_that_an_error_finishes_the_file_and_leaves_no_hook(path: Path, error: BaseException) -> None:
    class Failing(Module):
        def on_train_batch_end(self, *given: Any) -> None:
            if self.trainer.global_step == 3:
                raise error

    module = Failing()
    callback = CollectorCallback(path, interval=2)
    with pytest.raises((RuntimeError, SystemExit)):
        fit(module, callback)

    assert callback.collector is None
    assert hooks_of(module, module.trainer) == []
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.passes.steps.tolist() == [0, 2, 3]


class Gan(pl.LightningModule):
    """Two networks, two optimizers, steps by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.generator, self.critic = nn.Linear(2, 4), nn.Linear(4, 1)

    def training_step(self, batch: Any, number: int) -> dict[str, Tensor]:
        of_generator, of_critic = self.optimizers()
        made = self.generator(torch.ones(8, 2))
        of_critic.zero_grad()
        loss = self.critic(made.detach()).mean() - self.critic(batch[0]).mean()
        self.manual_backward(loss)
        of_critic.step()
        of_generator.zero_grad()
        self.manual_backward(-self.critic(made).mean())
        of_generator.step()
        return {"loss": loss.detach()}

    def configure_optimizers(self) -> list[torch.optim.Optimizer]:
        return [torch.optim.SGD(each.parameters(), 0.1) for each in (self.generator, self.critic)]


class Wgan(Gan):
    """Three updates of the critic for one of the generator, whose losses are logged and not returned."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: dict[str, list[float]] = {"critic_loss": [], "generator_loss": []}

    def forward(self, noise: Tensor) -> Tensor:
        return self.critic(self.generator(noise))

    def training_step(self, batch: Any, number: int) -> None:  # type: ignore[override]
        of_generator, of_critic = self.optimizers()
        for part in batch[0].chunk(3):
            of_critic.zero_grad()
            loss = self.critic(self.generator(torch.rand(8, 2)).detach()).square().mean() - self.critic(part).mean()
            self.manual_backward(loss)
            of_critic.step()
            self._tell(critic_loss=loss)
        of_generator.zero_grad()
        loss = -self.critic(self.generator(torch.rand(8, 2))).mean()
        self.manual_backward(loss)
        of_generator.step()
        self._tell(generator_loss=loss)

    def _tell(self, **losses: Tensor) -> None:
        for name, loss in losses.items():
            self.losses[name].append(loss.item())
        self.log_dict(losses)


def test_that_two_optimizers_are_recorded_each_at_its_own_rate_with_each_value_that_is_logged(
    path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    states, modules = [], []
    for callbacks in ([], [CollectorCallback(path, interval=4, probe=(torch.ones(3, 2), None))]):
        torch.manual_seed(0)
        module = Wgan()
        fit(module, *callbacks, has_validation=False)
        states.append(module.state_dict())
        modules.append(module)
        assert "log" not in vars(module)
    assert all(torch.equal(each, states[1][name]) for name, each in states[0].items())

    with open_collection(path) as collection:
        for name, values in modules[1].losses.items():
            assert collection.series.recorded(name)[1].tolist() == values
        assert collection.series["updates/critic"].tolist()[:3] == [1, 2, 3]
        assert [int(collection.series[f"updates/{name}"][-1]) for name in ("critic", "generator")] == [30, 10]
    assert not [each for each in recwarn if issubclass(each.category, CollectorWarning)]


def test_that_an_optimizer_that_the_module_has_not_is_told(path: Path) -> None:
    with pytest.raises(ValueError, match="optimizer is 2; the module has 2, counted from 0"):
        fit(Gan(), CollectorCallback(path, optimizer=2), has_validation=False)
    assert not path.exists()


def test_that_each_of_two_optimizers_can_have_its_collection(tmp_path: Path) -> None:
    probes = {"generator": torch.ones(3, 2), "critic": torch.ones(3, 4)}
    callbacks = [
        CollectorCallback(tmp_path / f"{name}.json", optimizer=number, submodule=name, probe=(probe, None), interval=4)
        for number, (name, probe) in enumerate(probes.items())
    ]
    fit(Gan(), *callbacks, has_validation=False)

    for name in probes:
        with open_collection(tmp_path / f"{name}.json") as collection:
            assert collection.passes.steps.tolist() == [0, 4, 8, 10]
            assert collection.passes[0].layers["(model)"].weight_update.any()
            assert len(collection.series["loss"]) == 10
            assert np.isfinite(collection.series["loss"]).all()


def test_that_a_module_without_forward_can_name_its_network(collect: Collect) -> None:
    class Bare(Module):
        forward = pl.LightningModule.forward

        def training_step(self, batch: Any, number: int) -> Tensor:
            return cross_entropy(self.net(batch[0]), batch[1])

        def validation_step(self, batch: Any, number: int) -> None:
            pass

    collection = collect(Bare(), {"submodule": "net"})
    assert list(collection.layers) == ["0", "1", "2", "4"]
    assert collection.passes[0].layers["0"].activation is not None
    assert len(collection.series["loss"]) == 10


def test_that_a_submodule_that_is_not_there_is_told_by_name(path: Path) -> None:
    with pytest.raises(ValueError, match="no submodule 'nett'; it has 'net'"):
        fit(Module(), CollectorCallback(path, submodule="nett"))


class Stream(IterableDataset):
    """Can be read once."""

    def __iter__(self) -> Iterator[Any]:
        return iter(samples(20, 2))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"has_validation": False}, "no validation loader"),
        ({"loader": lambda data, batch_size: DataLoader(Stream(), batch_size)}, "Stream cannot be read by number"),
        (
            {"loader": lambda data, batch_size: DataLoader(TensorDataset(*data.tensors, data.tensors[1]), batch_size)},
            "cannot be told from a batch of type list",
        ),
    ],
    ids=["none", "a stream", "three parts"],
)
def test_that_a_training_without_a_probe_says_so_and_is_recorded(
    collect: Collect, options: dict[str, Any], words: str
) -> None:
    with pytest.warns(CollectorWarning, match=f"There is no probe.*{words}.*probe="):
        collection = collect(Module(), **options)

    assert words in collection.notes[0].text
    assert collection.passes[0].layers["net.0"].weight_gradient.any()
    assert collection.passes[0].layers["net.0"].activation is None


@pytest.mark.parametrize("precision", ["bf16-true", "64-true"])
def test_that_a_module_of_another_precision_gets_its_probe_in_it(collect: Collect, precision: str) -> None:
    collection = collect(Module(), precision=precision)

    assert not collection.notes
    assert collection.passes[0].layers["net.2"].activation.shape == (16, 8)
    assert collection.passes[0].layers["net.0"].weight_gradient.any()


def test_that_a_bad_option_is_an_error_where_it_is_written(path: Path) -> None:
    with pytest.raises(TypeError, match="intervall"):
        CollectorCallback(path, intervall=3)


def test_that_an_existing_file_is_an_error_before_the_first_step(path: Path) -> None:
    path.write_text("mine")
    module = Module()
    with pytest.raises(CollectionError, match="exists"):
        fit(module, CollectorCallback(path))
    assert module.losses == []


def test_that_the_package_of_the_older_name_does_as_well(path: Path) -> None:
    class Older(pytorch_lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.net = Network()

        def forward(self, inputs: Tensor) -> Tensor:
            return self.net(inputs)

        def training_step(self, batch: Any, number: int) -> Tensor:
            return cross_entropy(self(batch[0]), batch[1])

        def validation_step(self, batch: Any, number: int) -> None:
            pass

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), 0.1)

    fit(Older(), CollectorCallback(path), trainer=pytorch_lightning.Trainer)

    with open_collection(path) as collection:
        assert collection.finished
        assert len(collection.series["loss"]) == 10


class Direct(Module):
    """Which is not called itself."""

    def training_step(self, batch: Any, number: int) -> dict[str, Tensor]:
        return {"loss": cross_entropy(self.net(batch[0]), batch[1])}


def test_that_a_batch_that_is_not_finite_is_told_with_its_step_though_the_module_is_not_called(path: Path) -> None:
    inputs, labels = samples(40, 1).tensors
    inputs[13, 2] = float("inf")  # of the second batch of 8

    held_out = samples(20, 2)[:16]
    callback = CollectorCallback(path, interval=100, insight=None, probe=held_out)
    trainer = pl.Trainer(callbacks=[callback], **(QUIETLY | {"max_epochs": 1}))
    trainer.fit(Direct(), DataLoader(TensorDataset(inputs, labels), batch_size=8))

    with open_collection(path) as collection:
        steps, counts = collection.series.recorded("not_finite_input/batch")
        assert (steps[0], counts[0]) == (1, 1)
