"""The Trainer of Hugging Face with the callback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from transformers import TrainerCallback

from collector import open_collection
from collector.capture.guard import CollectorWarning
from collector.storage import CollectionError
from collector.transformers import CollectorCallback
from tests.collector.transformers.trainings import (
    THEIR_WARNINGS,
    Trainer,
    Watched,
    a_classifier,
    a_writer,
    texts,
    train,
    writings,
)

pytestmark = pytest.mark.filterwarnings(*THEIR_WARNINGS)
Collect = Callable[..., Any]
ACCUMULATED = {"gradient_accumulation_steps": 2, "max_grad_norm": 0.05}


def hooks_of(trainer: Trainer) -> list[Any]:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    found = [hook for each in trainer.model.modules() for kind in kinds for hook in getattr(each, kind).values()]
    inside = trainer.optimizer.optimizer
    found += inside._optimizer_step_pre_hooks.values()
    found += inside._optimizer_step_post_hooks.values()
    return found


@pytest.mark.parametrize("options", [{}, ACCUMULATED, {"bf16": True}], ids=["plain", "accumulated", "bf16"])
def test_that_a_training_is_bit_for_bit_the_same_with_the_callback(tmp_path: Path, options: dict[str, Any]) -> None:
    ends = []
    for callbacks in ([], [CollectorCallback(tmp_path / "run.json", probe=texts(20, 2), interval=2)]):
        trainer = train(tmp_path, a_classifier(), *callbacks, **options)
        ends.append((trainer.losses, trainer.model.state_dict(), torch.get_rng_state()))
        assert hooks_of(trainer) == []

    (plain_losses, plain, plain_chance), (losses, state, chance) = ends
    assert losses == plain_losses
    assert all(torch.equal(state[name], plain[name]) for name in plain)
    assert torch.equal(chance, plain_chance)
    with open_collection(tmp_path / "run.json") as collection:
        assert len(collection.series["loss"]) == 10 // options.get("gradient_accumulation_steps", 1) + len(options) // 2


class Gradients(TrainerCallback):
    """Keeps what the optimizer is given, and what it makes of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.gradients: list[np.ndarray] = []
        self.weights: list[np.ndarray] = []

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, *, model: nn.Module, **given: Any) -> None:
        parameter = model.get_parameter(self.name)
        self.gradients.append(parameter.grad.numpy().copy())
        self.weights.append(parameter.detach().numpy().copy())

    def on_train_end(self, args: Any, state: Any, control: Any, *, model: nn.Module, **given: Any) -> None:
        self.weights.append(model.get_parameter(self.name).detach().numpy().copy())


@pytest.mark.parametrize("options", [{}, ACCUMULATED, {"bf16": True}], ids=["plain", "accumulated", "bf16"])
def test_that_gradients_are_those_that_the_optimizer_is_given(path: Path, options: dict[str, Any]) -> None:
    seen = Gradients("classifier.weight")
    with CollectorCallback(path, interval=1, neuron_cap=0) as callback:
        train(path.parent, a_classifier(), callback, seen, **options)

    with open_collection(path) as collection:
        *passes, end = [one.layers["classifier"] for one in collection.passes]
        assert len(passes) == len(seen.gradients)
        for number, one in enumerate(passes):
            np.testing.assert_array_equal(one.weight_gradient, seen.gradients[number])
            np.testing.assert_array_equal(one.weight, seen.weights[number])
            np.testing.assert_allclose(one.weight_update, seen.weights[number + 1] - seen.weights[number], atol=1e-7)
        np.testing.assert_array_equal(end.weight, seen.weights[-1])
        if "max_grad_norm" in options:
            np.testing.assert_allclose(collection.series["gradient_norm/total"], 0.05, rtol=1e-3)


def step_losses(trainer: Any, n: int, per_epoch: int) -> list[float]:
    """Of each step: the sum of its batches' losses, as their gradients are summed."""
    epochs = [trainer.losses[start : start + per_epoch] for start in range(0, len(trainer.losses), per_epoch)]
    return [sum(epoch[start : start + n]) for epoch in epochs for start in range(0, per_epoch, n)]


@pytest.mark.parametrize("n_accumulated", [1, 2])
@pytest.mark.parametrize(("make", "data"), [(a_classifier, texts), (a_writer, writings)], ids=["per batch", "per word"])
def test_that_each_steps_loss_is_what_it_went_down_on(
    collect: Collect, make: Callable[[], nn.Module], data: Any, n_accumulated: int
) -> None:
    collection, trainer = collect(
        make(), {"probe": None}, data=data, gradient_accumulation_steps=n_accumulated, logging_steps=2
    )

    np.testing.assert_allclose(collection.series["loss"], step_losses(trainer, n_accumulated, 5), rtol=1e-5)
    assert not collection.notes


