"""NaN and Inf: where they arose, in which step, and whether the training outlived them."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule
from collector.findings.rules.inputs import named_input
from collector.storage.blocks import MAX_COUNT
from collector.storage.schema import OriginRecord, number

_PHASES = (
    # in the order of a step: metric, whether the layer nearest the input is the cause, what it is of
    (("not_finite_input",), True, "input", "the training's input"),
    (("not_finite_forward", "not_finite_activation"), True, "forward", "the output"),
    (("nan", "plus_inf", "minus_inf"), False, "backward", "the gradient"),
    (("not_finite_update",), True, "update", "the update"),
    (("not_finite_weight",), True, "update", "the weights"),
)


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding: the first step, and where in it."""
    found = _from_origin(recording) or _from_series(recording)
    if found is not None:
        yield found


def _from_origin(recording: Recording) -> Finding | None:
    origins = [each for each in recording.collection.origins if not each.skipped]
    if not origins:
        return None
    first = min(origins, key=lambda each: each.step)
    count = first.nan + first.plus_inf + first.minus_inf
    kinds = [
        f"{n:,} {word}" for n, word in ((first.nan, "NaN"), (first.plus_inf, "+Inf"), (first.minus_inf, "−Inf")) if n
    ]
    what = {
        "input": f"The training's input{named_input(first.name)} holds",
        "forward": f"{layer_words(first.name)} gives",
        "loss": "The loss is",
        "backward": f"The backward pass through {layer_words(first.name)} gives",
        "update": f"The optimizer's update of {layer_words(first.name)} gives",
    }[first.phase]
    layers = _places(recording, first.name)
    figures: dict[str, float | int | str] = {"values": count, "phase": first.phase}
    if (largest := number(first.largest)) is not None:
        figures["largest finite value beside them"] = largest
    if (largest_input := number(first.largest_input)) is not None:
        figures["largest value of its input"] = largest_input
    return RULE.finding(
        severity=_severity(recording, first.step),
        title=f"{what} {' and '.join(kinds) or 'values that are not finite'} at step {first.step:,}.",
        why=first.text or _why(recording, first.step),
        layers=layers,
        since=first.step,
        since_range=(first.step, first.step),
        until=_until(recording, first.step),
        causes=_causes(first),
        evidence=[Evidence(tab="gradients", step=first.step, layer=layers[0] if layers else None)],
        figures=figures,
    )


def _places(recording: Recording, name: str) -> list[str]:
    """The layers that a module or parameter is, holds, or belongs to; else the module itself."""
    layers = recording.collection.layers
    if name in layers:
        return [name]
    inside = [each for each in layers if each.startswith(f"{name}.")]
    around = recording.layer_of(name)
    return inside or ([around] if around else [name] if name in recording.modules else [])


def _causes(first: OriginRecord) -> list[Cause]:
    match first.phase:
        case "input":
            return [Cause("A sample in the data is not finite.", "Look for NaN and Inf in the batch of this step.")]
        case "backward":
            return [
                Cause(
                    "A derivative without a finite value, as of sqrt or log at 0, of a norm of zeros, or of a masked "
                    "branch of where.",
                    "Look at what this module computes for values near zero.",
                )
            ]
        case "update":
            return [Cause("The step is too large, or the optimizer divides by zero.", "Its rate and its eps.")]
    return [
        Cause("An overflow: values too large for the number format.", "The largest value of the module's input."),
        Cause("A logarithm, division or root of a value that must not be there.", "What the module computes."),
    ]


