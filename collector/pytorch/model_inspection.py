"""What is seen of a model before its training begins: its layers, how the probe runs through it, and what is odd."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

from torch import nn

from collector.capture.described_output import describe_output
from collector.capture.feature_maps import choose_maps
from collector.capture.flow import NOT_FOLLOWED
from collector.capture.network_output import NetworkOutput
from collector.capture.sequences import choose_sequences
from collector.capture.setup_guard import SetupGuard
from collector.capture.targets import Targets
from collector.capture.token_names import TokenNames
from collector.pytorch.disabled_hooks import unheard_hooks
from collector.pytorch.flow_tracing import FlowTracing
from collector.pytorch.layers import device_of
from collector.pytorch.modules import modules_of
from collector.pytorch.network_output import OutputRecorder
from collector.pytorch.pass_arrays import run_probe
from collector.pytorch.pass_draft import PassDraft
from collector.pytorch.plan import LayerPlan, is_too_large, leave_out_last, plan_layers
from collector.pytorch.preserved_state import NotRunError, preserved_state, why_not_run
from collector.pytorch.probe import check_probe, describe_probe, left_out, not_finite_in
from collector.pytorch.probe_losses import ProbeLosses
from collector.pytorch.probe_options import Loss, ProbeOptions
from collector.pytorch.sample_axes import looks_swapped, settled, with_axes
from collector.pytorch.sample_graphs import as_graphs, has_row_for_each
from collector.pytorch.samples import Samples
from collector.pytorch.target_forms import targets_in, targets_on
from collector.pytorch.token_task import token_task
from collector.pytorch.trace import Call, trace
from collector.storage import schema

OF_ANY_SIZE = "The network's output, of another size for each sample, is not in the file."


@dataclass
class ModelInspection:
    """A model before its training.

    Attributes:
        inputs: the probe, on the model's device; None where there is none that the model can run on.
        options: how the model is run on samples, with the axis that its modules take for theirs.
        output: keeps what the model gives for the probe.
        losses: computes losses of that.
        made: what the model gives for the probe before its training.
        token_names: texts of tokens.
        probe: the probe as the file has it.
        flow: the way of the data; None where it cannot be told.
        chosen: what is kept of what the model gives.
        problem: why the model does not run on the probe; empty where it does.
        warnings, remarks: sentences for the file; of the warnings the user hears, too.
    """

    inputs: Samples | None = None
    options: ProbeOptions = field(default_factory=ProbeOptions)
    output: OutputRecorder | None = None
    token_names: TokenNames = field(default_factory=TokenNames)
    probe: schema.Probe | None = None
    plans: list[LayerPlan] = field(default_factory=list)
    flow: list[schema.FlowNode] | None = None
    problem: str = ""
    losses: ProbeLosses | None = None
    made: Any = None
    chosen: NetworkOutput = field(default_factory=lambda: NetworkOutput(None))
    warnings: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def inspect_model(
    model: nn.Module,
    probe: Any,
    attempt: SetupGuard,
    options: ProbeOptions,
    *,
    neuron_cap: int,
    unit_rule: str,
    class_names: Sequence[str],
    mean: Sequence[float],
    std: Sequence[float],
    feature_maps: str,
    feature_samples: int | None,
    task: str = "",
    tokenizer: Any = None,
) -> ModelInspection:
    """Run the probe through the model and plan what is kept of its layers.

    Raises:
        ValueError: the probe is none.
    """
    inspection, calls = ModelInspection(options=options), dict[str, Call]()
    if probe is not None:
        given, targets = check_probe(probe, model, options)
        inputs = attempt("copying the probe", lambda: given.copied().to(device_of(model)), None)
        if inputs is not None and options.sample_axis is None:
            inputs = _settle(model, inputs, targets, inspection)
        if inputs is not None and (inputs.axis, inputs.n_graphs) != (given.axis, given.n_graphs):
            given = replace(inputs, args=given.args, kwargs=given.kwargs)
            targets = targets_in(probe[1], len(given), given.first_axis)
        targets, kind, told_by = token_task(model, given, targets, task)
        inspection.token_names = TokenNames(tokenizer)
        nothing: tuple[schema.Probe | None, str] = None, ""
        inspection.probe, told = attempt(
            "describing the probe", lambda: describe_probe(given, targets, class_names, mean, std), nothing
        )
        inspection.remarks += [*left_out(given), *filter(None, [told, targets.told])]
        inspection.warnings += attempt("looking for NaN or Inf in the probe", lambda: not_finite_in(given), [])
        inspection.inputs = inputs
        if inputs is None:
            inspection.problem = "the probe could not be copied to where the model is"
        else:
            inspection.output = OutputRecorder(inputs, targets, kind)
            calls = _run(model, inputs, inspection)
            if inspection.inputs is not None and probe[1] is None:
                inspection.warnings += filter(None, [looks_swapped(inspection.inputs, inspection.made)])
        if inspection.probe is not None:
            attempt(
                "describing the task", lambda: _describe_task(inspection, targets, schema.Task(kind, told_by)), None
            )
    no_calls = inspection.problem or ("" if inspection.inputs is not None else "there is no probe")
    inspection.plans = attempt(
        "looking at the layers", lambda: plan_layers(model, calls, neuron_cap, unit_rule, no_calls=no_calls), []
    )
    if inspection.inputs is not None:
        n_samples = len(inspection.inputs)
        has_loss = options.loss is not None
        attempt("looking at the last layer", lambda: _leave_out_last(model, inspection, calls, has_loss=has_loss), None)
        if options.loss is not None:
            _compute_losses(options.loss, probe[1], inspection)
        attempt(
            "choosing feature maps",
            lambda: choose_maps(inspection.plans, feature_maps, n_samples, feature_samples),
            None,
        )
        attempt(
            "choosing sequences",
            lambda: choose_sequences(inspection.plans, feature_maps, n_samples, feature_samples),
            None,
        )
    return inspection


def _compute_losses(loss: Loss, targets: Any, inspection: ModelInspection) -> None:
    """See whether a loss can be computed of what the model gives."""
    inputs = inspection.inputs
    assert inputs is not None
    if any(plan.cut is not None or plan.is_not_run for plan in inspection.plans):
        inspection.remarks.append("No losses of the probe are recorded: passes do not compute all of the output.")
        return
    try:
        own = targets_on(targets, inputs.first.device)
        inspection.losses = ProbeLosses(loss, own, inputs, inspection.made)
    except Exception as error:  # noqa: BLE001 - the loss is the user's
        reason = f"{error}" if isinstance(error, NotRunError) else f"{type(error).__name__}: {error}"
        inspection.warnings.append(
            f"No losses of the probe are recorded: loss, of the model's output and the probe's targets, gave {reason}. "
            "The targets are those of probe=(inputs, targets)."
        )
        return
    inspection.remarks += filter(None, [inspection.losses.told])


def _settle(model: nn.Module, inputs: Samples, targets: Targets, inspection: ModelInspection) -> Samples:
    """The samples along the axis that the model's modules take for theirs."""
    try:
        is_free = targets.classes is None and targets.values is None
        if is_free and (graphs := as_graphs(inputs, model)) is not None:
            with preserved_state(model):
                is_of_graphs = has_row_for_each(graphs, inputs.run(model))
            return graphs if is_of_graphs else inputs
        inputs, warning, remark = settled(model, inputs, targets)
    except Exception:  # noqa: BLE001 - what the model cannot do it cannot do when it is looked at closely either
        return inputs
    inspection.warnings += filter(None, [warning])
    inspection.remarks += filter(None, [remark])
    inspection.options = replace(inspection.options, sample_axis=inputs.axis, time_axis=inputs.time_axis)
    return inputs


