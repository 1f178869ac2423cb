"""Weights that were kept, as a collection."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from collector import CollectionError, Collector, from_checkpoints, open_collection
from collector.storage import Collection

N_STEPS = 6


def network(seed: int = 0) -> nn.Sequential:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 4, 3),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(144, 10),
            nn.Dropout(0.5),
            nn.Linear(10, 3),
        )


def samples(n: int) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(1)
    return torch.randn(n, 1, 8, 8, generator=chance), torch.randint(0, 3, (n,), generator=chance)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's own collection, and what it kept at each of its passes and at its end."""
    folder = tmp_path_factory.mktemp("kept")
    model, (inputs, labels) = network(), samples(24)
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    with (
        torch.random.fork_rng(),
        Collector(model, optimizer, folder / "own.json", probe=(inputs[:6], labels[:6]), interval=1) as collector,
    ):
        torch.manual_seed(0)
        for step in range(N_STEPS):
            loss = functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            torch.save(model.state_dict(), folder / f"step_{step}.pt")
            optimizer.step()
            collector.log(loss=loss)
    torch.save(model.state_dict(), folder / f"step_{N_STEPS}.pt")
    return folder


def made(path: Path, model: nn.Module, files: Any, **options: Any) -> Collection:
    inputs, labels = samples(24)
    from_checkpoints(model, files, path, **({"probe": (inputs[:6], labels[:6])} | options))
    return open_collection(path)


def arrays_of(layer: Any) -> dict[str, np.ndarray]:
    names = ("weight", "bias", "activation", "feature_maps", "weight_update", "bias_update")
    found = {name: getattr(layer, name) for name in names}
    return {name: each for name, each in found.items() if each is not None}


def test_that_the_checkpoints_of_a_run_give_the_passes_of_its_own_collection(kept: Path, tmp_path: Path) -> None:
    files = sorted(kept.glob("*.pt"), reverse=True)  # by their numbers they are in order again
    with made(tmp_path / "made.json", network(7), files) as collection, open_collection(kept / "own.json") as own:
        assert collection.passes.steps.tolist() == own.passes.steps.tolist() == list(range(N_STEPS + 1))
        for one, other in zip(collection.passes, own.passes, strict=True):
            np.testing.assert_array_equal(one.logits, other.logits)
            assert one.layers.keys() == other.layers.keys()
            for name, layer in one.layers.items():
                mine, theirs = arrays_of(layer), arrays_of(other.layers[name])
                assert mine.keys() == theirs.keys()
                for each, values in mine.items():
                    np.testing.assert_array_equal(values, theirs[each], err_msg=f"{each} of {name}, step {one.step}")
            assert one.layers["0"].weight_gradient is None
        steps, norms = collection.series.recorded("weight_norm/total")
        own_steps, own_norms = own.series.recorded("weight_norm/total")
        assert steps.tolist() == [*range(N_STEPS + 1)]
        assert norms[: len(own_norms)].tolist() == own_norms.tolist()
        assert own_steps.tolist() == steps[: len(own_steps)].tolist()


def test_that_nothing_of_the_model_is_changed_and_no_random_number_drawn(kept: Path, tmp_path: Path) -> None:
    model = network(7).train()
    before = {name: each.clone() for name, each in model.state_dict().items()}
    with torch.random.fork_rng():
        state = torch.random.get_rng_state()
        made(tmp_path / "made.json", model, sorted(kept.glob("*.pt"))).close()
        assert torch.equal(torch.random.get_rng_state(), state)
    after = model.state_dict()
    assert all(torch.equal(after[name], each) for name, each in before.items())
    assert model.training
    assert all(each.grad is None for each in model.parameters())


def test_that_layers_are_compared_at_each_file(kept: Path, tmp_path: Path) -> None:
    files = [kept / f"step_{step}.pt" for step in (0, 2, 4)]
    with made(tmp_path / "made.json", network(), files, similarity=samples(24)) as collection:
        assert collection.similarities.steps.tolist() == [0, 2, 4]


def test_that_a_change_over_many_steps_is_kept_but_not_told_as_the_size_of_one_update(
    kept: Path, tmp_path: Path
) -> None:
    files = {0: kept / "step_0.pt", 500: kept / "step_4.pt", 9000: kept / "step_6.pt"}
    with made(tmp_path / "made.json", network(), files) as collection:
        assert collection.passes.steps.tolist() == [0, 500, 9000]
        first, second = collection.passes[0].layers["4"], collection.passes[1].layers["4"]
        np.testing.assert_array_equal(first.weight_update, second.weight - first.weight)
        assert collection.passes[2].layers["4"].weight_update is None
        assert not [name for name in collection.series if name.startswith(("update_norm", "update_ratio"))]
        assert "change to the next checkpoint" in collection.notes[0].text


