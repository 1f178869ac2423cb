"""The parts of a page about a run; a notebook shows some of them."""

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element

import numpy as np

from collector.findings import Finding, Recording, Report
from collector.findings.command import summary as summary_line
from collector.findings.finding import SEVERITIES
from collector.report.curve import Mark, curve_picture, spark
from collector.report.evidence import evidence_picture
from collector.report.markup import element
from collector.report.overhead_text import overhead_details
from collector.storage.reader import Collection

MOST_CURVES, MOST_LAYERS, MOST_NOTES = 12, 300, 100
_OF_THE_RUN = ("gradient_norm/total", "update_ratio/total", "learning_rate")


def heading(collection: Collection) -> Element:
    """What was trained, how long, on what."""
    run = collection.run
    trained = " on ".join(filter(None, (run.model, run.data_used or run.dataset)))
    n_parameters = sum(layer.n_parameters for layer in collection.layers.values())
    n_epochs = len(collection.epochs)
    state = "finished" if collection.finished else "not finished: still running, or ended without a word"
    facts = [
        trained,
        f"{n_parameters:,} parameters in {len(collection.layers):,} layers" if n_parameters else "",
        run.optimizer,
        "" if run.seed is None else f"seed {run.seed}",
        f"{collection.n_steps:,} steps, {n_epochs:,} epoch{'s' * (n_epochs != 1)}, {len(collection.passes):,} passes",
        state,
    ]
    made = " · ".join(filter(None, (run.created, run.framework, run.strobe and f"Strobe {run.strobe}")))
    return element(
        "header",
        element("h1", collection.path.name),
        element("p", " · ".join(filter(None, facts))),
        element("p", run.data_note) if run.data_note else None,
        element("p", made, class_="faint"),
    )


def findings_section(recording: Recording, report: Report) -> Element:
    """Every finding with its evidence as a picture, and what could not be judged."""
    made = element("section", element("h2", "Findings"))
    made.append(verdict(report))
    for each in report.findings:
        made.append(_finding(each, evidence_picture(recording, each)))
    if report.not_judged:
        lacking = [element("li", element("b", ", ".join(rules)), f": {why}") for why, rules in report.lacking().items()]
        told = f"{len(report.not_judged)} rules could not be judged"
        made.append(element("details", element("summary", told, class_="faint"), element("ul", *lacking)))
    return made


def verdict(report: Report) -> Element:
    """What is found, in a line."""
    return element("p", summary_line(report), class_="verdict" if report.at_least("warning") else "verdict good")


def finding_line(finding: Finding) -> Element:
    """A finding in a list."""
    return element("li", element("b", finding.severity, class_=finding.severity), f" {finding.title}")


def _finding(finding: Finding, picture: Element | None) -> Element:
    until = "" if finding.until is None else f" to {finding.until:,}"
    above = [f" · {finding.rule} · since step {finding.since:,}{until}"]
    if finding.follows_from:
        above.append(f" · probably a consequence of {finding.follows_from}")
    causes = [element("li", f"{each.text} — {each.check}") for each in finding.causes]
    figures = ", ".join(f"{name} {_number(value)}" for name, value in finding.rests_on.figures.items())
    told = element(
        "div",
        element("p", element("b", finding.severity, class_=finding.severity), *above, class_="faint"),
        element("h3", finding.title),
        element("p", finding.why) if finding.why else None,
        element("p", "What may have led to it:", class_="faint") if causes else None,
        element("ul", *causes) if causes else None,
        element("p", f"Found: {figures}", class_="faint") if figures else None,
        element("p", f"An estimate. {finding.why_estimate}", class_="faint") if finding.why_estimate else None,
    )
    shown = None if picture is None else element("div", picture)
    return element("article", told, shown, class_=f"card finding {finding.severity}")


def curves_section(recording: Recording, report: Report) -> Element:
    """What the training logged, and the norms of the whole network."""
    pictures = curves(recording, report.findings, MOST_CURVES)
    cards = [element("div", each, class_="card") for each in pictures]
    none = None if cards else element("p", "No scalar was recorded.", class_="faint")
    return element("section", element("h2", "Curves"), none, element("div", *cards, class_="cards"))


def curves(recording: Recording, findings: Sequence[Finding], most: int) -> list[Element]:
    """The loss first, then what else was logged, then the norms; marked where a finding that shows in it begins."""
    collection = recording.collection
    logged = [name for name in collection.series if "/" not in name and "@" not in name]
    names = dict.fromkeys([recording.loss_name, *logged, *_OF_THE_RUN])
    made = []
    for name in [each for each in names if each in collection.series][:most]:
        steps, values = recording.scalar(name)
        shown = [each for each in findings if any(of.series == name for of in each.evidence)]
        marks = [Mark(each.since, each.severity) for each in shown]
        if len(steps):
            made.append(curve_picture(steps, values, title=name, last=recording.n_steps, marks=marks))
    return made


def layers_section(recording: Recording, report: Report, most: int = MOST_LAYERS) -> Element:
    """A row for each layer: what it is, how its gradient went, and what is found of it."""
    layers = list(recording.collection.layers.values())
    heads = ("Layer", "Kind", "Units", "Parameters", "Gradient norm", "", "Findings")
    row = [element("th", each, class_="number" if each in ("Units", "Parameters") else "") for each in heads]
    table = element("table", element("thead", element("tr", *row)))
    body = element("tbody")
    table.append(body)
    for layer in layers[:most]:
        found = [each for each in report.findings if layer.name in each.layers]
        worst = max((each.severity for each in found), key=SEVERITIES.index, default=None)
        steps, norms = _recorded(recording, f"gradient_norm/{layer.name}")
        body.append(
            element(
                "tr",
                element("td", layer.name),
                element("td", layer.kind),
                element("td", f"{layer.units:,}" if layer.units else "", class_="number"),
                element("td", f"{layer.n_parameters:,}" if layer.n_parameters else "", class_="number"),
                element("td", spark(steps, norms, recording.n_steps) if len(steps) else None),
                element("td", f"{norms[-1]:.3g}" if len(norms) else "", class_="number"),
                element("td", element("b", _named(found), class_=worst) if worst else None),
            )
        )
    rest = len(layers) - most
    more = element("p", f"and {rest:,} more", class_="faint") if rest > 0 else None
    return element("section", element("h2", "Layers"), element("div", table, class_="scroll"), more)


def _named(findings: Iterable[Finding]) -> str:
    return ", ".join(dict.fromkeys(each.rule for each in findings))


def _recorded(recording: Recording, name: str) -> tuple[np.ndarray, np.ndarray]:
    return recording.scalar(name) if name in recording.collection.series else (np.empty(0, np.int64), np.empty(0))


def cost_section(collection: Collection) -> Element:
    """What recording has cost."""
    price = collection.price
    lines = overhead_details(price, collection.run.budget).splitlines() if price else ["It is not known."]
    return element("section", element("h2", "Cost of recording"), *(element("p", line) for line in lines))


def notes_section(collection: Collection) -> Element | None:
    """What the collector warned of, and what of the file cannot be read; None where there is nothing."""
    told = [f"step {each.step:,}: {each.text}" for each in collection.notes] + list(collection.damaged)
    if not told:
        return None
    rest = len(told) - MOST_NOTES
    items = [element("li", each) for each in told[:MOST_NOTES]]
    items += [element("li", f"and {rest:,} more")] if rest > 0 else []
    return element("section", element("h2", "Notes"), element("ul", *items))


def _number(value: float | int | str) -> str:
    return value if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
