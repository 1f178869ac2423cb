"""Makes a collection of weights that were kept, with a pass for each file, without training anything."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from collector.capture.checkpoints import Checkpoint, Files, Placed, interval_of, listed, placed, record, told
from collector.capture.options import check_options
from collector.capture.run_description import describe_run
from collector.capture.run_recorder import RunRecorder
from collector.capture.setup_guard import SetupGuard
from collector.capture.task_option import check_task
from collector.capture.token_names import check_tokenizer
from collector.pytorch.arguments import check_model
from collector.pytorch.checkpoint_files import read_checkpoint
from collector.pytorch.environment import environment
from collector.pytorch.fitted_weights import fitted
from collector.pytorch.layers import class_of, unwrapped
from collector.pytorch.model_inspection import inspect_model
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.pass_recorder import PassRecorder
from collector.pytorch.probe_options import Loss, ProbeCall, ProbeOptions, SampleAxis
from collector.pytorch.similarity import similarity_recorder
from collector.pytorch.weight_copies import WeightCopies


class _NoOptimizer:
    """What a pass asks of the optimizer's hooks, where there is none: the next file is loaded in place of a step."""

    waiting: Sequence[Tensor] = ()
    state: Mapping[Tensor, Any] = {}

    def weights_after(self, parameters: Sequence[Tensor]) -> Sequence[Tensor]:
        return parameters


class _Passes:
    """Passes of which the weights' next values are loaded in place of the optimizer's step."""

    def __init__(self, passes: PassRecorder, copies: WeightCopies) -> None:
        self._passes, self._copies = passes, copies

    def begin(self) -> PassDraft:
        self._copies.begin_step()
        return self._passes.before_step(has_gradients=False)

    def end(self, draft: PassDraft, *, is_changed: bool) -> None:
        draft.before = draft.before if is_changed else {}
        finish = self._passes.after_step(draft)
        draft.host_copy.fetch()
        finish()


def from_checkpoints(
    model: nn.Module,
    files: Files = (),
    path: Path | str = "checkpoints.json",
    *,
    probe: tuple[Any, Any] | None = None,
    similarity: tuple[Any, Any] | None = None,
    similarity_features: int = 128,
    neuron_cap: int = 24,
    unit_rule: str = "spread",
    class_names: Sequence[str] = (),
    mean: Sequence[float] = (),
    std: Sequence[float] = (),
    feature_maps: str = "ends",
    feature_samples: int | None = None,
    task: str | None = None,
    tokenizer: Any = None,
    overwrite: bool = False,
    about: Mapping[str, Any] | None = None,
    probe_call: ProbeCall | None = None,
    sample_axis: SampleAxis | None = None,
    time_axis: int | None = None,
    loss: Loss | None = None,
) -> None:
    """A pass for each file: weights, the change to the next, activations, predictions, similarities.

    See `collector.from_checkpoints`.
    """
    check_model(model)
    check_options(
        path=path,
        interval=1,
        neuron_cap=neuron_cap,
        unit_rule=unit_rule,
        insight=None,
        similarity_interval=1,
        similarity_features=similarity_features,
        budget=None,
        metrics=(),
        feature_maps=feature_maps,
        feature_samples=feature_samples,
    )
    kind, options = check_task(task), ProbeOptions(probe_call, sample_axis, time_axis, loss)
    check_tokenizer(tokenizer)
    model = unwrapped(model)
    named, steps = listed(files)
    found, where = placed([_read(model, each) for each in named] or [Checkpoint(None, {})], steps)
    before = {name: each.clone() if isinstance(each, Tensor) else each for name, each in model.state_dict().items()}
    load = partial(_load, model)
    try:
        load(found[0].checkpoint)
        attempt = SetupGuard()
        inspection = inspect_model(
            *(model, probe, attempt, options),
            neuron_cap=neuron_cap,
            unit_rule=unit_rule,
            class_names=class_names,
            mean=mean,
            std=std,
            feature_maps=feature_maps,
            feature_samples=feature_samples,
            task=kind,
            tokenizer=tokenizer,
        )
        compared, not_compared = similarity_recorder(
            *(model, similarity, 1, similarity_features, None, attempt, inspection.options)
        )
        run = RunRecorder(
            Path(path),
            describe_run(
                dict(about or {}),
                interval=interval_of(found),
                neuron_cap=neuron_cap,
                unit_rule=unit_rule,
                framework=f"torch {torch.__version__}",
                model=class_of(model).__name__,
                environment=environment(model),
            ),
            inspection.plans,
            probe=inspection.probe,
            flow=inspection.flow,
            similarity=compared,
            token_names=inspection.token_names,
            overwrite=overwrite,
        )
        for text in filter(None, (*attempt.failures, *inspection.warnings, *not_compared)):
            run.log.guard.say(text)
        for text in (told(found, where), *inspection.remarks, *_without_a_place(model, found)):
            run.log.guard.remark(text)
        copies = WeightCopies()
        passes = PassRecorder(
            *(model, _NoOptimizer(), inspection.plans, inspection.inputs, run.log.guard, copies),  # type: ignore[arg-type]
            output=inspection.output,
            losses=inspection.losses,
        )
        record(run, found, _Passes(passes, copies), load)
    finally:
        model.load_state_dict(before)


def _read(model: nn.Module, path: Path) -> Checkpoint:
    """What a file holds, which fits the model."""
    found = read_checkpoint(path)
    fitted(model, found.weights, path)
    return found


def _load(model: nn.Module, checkpoint: Checkpoint) -> None:
    if checkpoint.path is not None:
        weights, _ = fitted(model, checkpoint.weights, checkpoint.path)
        model.load_state_dict(weights, strict=False)  # of tied weights one is there


def _without_a_place(model: nn.Module, found: Sequence[Placed]) -> list[str]:
    first = found[0].checkpoint
    left = [] if first.path is None else fitted(model, first.weights, first.path)[1]
    if not left:
        return []
    return [f"The files hold {len(left):,} weights that the model has no place for, as {left[0]}."]
