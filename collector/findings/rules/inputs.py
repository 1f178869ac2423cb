"""Inputs of a size that no initialization is made for."""

from collections.abc import Collection, Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.progress import gets_somewhere, has_learnt_nothing, is_harmed, progress
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule

MEAN = 3.0
WIDE = 10.0
NARROW = 0.05


def need(recording: Recording) -> str:
    """What the network is given."""
    probe = recording.collection.probe
    if recording.has("input_std") or (probe is not None and not probe.whole_numbers):
        return ""
    if probe is not None:
        return "the network is given whole numbers, as those of words: they have no scale"
    return "what the network is given was not recorded: Collector(…, probe=…)"


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding for the first argument that is out of scale."""
    for name, mean, std, low, high in _inputs(recording):
        problem = ""
        if std == 0 or not np.isfinite([mean, std]).all():
            continue
        if std > WIDE:
            problem = f"reach from {low:.3g} to {high:.3g} (standard deviation {std:.3g})"
        elif std < NARROW:
            problem = f"hardly differ (standard deviation {std:.2g})"
        elif abs(mean) > MEAN * std:
            problem = f"lie around {mean:.3g}, {abs(mean) / std:.3g} standard deviations from 0"
        if problem:
            # small ones are learnt from well enough where few are not zero, as of a bag of words
            is_harmless = gets_somewhere(recording) or (
                progress(recording) is not None and not (is_harmed(recording) or has_learnt_nothing(recording))
            )
            first = next(iter(recording.layers), "")
            yield RULE.finding(
                severity="note" if std < NARROW and is_harmless else "warning",
                title=f"The inputs{named_input(name)} {problem}.",
                why="Weights are initialized for inputs around 0 with a standard deviation of about 1.",
                layers=[first] if first else [],
                since=0,
                since_range=(0, 0),
                causes=[
                    Cause(
                        "The inputs are not normalised (bytes 0 to 255?).", "(x − mean) ÷ std, as of the training set."
                    ),
                    Cause("They are normalised twice, or with another data set's figures.", "Mean and std after it."),
                ],
                evidence=[Evidence(tab="sample", step=0)],
                figures={"mean": mean, "standard deviation": std, "smallest": low, "largest": high},
            )
            return


def named_input(name: str) -> str:
    """The name of an argument as it follows a word; the only one needs none."""
    return f" {name}" if name not in ("", "input") else ""


def _inputs(recording: Recording) -> Iterator[tuple[str, float, float, float, float]]:
    """Name, mean, standard deviation, smallest and largest of each argument of the training's first calls.

    What is zero at the first of them, or not there yet, is no input but a state that is carried from call to call.
    """
    names: Collection[str] = recording.metrics.get("input_std", [])
    for name in names:
        steps, spreads = recording.scalar(f"input_std/{name}")
        if not len(steps) or steps[0] > recording.collection.series.steps[0] or spreads[0] == 0:
            continue
        values = []
        for metric in ("input_mean", "input_std", "input_min", "input_max"):
            found = recording.scalar(f"{metric}/{name}")[1]
            values.append(float(np.median(found[:5])) if len(found) else float("nan"))
        yield name, *values  # type: ignore[misc]
    probe = recording.collection.probe
    if not names and probe is not None and not probe.whole_numbers and probe.inputs.size:
        inputs = np.asarray(probe.inputs, float)
        yield "", float(inputs.mean()), float(inputs.std()), float(inputs.min()), float(inputs.max())


RULE = Rule(
    name="input-scale",
    title="Inputs that are not scaled",
    judge=judge,
    needs=(need,),
    formula="mean and standard deviation of what the network is given, over the first steps",
    threshold="|mean| > 3 std, std > 10, or std < 0.05",
    source="LeCun et al. 1998, section 4.3; thresholds measured on our trainings",
    stays_silent="standardised data that reach ±4; whole numbers that are indices; a state that is carried from call "
    "to call; inputs that hardly differ are a note where something is learnt from them",
    explains=NOT_LEARNING
    | {
        "exploding-gradient",
        "dead-units",
        "update-too-large",
        "learning-rate-too-high",
        "loss-spike",
        "bad-initialization",
        "diverging-loss",
        "saturated-units",
        "vanishing-gradient",
        "output-mismatch",
        "representation-collapse",
        "learning-rate-too-low",
        "update-too-small",
        "constant-output",
        "no-gradient",
    },
)
RULES = (RULE,)
