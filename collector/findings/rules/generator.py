"""Two networks of which one no longer teaches the other."""

from collections.abc import Iterator

import numpy as np

from collector.findings.finding import Cause, Evidence, Finding
from collector.findings.layer_words import layer_words
from collector.findings.needs import metric, optimizers
from collector.findings.progress import has_opponents
from collector.findings.recording import Recording
from collector.findings.robust import lasting
from collector.findings.rule import Rule

FALLEN = 1e-2
ROWS = 5


def need(recording: Recording) -> str:
    """Two optimizers."""
    return "" if has_opponents(recording) else "one optimizer trains everything: there is no opponent"


def judge(recording: Recording) -> Iterator[Finding]:
    """The optimizer whose layers get next to no gradient any more, while the other's do."""
    by_number: dict[int, list[str]] = {}
    for group in recording.groups:
        by_number.setdefault(group.optimizer_number, []).extend(group.layers)
    for number, layers in by_number.items():
        table = recording.table("gradient_norm", among=layers)
        if len(table.steps) < 4 * ROWS:
            continue
        with np.errstate(invalid="ignore"):
            total = np.sqrt(np.nansum(np.square(table.values), axis=1))
        early = float(np.median(total[: max(ROWS, len(total) // 5)]))
        row = lasting(total < FALLEN * early, ROWS)
        if row is None or early <= 0:
            continue
        since = int(table.steps[row])
        yield RULE.finding(
            severity="warning",
            title=f"{layer_words(layers[0])} and what is trained with it get "
            f"{total[-1] / early:.2g} of the gradient they got.",
            why="Its opponent is so sure that it teaches nothing any more.",
            layers=layers[:3],
            affected=layers[3:],
            since=since,
            since_range=recording.before(table.steps, row),
            causes=[
                Cause("The other network learns too fast.", "Its learning rate, against this one's."),
                Cause("The loss saturates.", "The non-saturating form of the generator's loss."),
            ],
            evidence=[Evidence(tab="optimizer", step=since, layer=layers[0], series=f"gradient_norm/{layers[0]}")],
            figures={"gradient, last / first": float(total[-1] / early), "optimizer": number},
        )


RULE = Rule(
    name="generator-starved",
    title="Of two networks that train each other, one gets no gradient any more",
    judge=judge,
    needs=(optimizers, need, metric("gradient_norm")),
    formula="norm of the gradients of one optimizer's layers ÷ its median over the first fifth of the run",
    threshold="< 1e-2 in 5 recorded steps, up to the last",
    source="Goodfellow et al. 2014, section 3; Arjovsky and Bottou 2017",
    stays_silent="losses that swing",
    explains=frozenset(("update-too-small", "dead-units", "constant-output")),
)
RULES = (RULE,)
