"""Makes a collection of weights that were kept, with a pass for each file, without training anything."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras

from collector.capture.checkpoints import Checkpoint, Files, interval_of, listed, placed, record, told
from collector.capture.described_output import describe_output
from collector.capture.options import check_options
from collector.capture.pass_draft import PassDraft
from collector.capture.run_recorder import RunRecorder
from collector.capture.setup_guard import SetupGuard
from collector.capture.targets import Targets
from collector.capture.task_option import check_task
from collector.capture.token_names import TokenNames
from collector.keras.arguments import check_model, describe_training
from collector.keras.forward import Forward, ProbeCall, check_probe_call
from collector.keras.pass_recorder import PassRecorder, Values, arrays
from collector.keras.probe import ProbeRun, describe_probe
from collector.keras.samples import check_samples
from collector.keras.similarity import similarity_recorder
from collector.storage import schema
from collector.storage.errors import CollectionError

ENDINGS = (".keras", ".weights.h5", ".h5")


def from_checkpoints(
    model: keras.Model,
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
        feature_maps=feature_maps,
        feature_samples=feature_samples,
        metrics=(),
    )
    check_probe_call(probe_call)
    kind, token_names = check_task(task), TokenNames(tokenizer)
    inputs, targets = (None, Targets()) if probe is None else check_samples(probe)
    compared = None if similarity is None else check_samples(similarity, "similarity")
    if not model.built:
        raise ValueError(f"{model.name} has no weights yet; build it first, model.build(input_shape), or call it once")
    named, steps = listed(files)
    before = _values(model)
    load = partial(_load, model)
    try:
        found, where = placed([_read(model, each) for each in named] or [Checkpoint(None, None)], steps)
        load(found[0].checkpoint)
        forward, attempt = Forward(model, probe_call), SetupGuard()
        run_on_probe = ProbeRun(forward, inputs, neuron_cap, unit_rule, (feature_maps, feature_samples), targets, kind)
        described = None if inputs is None else describe_probe(inputs, targets, class_names, mean, std)
        if described is not None:
            described.task = schema.Task(kind) if kind else None
            describe_output(described, run_on_probe.chosen.main, targets, token_names)
        similar = None if compared is None else (compared[0], compared[1].classes)
        recorder, not_compared = similarity_recorder(*(forward, similar, 1, similarity_features, None, attempt))
        run = RunRecorder(
            Path(path),
            describe_training(
                *(model, (), {}, dict(about or {})),
                interval=interval_of(found),
                neuron_cap=neuron_cap,
                unit_rule=unit_rule,
            ),
            run_on_probe.plans,
            probe=described,
            flow=run_on_probe.flow,
            similarity=recorder,
            token_names=token_names,
            overwrite=overwrite,
        )
        problem = (
            f"Activations and connections are not recorded: {run_on_probe.problem}" if run_on_probe.problem else ""
        )
        for text in filter(None, (problem, *attempt.failures, *not_compared)):
            run.log.guard.say(text)
        for text in filter(None, (told(found, where), run_on_probe.chosen.told, targets.told)):
            run.log.guard.remark(text)
        record(run, found, _Passes(PassRecorder((), run_on_probe, run.log.guard, has_histograms=True)), load)
    finally:
        for variable, value in before:
            variable.assign(value)


class _Passes:
    """Passes of which the weights' next values are loaded in place of the optimizer's step."""

    def __init__(self, passes: PassRecorder) -> None:
        self._passes = passes
        self._before: Values = {}

    def begin(self) -> PassDraft[int]:
        draft = self._passes.state()
        # What is loaded later is put into the memory of the variables.
        self._before = {key: each.copy() for key, each in arrays(self._passes.weights()).items()}
        return draft

    def end(self, draft: PassDraft[int], *, is_changed: bool) -> None:
        after = arrays(self._passes.weights()) if is_changed else {}
        self._passes.add_step(draft, self._before, after, {}, ())


def _read(model: keras.Model, path: Path) -> Checkpoint:
    """A file whose weights fit the model."""
    if not path.is_file():
        raise CollectionError(path, "no such file.", "Name the files with the weights.")
    if not path.name.endswith(ENDINGS):
        raise CollectionError(path, f"is none of {', '.join(ENDINGS)}.", "Save it by model.save_weights or model.save.")
    found = Checkpoint(path, None)
    _load(model, found)
    return found


def _load(model: keras.Model, checkpoint: Checkpoint) -> None:
    """Of what a file holds, the weights alone: no layer of it is made, so no code of it is run."""
    if checkpoint.path is not None:
        try:
            model.load_weights(checkpoint.path)
        except (OSError, ValueError, KeyError, BadZipFile) as error:
            why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise CollectionError(
                checkpoint.path, f"does not fit {model.name}: {why}", "Give the model that it was saved of."
            ) from None


def _values(model: keras.Model) -> list[tuple[Any, Any]]:
    """Everything that loading may change, and what it is now."""
    optimizer = getattr(model, "optimizer", None)
    variables = [*model.variables, *(() if optimizer is None else optimizer.variables)]
    return [(each, each.numpy().copy()) for each in variables]
