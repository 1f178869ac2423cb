"""Dropout that leaves too little."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.percent import percent
from collector.findings.progress import held_out_loss, is_poor, progress
from collector.findings.recording import Recording
from collector.findings.robust import median
from collector.findings.rule import NOT_LEARNING, Rule

MOST = 0.7
FAR = 0.9


def need(recording: Recording) -> str:
    """The options of modules."""
    if any(options for _, options in recording.modules.values()):
        return ""
    return "the options of modules are not in this file: there are none, or it was imported, or is of an earlier Strobe"


def _dropouts(recording: Recording) -> dict[str, float]:
    found = {}
    for name, (kind, options) in recording.modules.items():
        p = options.get("p", options.get("rate"))
        if "dropout" in kind.lower() and isinstance(p, float | int):
            found[name] = float(p)
    return found


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, of all that drop too much."""
    high = {name: p for name, p in _dropouts(recording).items() if p > MOST}
    if not high:
        return
    name = max(high, key=high.__getitem__)
    learnt = progress(recording)
    held_out = held_out_loss(recording)
    values = np.zeros(0) if held_out is None else held_out.values
    is_worse = learnt is not None and learnt.last > median(values[-3:])
    is_bad = high[name] >= FAR or is_worse
    yield RULE.finding(
        severity="warning" if is_bad and is_poor(recording) else "note",
        title=f"{layer_words(name)} drops {percent(high[name])} of its inputs.",
        why="Too little is left of each sample to learn from."
        + (" The training loss lies above the held-out one." if is_worse else ""),
        layers=list(high),
        since=0,
        since_range=(0, 0),
        causes=[Cause("p is the share that is dropped, not that which is kept.", "Whether 1 − p was meant.")],
        evidence=[Evidence(tab="layers", step=0, layer=name)],
        figures={"p": high[name], "layers": len(high)},
    )


RULE = Rule(
    name="dropout-too-high",
    title="Dropout that leaves too little",
    judge=judge,
    needs=(need,),
    formula="p of the module; training loss against held-out loss",
    threshold="p > 0.7 with a training loss above the held-out one, or p ≥ 0.9, and little was learnt",
    source="Srivastava et al. 2014: 0.5 for hidden units, less for inputs",
    explains=NOT_LEARNING | {"dead-units", "overfitting", "constant-output"},
)
RULES = (RULE,)
