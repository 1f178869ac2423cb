"""A comparison as lines for a terminal."""

import textwrap
from collections.abc import Iterator

from collector.comparing.comparison import Comparison, MeasureDifference, OptionDifference
from collector.findings.percent import percent

MOST_LINES = 12

_WIDTH = 100
_BEST_KNOWN = (
    "learning_rate", "gradient_norm", "update_norm", "weight_norm", "update_ratio", "activation_std", "dead_fraction",
)  # fmt: skip


def in_words(found: Comparison) -> Iterator[str]:
    """All of it, the first difference at the head."""
    yield f"A: {found.a}"
    yield f"B: {found.b}"
    by = f"by {found.clock}" + (f", B at an offset of {found.offset:g}" if found.offset else "")
    yield f"Aligned {by}."
    yield ""
    yield from _wrapped(verdict(found), "")
    yield from _options(found)
    yield from _listed("Measures that differ, with their largest difference", [*_measures(found)])
    yield from _layers(found)
    yield from _listed("Samples that are taken for another class", [
        f"sample {each.sample}: {each.a} in A, {each.b} in B" + ("" if each.label is None else f", truly {each.label}")
        for each in found.changed_samples
    ])  # fmt: skip
    for name, findings in (("B", found.findings_b), ("A", found.findings_a)):
        other = "A" if name == "B" else "B"
        lines = [f"{each.severity} {each.rule}, step {each.since:,}: {each.title}" for each in findings]
        yield from _listed(f"Findings of {name} that {other} has not", lines)
    if found.first_difference is not None:
        yield ""
        told = found.noise or "no estimate, as no repeats of A are given (--repeats): every difference counts"
        yield from _wrapped(f"Noise: {told}.", "")
    yield from _listed("Not compared", [f"{each.what}: {each.why}" for each in found.not_compared])


def verdict(found: Comparison) -> str:
    """The comparison in a sentence."""
    n = found.identical_passes
    passes = f"{n:,} pass{'es' * (n != 1)}"
    first = found.first_difference
    within = "" if found.bitwise else f" within a tolerance of {found.tolerance:g}"
    if first is None:
        if found.identical_until is None:
            return "Nothing of the two lies on one another, so that nothing could be compared."
        return f"Identical for {passes}, up to step {found.identical_until:,}{within}."
    text = f"{first.text[0].upper()}{first.text[1:]}."
    if first.verdict == "noise" and not found.noise:
        grown = found.beyond_tolerance
        return text + (
            f" From step {grown:,} on it is more than the tolerance of {found.tolerance:g}."
            if grown is not None
            else f" It stays within the tolerance of {found.tolerance:g}."
        )
    return text


def share(size: float) -> str:
    """A difference as a share of the value, in words."""
    if size == float("inf"):
        return "only one of them has a number"
    return percent(size, 2) if size >= 1e-4 else f"{size:.1g} of its size"


def option(each: OptionDifference) -> str:
    """A difference of what the runs were told."""
    of = f" of {each.layer}" if each.layer else ""
    since = f", from step {each.step:,} on" if each.step else ""
    return f"{each.name}{of}: {value_text(each.a)} in A, {value_text(each.b)} in B{since}"


def value_text(value: object) -> str:
    """What a run was told for an option; nothing is what leaves it to its default."""
    return "not given" if value in (None, "") else str(value)


def _options(found: Comparison) -> Iterator[str]:
    titles = {
        "option": "Options", "data": "Data", "group": "Groups of parameters", "layer": "Modules",
        "version": "Programs and machine", "recording": "What is recorded",
    }  # fmt: skip
    for kind, title in titles.items():
        yield from _listed(f"{title} that differ", [option(each) for each in found.options if each.kind == kind])


def _measures(found: Comparison) -> Iterator[str]:
    """A line for each metric, whatever the layer, the best known first."""
    of_metrics: dict[str, list[MeasureDifference]] = {}
    for each in found.measures:
        of_metrics.setdefault(each.name.partition("/")[0], []).append(each)
    ordered = sorted(of_metrics, key=lambda metric: _place(of_metrics[metric][0].name))
    for metric in ordered:
        own = of_metrics[metric]
        largest = max(own, key=lambda each: each.largest)
        layer = largest.name.partition("/")[2]
        of = f" of {layer}" if layer not in ("", "total") else ""
        text = f"{metric}: since step {own[0].since:,}, {share(largest.largest)}{of} at step {largest.largest_at:,}"
        if found.noise:
            n_outside, n = sum(each.outside for each in own), sum(each.compared for each in own)
            text += f"; outside of the noise at {n_outside:,} of {n:,}"
        yield text


def _place(name: str) -> tuple[int, str]:
    metric, stroke, _ = name.partition("/")
    return (0, metric) if not stroke else (1 + _BEST_KNOWN.index(metric), "") if metric in _BEST_KNOWN else (99, metric)


def _layers(found: Comparison) -> Iterator[str]:
    yield from _listed("Layers paired otherwise than by name", [
        f"{each.a} with {each.b} ({'by hand' if each.how == 'given' else 'by ' + each.how})" for each in found.layers
    ])  # fmt: skip
    yield from _listed("Layers without a partner", [
        *(f"{name} in A" for name in found.only_a), *(f"{name} in B" for name in found.only_b)
    ])  # fmt: skip


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield f"{title}:"
    for line in lines[:MOST_LINES]:
        yield from _wrapped(line, "  ")
    if len(lines) > MOST_LINES:
        yield f"  and {len(lines) - MOST_LINES:,} more (--json has all)."


def _wrapped(text: str, indent: str) -> Iterator[str]:
    yield from textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
