"""What rules need, and what has to be recorded where it is not there."""

from collector.findings.progress import has_moving_target, has_opponents
from collector.findings.recording import Recording
from collector.findings.rule import Need

DYNAMICS = "record gradients at the steps: Collector(…, insight=InsightOptions(interval=10)), which is the default"


_NOT_OF_KERAS = {
    "carried_gradient_norm": "Keras makes the gradients of each step anew, so that none can be left over",
    "half_batch_cosine": "gradients of half batches are not recorded of Keras trainings",
    "unclipped_gradient_norm": "no optimizer of this training clips: none has clipnorm, global_clipnorm or clipvalue",
    "not_finite_forward": "of Keras trainings only the activations of the probe are looked at",
}
"""Metric → why a training with Keras has none."""


def is_keras(recording: Recording) -> bool:
    """Whether the training was one with Keras."""
    return recording.collection.run.framework.startswith("keras")


def metric(name: str, *, least_layers: int = 1) -> Need:
    """A metric of layers, as ``gradient_norm``."""

    def need(recording: Recording) -> str:
        n = len(recording.table(name).layers)
        if n >= least_layers:
            return ""
        if n:
            return f"{least_layers} layers with a {name.replace('_', ' ')} are needed, of which this network has {n}"
        return f"there is no {name}/LAYER{several}: {DYNAMICS}"

    several = f" of {least_layers} layers or more" if least_layers > 1 else ""
    need.__doc__ = f"`{name}`{several or ' of a layer with parameters'}."
    return need


def measured(*names: str, least_layers: int = 1) -> Need:
    """At least one of these metrics, of any layers, whether or not they have parameters."""

    def need(recording: Recording) -> str:
        if any(len(recording.metrics.get(name, ())) >= least_layers for name in names):
            return ""
        why = next((_NOT_OF_KERAS[name] for name in names if name in _NOT_OF_KERAS), "")
        return why if why and is_keras(recording) else f"there is no {' or '.join(f'{name}/LAYER' for name in names)}"

    need.__doc__ = f"{' or '.join(f'`{name}`' for name in names)}."
    return need


def loss(recording: Recording) -> str:
    """The training loss at the steps."""
    if len(recording.loss[0]) >= 20:
        return ""
    if recording.loss_name:
        return "the training loss was logged at fewer than 20 steps"
    return "no training loss was logged: collector.log(loss=loss) after each step"


def units(name: str, activation: str) -> Need:
    """A share of units, of any layer whose activation may be in that state."""

    def need(recording: Recording) -> str:
        if recording.has(name):
            return ""
        if not len(recording.collection.passes):
            why = "there are no passes"
        elif recording.collection.probe is None:
            why = "there is no probe, Collector(…, probe=…)"
        else:
            why = f"none has {activation} behind it"
        return f"no layer's units could be followed: {why}"

    need.__doc__ = f"`{name}` of a layer that feeds {activation}."
    return need


def loss_that_should_fall(recording: Recording) -> str:
    """The training loss, of a training in which it is meant to fall."""
    if why := loss(recording):
        return why
    if has_opponents(recording):
        return "several optimizers train at once, as in a GAN: their losses need not fall"
    if has_moving_target(recording):
        return "rewards were logged: in reinforcement learning the loss need not fall"
    return ""


def passes(recording: Recording) -> str:
    """Two passes or more."""
    if len(recording.collection.passes) < 2:
        return "there are fewer than two passes: a smaller interval"
    return "" if len(recording.snapshots) > 1 else "there are fewer than two passes that can be read"


def logits(recording: Recording) -> str:
    """What the network says of the probe, at two passes or more."""
    if why := passes(recording):
        return why
    first = recording.snapshots[0].logits
    if first is None and recording.collection.task.kind in ("tokens", "segmentation", "reconstruction", "values"):
        return "the network's outputs are not one row of numbers for each sample"
    return "" if first is not None else "the network's outputs for a probe were not recorded: Collector(…, probe=…)"


def optimizers(recording: Recording) -> str:
    """Which parameters an optimizer has."""
    if recording.collection.optimizers:
        return ""
    return "which parameters are in an optimizer is not in this file: it was imported, or an earlier Strobe recorded it"


def loss_graph(recording: Recording) -> str:
    """What the loss is made of."""
    if recording.collection.losses:
        return ""
    if is_keras(recording):
        return "what the loss is made of is not known: compile the model with one loss, and let `train_step` use it"
    return "what the loss is made of is not known: give collector.log the loss itself, not loss.item()"


def rates(recording: Recording) -> str:
    """A learning rate."""
    return "" if recording.rates else "no learning rate was recorded"
