"""What a finding rests on, as a picture."""

from xml.etree.ElementTree import Element

import numpy as np

from collector.findings import Evidence, Finding, Recording
from collector.findings.layer_words import layer_words
from collector.report.curve import Mark, curve_picture
from collector.report.matrix import matrix_picture
from collector.storage.errors import CollectionError
from collector.storage.snapshot import Pass

_OF_GRADIENTS = ("gradients", "optimizer")


def evidence_picture(recording: Recording, finding: Finding) -> Element | None:
    """The first of a finding's pieces of evidence that can be drawn; else the loss, where it is recorded."""
    for each in finding.evidence:
        if (picture := _series(recording, finding, each.series or _norm_of(each))) is not None:
            return picture
        if (picture := _arrays(recording, each)) is not None:
            return picture
    return _series(recording, finding, recording.loss_name)


def _norm_of(evidence: Evidence) -> str:
    """The gradient norm of the layer that a view of gradients is opened at."""
    return f"gradient_norm/{evidence.layer}" if evidence.layer and evidence.tab in _OF_GRADIENTS else ""


def _series(recording: Recording, finding: Finding, name: str) -> Element | None:
    if not name or name not in recording.collection.series:
        return None
    steps, values = recording.scalar(name)
    ends = [] if finding.until is None else [finding.until]
    marks = [Mark(step, finding.severity) for step in dict.fromkeys([finding.since, *ends])]
    return curve_picture(steps, values, title=name, last=recording.n_steps, marks=marks) if len(steps) else None


def _arrays(recording: Recording, evidence: Evidence) -> Element | None:
    """What a layer gives for the probe at the pass that the evidence is at, or the network where none is named."""
    passes = recording.collection.passes
    if evidence.step is None or not len(passes):
        return None
    number = max(0, int(np.searchsorted(passes.steps, evidence.step, "right")) - 1)
    try:
        given, columns = _given(passes[number], evidence.layer)
    except CollectionError:  # what is damaged is told in the page's notes
        return None
    if given is None or given.ndim < 2 or not given.size:
        return None
    means = given.reshape(*given.shape[:2], -1).mean(axis=2)
    whose = layer_words(evidence.layer) if evidence.layer else "The network"
    title = f"{whose}: what it gives for the probe at step {passes.steps[number]:,}"
    return matrix_picture(means, title=title, rows="samples", columns=columns)


def _given(shown: Pass, layer: str | None) -> tuple[np.ndarray | None, str]:
    if layer is None:
        return (shown.logits if shown.logits is not None else shown.outputs), "outputs"
    return (shown.layers[layer].activation, "units") if layer in shown.layers else (None, "")