def _from_series(recording: Recording) -> Finding | None:
    """Of what was looked at at passes and followed steps; steps between them are not known."""
    firsts: list[tuple[int, int, int, str, str]] = []
    order = {name: place for place, name in enumerate(recording.collection.layers)}
    for phase, (metrics, is_nearest_input, _, _) in enumerate(_PHASES):
        for metric in metrics:
            for layer in recording.metrics.get(metric, ()):
                if layer == "total":
                    continue
                steps, counts = recording.scalar(f"{metric}/{layer}")
                bad = np.flatnonzero(counts > 0)
                if len(bad):
                    place = order.get(layer, len(order))
                    firsts.append((int(steps[bad[0]]), phase, place if is_nearest_input else -place, layer, metric))
    loss_step = _first_loss(recording)
    if not firsts:
        return _of_loss(recording, loss_step) if loss_step is not None else None
    step, phase, _, layer, metric = min(firsts)
    if loss_step is not None and loss_step < step:
        return _of_loss(recording, loss_step)
    _, _, word, what = _PHASES[phase]
    total = sum(
        counts[steps == step].sum()
        for name in _PHASES[phase][0]
        for steps, counts in [recording.scalar(f"{name}/{layer}")]
    )
    layers = [layer] if layer in recording.collection.layers else []
    of = f"{what} of {layer_words(layer)}" if layers else f"{what}{named_input(layer)}"
    affected = {other for when, _, _, other, _ in firsts if other != layer and when >= step and other in order}
    return RULE.finding(
        severity=_severity(recording, step),
        title=f"{of[0].upper()}{of[1:]} is not finite at step {step:,}: {total:,.0f} values.",
        why=_why(recording, step),
        layers=layers,
        affected=sorted(affected, key=order.__getitem__),
        since=step,
        since_range=_range(recording, step, word),
        until=_until(recording, step),
        causes=[Cause("An overflow, a division by zero, or the data.", "The first place in the order of the step.")],
        evidence=[
            Evidence(tab="gradients", step=step, layer=layers[0] if layers else None, series=f"{metric}/{layer}")
        ],
        figures={"values": int(np.clip(np.nan_to_num(total), 0, MAX_COUNT)), "phase": word},
    )


def _first_loss(recording: Recording) -> int | None:
    steps, values = recording.loss
    bad = np.flatnonzero(~np.isfinite(values))
    return int(steps[bad[0]]) if len(bad) else None


def _of_loss(recording: Recording, step: int) -> Finding:
    return RULE.finding(
        severity=_severity(recording, step),
        title=f"The loss is not finite at step {step:,}.",
        why="Where it arose was not looked at in this step.",
        since=step,
        since_range=(step, step),
        until=_until(recording, step),
        evidence=[Evidence(tab="timeline", step=step, series=recording.loss_name)],
        figures={"phase": "loss"},
    )


def _range(recording: Recording, step: int, phase: str) -> tuple[int, int]:
    if phase == "input":
        return step, step
    steps = recording.table("gradient_norm").steps
    before = steps[steps < step]
    return (int(before[-1]) if len(before) else step), step


def _last_bad(recording: Recording) -> int:
    """The last step at which the loss or anything of the weights is known to be not finite."""
    last = -1
    steps, values = recording.loss
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        last = int(steps[bad[-1]])
    for metric in ("not_finite_weight", "nan"):
        for layer in recording.metrics.get(metric, ()):
            steps, counts = recording.scalar(f"{metric}/{layer}")
            bad = np.flatnonzero(counts > 0)
            if len(bad):
                last = max(last, int(steps[bad[-1]]))
    return last


def _until(recording: Recording, step: int) -> int | None:
    last = max(step, _last_bad(recording))
    steps, values = recording.loss
    is_over = len(steps) and steps[-1] > last and bool(np.isfinite(values[-1]))
    return last if is_over else None


def _severity(recording: Recording, step: int) -> str:
    """Critical where it lasts; a warning where the weights outlived it."""
    return "critical" if _until(recording, step) is None else "warning"


def _why(recording: Recording, step: int) -> str:
    if _until(recording, step) is None:
        return "Nothing is learnt from then on."
    return "The training outlived it."


RULE = Rule(
    name="not-finite",
    title="NaN or ±Inf in input, activation, loss, gradient, weight or update, and where it arose",
    judge=judge,
    formula="number of values that are NaN or Inf, in the order of a step: input, forward, loss, backward, update",
    threshold="one value",
    source="by definition; the order is that in which a step computes",
    stays_silent="steps that a gradient scaler skips; masks of −∞ before a softmax, whose output is finite",
    explains=NOT_LEARNING
    | {
        "exploding-gradient",
        "loss-spike",
        "diverging-loss",
        "constant-output",
        "dead-units",
        "not-updated",
        "no-gradient",
        "update-too-large",
        "learning-rate-too-high",
        "representation-collapse",
        "overfitting",
        "skipped-steps",
        "class-imbalance",
    },
)
RULES = (RULE,)
