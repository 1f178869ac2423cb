"""What is seen of a model before its training begins: its layers, how the probe runs through it, and what is odd."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from torch import nn

from collector.capture.feature_maps import choose_maps
from collector.capture.flow import NOT_FOLLOWED
from collector.capture.setup_guard import SetupGuard
from collector.pytorch.disabled_hooks import unheard_hooks
from collector.pytorch.flow_tracing import FlowTracing
from collector.pytorch.layers import device_of
from collector.pytorch.logits import logits_of
from collector.pytorch.modules import modules_of
from collector.pytorch.plan import LayerPlan, leave_out_last, plan_layers
from collector.pytorch.preserved_state import why_not_run
from collector.pytorch.probe import check_probe, describe_probe, left_out, not_finite_in
from collector.pytorch.probe_options import ProbeOptions
from collector.pytorch.sample_axes import looks_swapped, settled, with_axes
from collector.pytorch.samples import Samples
from collector.pytorch.targets import Targets, targets_of
from collector.pytorch.trace import Call, trace
from collector.storage import schema


@dataclass
class ModelInspection:
    """A model before its training.

    Attributes:
        inputs: the probe, on the model's device; None where there is none that the model can run on.
        targets: of the probe.
        options: how the model is run on samples, with the axis that its modules take for theirs.
        probe: the probe as the file has it.
        flow: the way of the data; None where it cannot be told.
        problem: why the model does not run on the probe; empty where it does.
        has_no_logits: whether nothing that the model gives counts as logits.
        warnings, remarks: sentences for the file; of the warnings the user hears, too.
    """

    inputs: Samples | None = None
    targets: Targets = field(default_factory=Targets)
    options: ProbeOptions = field(default_factory=ProbeOptions)
    probe: schema.Probe | None = None
    plans: list[LayerPlan] = field(default_factory=list)
    flow: list[schema.FlowNode] | None = None
    problem: str = ""
    has_no_logits: bool = False
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
        if inputs is not None and inputs.axis != given.axis:
            given = replace(given, axis=inputs.axis, time_axis=inputs.time_axis)
            targets = targets_of(targets.given, len(given), given.first_axis)
        inspection.targets = targets.copied()
        nothing: tuple[schema.Probe | None, str] = None, ""
        inspection.probe, told = attempt(
            "describing the probe", lambda: describe_probe(given, targets, class_names, mean, std), nothing
        )
        inspection.remarks += [*left_out(given), *targets.told, *filter(None, [told])]
        inspection.warnings += attempt("looking for NaN or Inf in the probe", lambda: not_finite_in(given), [])
        inspection.inputs = inputs
        if inputs is None:
            inspection.problem = "the probe could not be copied to where the model is"
        else:
            calls = _run(model, inputs, inspection)
    no_calls = inspection.problem or ("" if inspection.inputs is not None else "there is no probe")
    inspection.plans = attempt(
        "looking at the layers", lambda: plan_layers(model, calls, neuron_cap, unit_rule, no_calls=no_calls), []
    )
    if inspection.inputs is not None:
        n_samples = len(inspection.inputs)
        if inspection.has_no_logits:
            attempt("looking at the last layer", lambda: leave_out_last(inspection.plans, calls, n_samples), None)
        attempt(
            "choosing feature maps",
            lambda: choose_maps(inspection.plans, feature_maps, n_samples, feature_samples),
            None,
        )
    return inspection


def _settle(model: nn.Module, inputs: Samples, targets: Targets, inspection: ModelInspection) -> Samples:
    """The samples along the axis that the model's modules take for theirs."""
    try:
        inputs, warning, remark = settled(model, inputs, targets.n_labels)
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
        logits, told = logits_of(inputs.rows(outputs[0]), len(inputs))
    except Exception as error:  # noqa: BLE001 - the model is the user's, and may well learn without a probe
        inspection.inputs, inspection.problem = None, why_not_run(error, "the probe", model, inputs.call)
        inspection.warnings.append(f"Activations and connections are not recorded: {inspection.problem}")
        return {}
    inspection.inputs = inputs
    if inspection.targets.given is None:
        inspection.warnings += filter(None, [looks_swapped(inputs, outputs[0])])
    inspection.flow, inspection.has_no_logits = flow.nodes, logits is None
    inspection.remarks += filter(None, [told])
    inspection.warnings += [NOT_FOLLOWED.format(flow.problem)] if flow.problem else []
    inspection.remarks += filter(None, [unheard_hooks(modules_of(model))])
    return calls
