"""What differs between two runs, as rows to read in sections; each row with the place where it is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.analysis.metric_text import ORDER, capitalized
from app.analysis.row import Row
from app.analysis.scalar_names import Described, parse
from collector.comparing.comparison import ChangedSample, Comparison, MeasureDifference, OneSided
from collector.comparing.words import option, share
from collector.findings import Evidence

_KINDS = {
    "option": "Option", "data": "Data", "group": "Group of parameters", "layer": "Module",
    "version": "Program or machine", "recording": "What is recorded",
}  # fmt: skip
_HOW = {
    "name": "by name", "prefix": "by name, without what all names begin with", "order": "by order, kind and shape",
    "given": "by hand",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A row and where it leads.

    Attributes:
        row: what is read.
        place: what is gone to; None: nowhere.
        metric: of which the map is shown then; empty: it stays.
        layer: the layer of A that it is about, where its partner can be chosen.
    """

    row: Row
    place: Evidence | None = None
    metric: str = ""
    layer: str = ""


@dataclass(frozen=True)
class LayerNames:
    """Which layers there are, for a choice of partners.

    Attributes:
        a, b: names in order.
        partner: layer of A → layer of B, as they are compared now.
        how: layer of A → how that was found, see `collector.comparing.pairing.How`.
    """

    a: tuple[str, ...]
    b: tuple[str, ...]
    partner: Mapping[str, str]
    how: Mapping[str, str]


def option_entries(found: Comparison) -> list[Entry]:
    """Options, data, groups, modules, versions: only what differs, what explains most first."""
    return [
        Entry(Row(_KINDS[each.kind], option(each)), Evidence(step=each.step or None, layer=each.layer or None))
        for each in found.options
    ]


def measure_entries(found: Comparison, described: Described | None = None) -> list[Entry]:
    """A row for each metric, whatever the layer, the best known first: since when, and its largest difference."""
    of_metrics: dict[str, list[MeasureDifference]] = {}
    for each in found.measures:
        of_metrics.setdefault(each.name.partition("/")[0], []).append(each)
    names = {metric: parse(own[0].name, described) for metric, own in of_metrics.items()}
    ordered = sorted(
        of_metrics, key=lambda metric: (bool(names[metric].layer), ORDER.get(names[metric].metric, len(ORDER)))
    )
    return [_measure_entry(found, metric, of_metrics[metric], names[metric].measure) for metric in ordered]


def _measure_entry(found: Comparison, metric: str, own: list[MeasureDifference], title: str) -> Entry:
    largest = max(own, key=lambda each: each.largest)
    layer = largest.name.partition("/")[2]
    layer = "" if layer == "total" else layer
    text = f"{capitalized(title)}: differs by up to {share(largest.largest)}" + f", in {layer}" * bool(layer)
    above = f"since step {own[0].since:,} · most at step {largest.largest_at:,}"
    n_outside, n = sum(each.outside for each in own), sum(each.compared for each in own)
    if found.noise:
        above += f" · outside of the noise at {n_outside:,} of {n:,}"
    is_of_layers = any(each.name.partition("/")[2] not in ("", "total") for each in own)
    place = Evidence(step=own[0].since, layer=layer or None)
    return Entry(Row(above, text, is_faint=bool(found.noise) and not n_outside), place, metric if is_of_layers else "")


def sample_entries(found: Comparison, class_names: Sequence[str], step: int) -> list[Entry]:
    """Samples that the two take for different classes at the last pass of both, of the largest loss in B first."""

    def name(number: int) -> str:
        return class_names[number] if number < len(class_names) else f"class {number}"

    def entry(each: ChangedSample) -> Entry:
        truly = "" if each.label is None else f", truly {name(each.label)}"
        losses = [] if each.loss_a is None or each.loss_b is None else [f"loss {each.loss_a:.3g} | {each.loss_b:.3g}"]
        above = " · ".join([f"step {step:,}", *losses])
        text = f"Sample {each.sample + 1}: {name(each.a)} in A, {name(each.b)} in B{truly}"
        return Entry(Row(above, text), Evidence(step=step, sample=each.sample))

    return [entry(each) for each in found.changed_samples]


def finding_entries(found: Comparison) -> list[Entry]:
    """Findings that one side has and the other has not, those of B first."""

    def entry(each: OneSided, side: str) -> Entry:
        above = " · ".join([f"only in {side}", f"since step {each.since:,}", *each.layers[:1]])
        severity = each.severity if each.severity in ("critical", "warning", "note") else None
        place = Evidence(step=each.since, layer=each.layers[0] if each.layers and side == "A" else None)
        return Entry(Row(above, each.title, severity), place)  # type: ignore[arg-type]

    return [entry(each, "B") for each in found.findings_b] + [entry(each, "A") for each in found.findings_a]


def layer_entries(names: LayerNames) -> list[Entry]:
    """Which layer is compared with which; those without a partner first."""
    alone = [Entry(Row("only in A", name), layer=name) for name in names.a if name not in names.partner]
    back = set(names.partner.values())
    alone += [Entry(Row("only in B", name)) for name in names.b if name not in back]
    paired = [
        Entry(
            Row(_HOW[names.how[one]], _pair_text(one, other)),
            Evidence(layer=one),
            layer=one,
        )
        for one, other in names.partner.items()
    ]
    return alone + paired


def not_compared_entries(found: Comparison, no_noise: str) -> list[Entry]:
    """What says nothing, and why."""
    entries = [Entry(Row("not compared", f"{capitalized(each.what)}: {each.why}")) for each in found.not_compared]
    return entries + ([Entry(Row("no noise", f"The repeats tell no noise: {no_noise}"))] if no_noise else [])


def _pair_text(one: str, other: str) -> str:
    return one if one == other else f"{one} in A, {other} in B"
