"""Most of a network kept from learning by `requires_grad`, without anything learnt."""

from collections.abc import Iterator

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layers_words
from collector.findings.needs import loss_that_should_fall, optimizers
from collector.findings.percent import percent
from collector.findings.progress import has_learnt_nothing
from collector.findings.recording import Recording
from collector.findings.rule import NOT_LEARNING, Rule

MOST = 0.5


def frozen_layers(recording: Recording) -> list[str]:
    """Layers of which every parameter needs no gradient at last, from input to output."""
    names = {name for record in recording.collection.optimizers[-1:] for name in record.frozen}
    return [
        layer
        for layer, each in recording.layers.items()
        if all(f"{layer}.{parameter}" in names for parameter in each.parameters)
    ]


def judge(recording: Recording) -> Iterator[Finding]:
    """One finding, where more than half of the parameters are frozen and nothing is learnt."""
    layers = frozen_layers(recording)
    total = sum(each.n_parameters for each in recording.layers.values())
    share = sum(recording.layers[name].n_parameters for name in layers) / max(total, 1)
    if share <= MOST or not has_learnt_nothing(recording):
        return
    since = next(each.step for each in recording.collection.optimizers if each.frozen)
    yield RULE.finding(
        severity="warning",
        title=f"{layers_words(layers)}: frozen, {_percent(share)} of the parameters, and nothing is learnt.",
        why="What is left to train has to make do with features that stay as they began.",
        layers=layers,
        since=since,
        since_range=(since, since),
        causes=[
            Cause("Frozen by mistake, or never thawed.", "Where requires_grad or trainable is set to False."),
            Cause("What was frozen is not pretrained.", "Whether its weights were loaded."),
        ],
        evidence=[Evidence(tab="network", step=since, layer=layers[0])],
        figures={"share of the parameters": share, "layers": len(layers)},
    )


def _percent(share: float) -> str:
    """Never all of it where some of it is not."""
    return percent(share) if share < 0.995 or share == 1 else percent(share, 2) if share < 0.99995 else "nearly all"


RULE = Rule(
    name="frozen-layers",
    title="Most of the network frozen, and nothing learnt",
    judge=judge,
    needs=(optimizers, loss_that_should_fall),
    formula="share of the parameters that are in layers of which every parameter needs no gradient",
    threshold="more than half, and a loss that has hardly fallen",
    source="by fact: requires_grad of the parameters, trainable of the weights",
    stays_silent="fine-tuning and adapters, where something is learnt",
    explains=NOT_LEARNING,
)
RULES = (RULE,)