def test_that_one_file_and_a_model_in_memory_are_snapshots(kept: Path, tmp_path: Path) -> None:
    with made(tmp_path / "one.json", network(7), kept / "step_3.pt") as collection:
        (pass_,) = collection.passes
        assert pass_.step == 3
        assert pass_.logits is not None
    model = network(7)
    with made(tmp_path / "memory.json", model, ()) as collection:
        (pass_,) = collection.passes
        np.testing.assert_array_equal(pass_.layers["4"].bias, model[4].bias.detach())
        assert "as it was in memory" in collection.notes[0].text


@pytest.mark.parametrize("way", ["within a training's state", "with a wrapper's name before", "safetensors"])
def test_that_weights_are_found_however_they_were_kept(kept: Path, tmp_path: Path, way: str) -> None:
    weights = torch.load(kept / "step_2.pt", weights_only=True)
    path = tmp_path / "weights.pt"
    match way:
        case "within a training's state":
            torch.save({"epoch": 4, "step": 70, "model_state_dict": weights, "optimizer": {"lr": 0.1}}, path)
        case "with a wrapper's name before":
            named = {f"model.{name}": each for name, each in weights.items()} | {"criterion.weight": torch.ones(3)}
            torch.save({"global_step": 70, "epoch": 4, "state_dict": named}, path)
        case "safetensors":
            from safetensors.torch import save_file

            path = path.with_name("weights-70.safetensors")
            save_file(weights, path)
    with made(tmp_path / "made.json", network(7), path) as collection:
        (pass_,) = collection.passes
        assert pass_.step == 70
        np.testing.assert_array_equal(pass_.layers["4"].weight, weights["4.weight"])
        notes = " ".join(each.text for each in collection.notes)
        assert ("no place for, as criterion.weight" in notes) == (way == "with a wrapper's name before")


class Harmful:
    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, ("raise SystemExit('ran')",))


def file_of(path: Path, case: str) -> Path:
    weights = network().state_dict()
    match case:
        case "code":
            torch.save({"state_dict": weights, "more": Harmful()}, path)
        case "pickle":
            path.write_bytes(pickle.dumps(Harmful()))
        case "of another model":
            torch.save({"fc.weight": torch.ones(3)}, path)
        case "of another shape":
            torch.save(weights | {"4.weight": torch.ones(3, 3)}, path)
        case "no weights":
            torch.save({"epoch": 3}, path)
        case "cut off":
            torch.save(weights, path)
            path.write_bytes(path.read_bytes()[:500])
        case "folder":
            path.mkdir()
    return path


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("code", ("no code of a file is run", "add_safe_globals")),
        ("pickle", ("no code of a file is run",)),
        ("of another model", ("has nothing for 0.weight, 0.bias, 1.weight and", "Sequential")),
        ("of another shape", ("has 4.weight of shape [3, 3], and the model [10, 144]",)),
        ("no weights", ("holds no weights", "state_dict()")),
        ("cut off", ("cannot be read by torch.load",)),
        ("missing", ("no such file",)),
        ("folder", ("is a folder without weights", "model.safetensors")),
    ],
)
def test_that_a_file_that_does_not_do_is_told_in_words_before_anything_is_written(
    kept: Path, tmp_path: Path, case: str, words: tuple[str, ...]
) -> None:
    path = file_of(tmp_path / "weights.pt", case)
    model = network(7)
    before = model[4].weight.clone()
    with pytest.raises(CollectionError) as raised:
        from_checkpoints(model, [kept / "step_0.pt", path], tmp_path / "made.json")
    assert all(word in str(raised.value) for word in words)
    assert not (tmp_path / "made.json").exists()
    assert torch.equal(model[4].weight, before)


def test_that_an_index_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint-3"
    folder.mkdir()
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"a": "../../secret.bin"}}')
    with pytest.raises(CollectionError, match="names no files beside it"):
        from_checkpoints(network(), folder, tmp_path / "made.json")


def test_that_steps_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="files has the step -1"):
        from_checkpoints(network(), {-1: tmp_path / "a.pt"}, tmp_path / "made.json")
