"""An output that does not fit the loss."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding, Severity
from collector.findings.progress import is_harmed, is_poor, n_classes, progress
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule

_WANTS_LOGITS = {
    "LogSoftmax": ("softmax", "sigmoid", "relu"),
    "BinaryCrossEntropyWithLogits": ("softmax", "sigmoid", "relu"),
    "CrossEntropy": ("softmax", "sigmoid", "relu"),
}
_BOUNDED = ("softmax", "sigmoid")
FAR = 2.0


def need(recording: Recording) -> str:
    """What the network says, or what the loss is made of."""
    if recording.collection.losses or any(each.logits is not None for each in recording.snapshots[:1]):
        return ""
    return (
        "neither what the loss is made of nor the network's outputs for a probe were recorded: give collector.log the "
        "loss itself, and Collector(…, probe=…)"
    )


def judge(recording: Recording) -> Iterator[Finding]:
    """The first thing that is wrong, the surest first."""
    for look in (
        _one_softmax,
        _twice,
        _no_probabilities,
        _regression_of_probabilities,
        _ascent,
        _summed,
        _far_from_chance,
    ):
        found = next(look(recording), None)
        if found is not None:
            yield found
            return


def _found(
    recording: Recording,
    severity: Severity,
    title: str,
    why: str,
    cause: tuple[str, str],
    figures: dict[str, float | int | str],
) -> Finding:
    losses = recording.collection.losses
    layer = losses[0].layer if losses and losses[0].layer else _last(recording)
    return RULE.finding(
        severity=severity,
        title=title,
        why=why,
        layers=[layer] if layer else [],
        since=0,
        since_range=(0, 0),
        causes=[Cause(*cause)],
        evidence=[Evidence(tab="network", step=0, layer=layer or None)],
        figures=figures,
    )


def _last(recording: Recording) -> str:
    return next(reversed(recording.layers), "")


def _operations(recording: Recording) -> list[str]:
    return [each.lower() for each in recording.collection.losses[0].operations] if recording.collection.losses else []


def _one_softmax(recording: Recording) -> Iterator[Finding]:
    logits = [each.logits for each in recording.snapshots if each.logits is not None]
    # Keras's logits are those in front of a softmax, whatever that makes of them
    last = recording.layers.get(_last(recording))
    is_of_one = last is not None and last.units == 1 and last.options.get("activation") == "softmax"
    if is_of_one or (logits and all(each.shape[1] == 1 and np.all(each == 1) for each in logits)):
        yield _found(
            recording,
            "critical",
            "The network has one output, which is always 1: a softmax of one value.",
            "Whatever is learnt in front of it, the answer stays the same."
            if is_of_one
            else "Its derivative is zero: no layer learns.",
            ("A softmax over one output.", "Use a sigmoid for one output, or two outputs."),
            {"output": 1.0},
        )


def _twice(recording: Recording) -> Iterator[Finding]:
    """Something bounded in front of a loss that applies its own softmax or sigmoid."""
    operations = _operations(recording)
    for place, operation in enumerate(operations):
        for wants, never in _WANTS_LOGITS.items():
            behind = operations[place + 1 :] if operation == wants.lower() else []
            bad = next((each for each in behind if any(each == word for word in never)), None)
            if bad is not None and not any(each == "log" for each in behind[: behind.index(bad)]):
                yield _found(
                    recording,
                    "warning",
                    f"The loss wants logits and is given what a {bad} gives.",
                    "It applies its own softmax or sigmoid: gradients are small, and some outputs cannot be reached.",
                    (f"A {bad} at the end of the network.", "Leave it out for training."),
                    {"loss": recording.collection.losses[0].operations[0], "before it": bad},
                )
                return


def _no_probabilities(recording: Recording) -> Iterator[Finding]:
    """Nothing that makes probabilities, or something that makes none, in front of a loss that takes their logarithm."""
    operations = _operations(recording)
    n_own = 2 if operations[:2] == ["nllloss", "log"] else operations[:1].count("binarycrossentropy")
    if not n_own or not recording.collection.losses[0].layer:
        return
    given = operations[n_own] if len(operations) > n_own else ""
    if given in ("", "relu", "tanh"):
        yield _found(
            recording,
            "warning",
            f"The loss wants probabilities and is given what a {given or 'layer without a softmax'} gives.",
            "It takes their logarithm: of what is 0 or less there is none, and no gradient.",
            ("The loss is meant to have logits: from_logits=True. Or a softmax is missing.", "The loss's options."),
            {"loss": recording.collection.losses[0].function or operations[0], "before it": given or "nothing"},
        )


def _regression_of_probabilities(recording: Recording) -> Iterator[Finding]:
    operations = _operations(recording)
    if operations[:1] and operations[0] in ("mseloss", "mse", "l1loss", "smoothl1loss", "huberloss"):
        bad = next((each for each in operations if each == "softmax"), None)
        if bad is not None:
            is_slow = (learnt := progress(recording)) is not None and learnt.fell < 0.9
            yield _found(
                recording,
                "warning" if is_slow else "note",
                "A squared error of what a softmax gives.",
                "Where it is sure and wrong, the gradient is nearly zero.",
                ("A loss for regression in a classification.", "Use a cross entropy of the logits."),
                {"loss": recording.collection.losses[0].operations[0]},
            )


def _ascent(recording: Recording) -> Iterator[Finding]:
    """The loss falls and the accuracy falls too, or an optimizer maximizes."""
    for group in recording.groups:
        if group.options.get("maximize") is True and is_harmed(recording):
            yield _found(
                recording,
                "critical",
                f"{group.optimizer} maximizes the loss.",
                "Each step makes it worse.",
                ("maximize=True.", "The optimizer's options."),
                {"maximize": "True"},
            )
            return
    learnt = progress(recording)
    name = next(
        (each for each in ("accuracy", "acc", "train_accuracy", "train_acc") if each in recording.collection.series), ""
    )
    if learnt is None or not name:
        return
    values = recording.scalar(name)[1]
    values = values[np.isfinite(values)]
    classes = n_classes(recording)
    if len(values) < 20 or classes < 2:
        return
    end, chance = float(np.median(values[-max(5, len(values) // 10) :])), 1 / classes
    scale = 100.0 if values.max() > 1.5 else 1.0
    if learnt.last < 0 and learnt.last < learnt.first and end < 0.5 * chance * scale:
        yield _found(
            recording,
            "critical",
            f"The loss falls to {learnt.last:.3g}, and the {name} to {end:.3g}, below chance.",
            "What is made small is not what should be.",
            ("The sign of the loss is wrong.", "What the loss is made of."),
            {"loss": learnt.last, name: end},
        )


def _summed(recording: Recording) -> Iterator[Finding]:
    losses = recording.collection.losses
    if losses and losses[0].reduction == "sum":
        # a cross entropy of grey values never comes near zero, and sums are the custom there (Kingma & Welling 2014)
        has_floor = recording.collection.task.kind == "reconstruction"
        is_wrong = is_harmed(recording) or (is_poor(recording) and not has_floor)
        yield _found(
            recording,
            "warning" if is_wrong else "note",
            "The loss is the sum over the batch, not its mean.",
            "Gradients grow with the size of the batch; the learning rate and any clipping mean something else.",
            ("reduction='sum'.", "Use the mean, or divide by the size of the batch."),
            {"reduction": "sum"},
        )


def _far_from_chance(recording: Recording) -> Iterator[Finding]:
    """A cross entropy that begins far above that of a guess."""
    operations = _operations(recording)
    is_entropy = any(each in ("nllloss", "nllloss2d", "crossentropyloss", "crossentropy") for each in operations[:3])
    classes, (_, values) = n_classes(recording), recording.loss
    logits = recording.snapshots[0].logits if recording.snapshots else None
    if logits is not None:
        classes = logits.shape[1]
    if not is_entropy or classes < 2 or len(values) < 5 or not np.isfinite(values[0]):
        return
    times = float(values[0] / np.log(classes))
    if times > 2 * FAR and is_harmed(recording):
        yield _found(
            recording,
            "warning",
            f"The loss begins at {values[0]:.3g}, {times:.3g} times that of a guess among {classes} classes.",
            "The first outputs are large and wrong: much of the run goes into taking them back.",
            ("Weights or inputs are too large, or labels are shifted.", "The logits at step 0."),
            {"loss at step 0": float(values[0]), "of a guess": float(np.log(classes))},
        )


RULE = Rule(
    name="output-mismatch",
    title="An output that does not fit the loss",
    judge=judge,
    needs=(need,),
    formula="the operations between the loss and the last layer; outputs for the probe; first loss ÷ ln C",
    threshold="a softmax, sigmoid or ReLU in front of a loss that wants logits; one output that is always 1; a squared "
    "error of probabilities; a summed loss that does not fall; a first loss of 4 ln C that does not fall",
    source="the graph of the gradient says it; UMLAUT (Schoop et al. 2021) for first loss and outputs",
    stays_silent="class weights, smoothing, a pretrained start: where the loss falls",
    explains=NOT_LEARNING
    | {
        "constant-output",
        "no-gradient",
        "vanishing-gradient",
        "update-too-small",
        "learning-rate-too-low",
        "dead-units",
        "not-updated",
        "update-too-large",
        "learning-rate-too-high",
        "diverging-loss",
        "exploding-gradient",
        "saturated-units",
        "representation-collapse",
        "class-imbalance",
        "bad-initialization",
    },
)
RULES = (RULE,)