def _run(model: nn.Module, inputs: Samples, inspection: ModelInspection) -> dict[str, Call]:
    """What each layer does on the probe; the data flow, or why there is none."""
    try:
        inputs = with_axes(model, inputs)
        flow = FlowTracing(model, inputs)
        outputs: list[Any] = []
        calls = trace(model, inputs, flow, inspection.remarks.append, outputs.append)
        assert inspection.output is not None
        inspection.chosen = inspection.output.choose(inputs.rows(outputs[0]))
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without a probe
        inspection.inputs, inspection.problem = None, "the model could not run on the probe, as a note says"
        why = why_not_run(error, "the probe", model, inputs.call)
        inspection.warnings.append(f"Activations and connections are not recorded: {why}")
        return {}
    inspection.inputs, inspection.flow = inputs, flow.nodes
    inspection.made = outputs[0]
    is_of_lists = inputs.is_list and inspection.chosen.main is None
    inspection.remarks += filter(None, [OF_ANY_SIZE if is_of_lists else inspection.chosen.told])
    inspection.warnings += [NOT_FOLLOWED.format(flow.problem)] if flow.problem else []
    inspection.remarks += filter(None, [unheard_hooks(modules_of(model))])
    return calls


def _describe_task(inspection: ModelInspection, targets: Targets, task: schema.Task) -> None:
    """What the header says of the outputs, and the texts of the tokens in the probe."""
    probe = inspection.probe
    assert probe is not None
    probe.task = task if task.kind else None
    describe_output(probe, inspection.chosen.main, targets, inspection.token_names)


def _leave_out_last(model: nn.Module, inspection: ModelInspection, calls: dict[str, Call], *, has_loss: bool) -> None:
    """Passes compute no more of a very large output than they keep, as far as the model lets them."""
    inputs, output = inspection.inputs, inspection.output
    assert inputs is not None and output is not None
    leave_out_last(inspection.plans, calls, len(inputs), inspection.chosen.main, has_loss=has_loss)
    cut, main = next((plan for plan in inspection.plans if plan.cut is not None), None), inspection.chosen.main
    if cut is None or cut.cut is None or main is None:
        return
    whole = copy(output)
    output.cut(*cut.cut)
    draft = PassDraft({plan.name: schema.LayerRecord() for plan in inspection.plans})
    try:
        run_probe(model, inputs, inspection.plans, draft, output)
    except Exception:  # noqa: BLE001 - the model counts on all that it is given
        draft.token_logits = None
    if draft.token_logits is not None:
        return
    cut.cut = None
    if is_too_large(prod(main.shape)):
        cut.is_not_run = True
        inspection.remarks.append("No logits are recorded: the network's output is too large for the probe.")
    else:
        inspection.output = whole
        del cut.not_recorded["activation"]