def test_that_a_dataset_is_a_probe_by_way_of_the_data_collator(collect: Collect) -> None:
    collection, _ = collect(a_classifier())

    held_out = texts(20, 2)[:16]
    assert collection.probe.inputs.tolist() == [each["input_ids"] for each in held_out]
    assert collection.probe.labels.tolist() == [each["label"] for each in held_out]
    assert collection.passes[0].layers["classifier"].activation.shape == (16, 3)
    assert collection.passes[0].logits.shape == (16, 3)


def test_that_the_results_of_an_evaluation_belong_to_the_epoch_before_it(collect: Collect) -> None:
    collection, trainer = collect(a_classifier())

    told = [each for each in trainer.state.log_history if "eval_loss" in each]
    assert [one.metrics for one in collection.epochs] == [{"test_loss": each["eval_loss"]} for each in told]
    assert [one.step for one in collection.epochs] == [5, 10]


def test_that_an_epoch_without_evaluation_has_no_results(collect: Collect) -> None:
    collection, _ = collect(a_classifier(), eval_strategy="no")

    assert [(one.step, one.metrics) for one in collection.epochs] == [(5, {}), (10, {})]


def test_that_an_error_finishes_the_file_and_leaves_no_hook(path: Path) -> None:
    class Failing(Watched):
        def training_step(self, *given: Any, **named: Any) -> Tensor:
            if self.state.global_step == 3:
                raise RuntimeError("of the user's own")
            Failing.last = self
            return super().training_step(*given, **named)

    with pytest.raises(RuntimeError, match="of the user's own"), CollectorCallback(path, interval=2) as callback:
        train(path.parent, a_classifier(), callback, kind=Failing)

    assert hooks_of(Failing.last) == []
    with open_collection(path) as collection:
        assert collection.finished
        assert collection.passes.steps.tolist() == [0, 2, 3]


class Weighted(Watched):
    """Goes down on another loss than the model's."""

    def compute_loss(self, model: nn.Module, inputs: Any, return_outputs: bool = False, **given: Any) -> Any:
        outputs = model(**inputs)
        loss = outputs.loss * 3
        return (loss, outputs) if return_outputs else loss


def test_that_a_loss_that_is_not_the_models_is_told(collect: Collect) -> None:
    with pytest.warns(CollectorWarning, match="not what the Trainer minimises"):
        collection, trainer = collect(a_classifier(), {"probe": None}, kind=Weighted)

    np.testing.assert_allclose(collection.series["loss"] * 3, trainer.losses, rtol=1e-5)


@pytest.mark.parametrize(("logging_steps", "steps"), [(1, range(10)), (5, [4, 9])])
def test_that_a_model_without_a_loss_has_the_trainers_means(collect: Collect, logging_steps: int, steps: Any) -> None:
    with pytest.warns(CollectorWarning, match="logging_steps=1 that is the loss of each step"):
        collection, trainer = collect(
            a_classifier(), {"probe": None}, label_smoothing_factor=0.1, logging_steps=logging_steps
        )

    means = np.reshape(trainer.losses, (-1, logging_steps)).mean(axis=1)
    losses = collection.series["loss"]
    assert np.flatnonzero(np.isfinite(losses)).tolist() == list(steps)
    np.testing.assert_allclose(losses[np.isfinite(losses)], means, rtol=1e-5)


def test_that_a_last_pass_of_the_best_checkpoint_says_so(collect: Collect) -> None:
    collection, trainer = collect(
        a_classifier(), save_strategy="epoch", load_best_model_at_end=True, metric_for_best_model="loss"
    )

    name = Path(trainer.state.best_model_checkpoint).name
    assert f"best checkpoint, {name}" in collection.notes[-1].text
    best = trainer.model.classifier.weight.detach()
    np.testing.assert_array_equal(collection.passes[-1].layers["classifier"].weight, best)


def test_that_a_dataset_that_cannot_be_read_by_number_is_told(collect: Collect) -> None:
    with pytest.warns(CollectorWarning, match="There is no probe.*generator cannot be read by number.*probe="):
        collection, _ = collect(a_classifier(), {"probe": (each for each in texts(20, 2))})

    assert collection.passes[0].layers["classifier"].activation is None
    assert collection.passes[0].layers["classifier"].weight_gradient.any()


def test_that_a_bad_option_is_an_error_where_it_is_written(path: Path) -> None:
    with pytest.raises(TypeError, match="intervall"):
        CollectorCallback(path, intervall=3)


def test_that_an_existing_file_is_an_error_before_the_first_step(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(CollectionError, match="exists"):
        train(path.parent, a_classifier(), CollectorCallback(path))
