"""Layers with nothing between them that is not linear: together they can do no more than one."""

from collections.abc import Iterator

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import loss_graph
from collector.findings.progress import is_poor
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, of all such pairs."""
    pairs = [pair for pair in recording.collection.losses[0].linear if set(pair) <= recording.layers.keys()]
    if not pairs:
        return
    layers = list(dict.fromkeys(name for pair in pairs for name in pair))
    stages = [name for name, each in recording.layers.items() if each.is_stage and each.input_units]
    is_all = len(pairs) >= len(stages) - 1 and len(stages) > 2
    is_bad = is_poor(recording)
    first, second = pairs[0]
    yield RULE.finding(
        severity="warning" if is_all and is_bad else "note",
        title="No layer has an activation behind it: the whole network is linear."
        if is_all
        else f"Nothing that is not linear lies between {layer_words(first)} and {layer_words(second)}.",
        why="Two linear layers one behind the other can do no more than one.",
        layers=layers,
        since=0,
        since_range=(0, 0),
        causes=[
            Cause("An activation was forgotten.", "The forward pass between the two."),
            Cause("A low rank is meant, as in an adapter.", "The number of units of the first."),
        ],
        evidence=[Evidence(tab="network", step=0, layer=first)],
        figures={"pairs": len(pairs)},
    )


RULE = Rule(
    name="linear-copies",
    title="Layers with no activation between them",
    judge=judge,
    needs=(loss_graph,),
    formula="the operations on the way from one layer's output to the next one's input, in the graph of the gradient",
    threshold="none that is not linear",
    source="by definition",
    stays_silent="single pairs, as of adapters and projections, are a note",
    explains=NOT_LEARNING | {"overfitting"},
)
RULES = (RULE,)
