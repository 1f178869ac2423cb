"""The figures, as a page."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import stats

from collector.findings.alarms import Alarms, wilson
from tests.faults.broken import CASES
from tests.faults.examples import EXAMPLES
from tests.faults.measure import Outcome
from tests.faults.training import Case

_EXAMPLES = {each.name for each in EXAMPLES}


def told(one: Outcome) -> str:
    """A line of one training."""
    rules = ", ".join(f"{each.rule}({','.join(each.layers[:2])})@{each.since}" for each in one.serious) or "nothing"
    marks = (
        ""
        if one.kind != "broken"
        else " ".join(
            word if is_so else f"NO {word}"
            for word, is_so in (("found", one.is_found), ("layer", one.is_layer), ("onset", one.is_onset))
        )
    )
    failed = f" FAILED {one.failed}" if one.failed else ""
    return f"{one.case} [{one.kind} {one.seed}] {one.score:.3f} {marks}: {rules}{failed}"


def alarms(outcomes: list[Outcome]) -> Alarms:
    """In how many healthy trainings each rule was wrong."""
    healthy = [each for each in outcomes if each.kind != "broken"]
    wrong = Counter(rule for each in healthy for rule in {one.rule for one in each.serious})
    return Alarms(len(healthy), dict(sorted(wrong.items())))


def is_admitted(broken: list[float], twins: list[float]) -> bool:
    """Whether the broken ones end worse: Cohen's d ≥ 0.5 and p < 0.05 (Welch)."""
    if len(broken) < 2:
        return True
    one, other = np.nan_to_num(broken, nan=-1e9), np.nan_to_num(twins, nan=-1e9)
    spread = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2)
    if spread == 0:
        return bool(other.mean() > one.mean())
    p = stats.ttest_ind(one, other, equal_var=False).pvalue
    return bool((other.mean() - one.mean()) / spread >= 0.5 and p < 0.05)


def page(outcomes: list[Outcome], cases: Sequence[Case] = CASES) -> str:
    """The page in Markdown."""
    lines = ["# How well the findings find", "", "Made by `make faults`.", ""]
    lines += [
        "| case | twin → broken | admitted | found | layer | onset | beside it |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    totals: Counter[str] = Counter()
    for case in cases:
        broken = [each for each in outcomes if each.case == case.name and each.kind == "broken"]
        twins = [each for each in outcomes if each.case == case.name and each.kind == "twin"]
        if not broken:
            continue
        admitted = case.is_silent or is_admitted([each.score for each in broken], [each.score for each in twins])
        found, layer, onset = (
            sum(getattr(each, f"is_{what}") for each in broken) for what in ("found", "layer", "onset")
        )
        if admitted:
            totals.update(n=len(broken), found=found, layer=layer, onset=onset)
        extra = Counter(each.rule for one in broken for each in one.serious if each.rule not in case.rules)
        scores = " → ".join(f"{np.mean([each.score for each in group]):.3g}" for group in (twins, broken))
        n = len(broken)
        beside = ", ".join(f"{rule} {count}" for rule, count in extra.most_common())
        counts = f"{'yes' if admitted else 'no'} | {found}/{n} | {layer}/{n} | {onset}/{n}"
        lines.append(f"| {case.name} | {scores} | {counts} | {beside} |")
    healthy = [each for each in outcomes if each.kind != "broken"]
    alarmed = [each for each in healthy if each.serious]
    low, high = wilson(len(alarmed), len(healthy))
    n = max(totals["n"], 1)
    found = max(totals["found"], 1)
    lines += [
        "",
        f"Admitted trainings: {totals['n']}. Found {totals['found']} ({totals['found'] / n:.1%}); of those a right "
        f"layer among the first three {totals['layer']} ({totals['layer'] / found:.1%}), the onset within one recorded "
        f"step {totals['onset']} ({totals['onset'] / found:.1%}).",
        "",
        f"Healthy trainings: {len(healthy)}. With a false alarm: {len(alarmed)} "
        f"({len(alarmed) / max(len(healthy), 1):.1%}, 95 % interval {low:.1%} to {high:.1%}). Of these "
        f"{sum(each.kind == 'twin' for each in healthy)} are twins of broken ones, and "
        f"{sum(each.case in _EXAMPLES for each in healthy)} are kinds of PyTorch's own examples.",
        "",
        "| healthy training | alarm |",
        "| --- | --- |",
    ]
    for each in alarmed:
        lines.append(f"| {each.case} ({each.kind}, seed {each.seed}) | {', '.join(one.rule for one in each.serious)} |")
    rules = Counter(alarms(outcomes).rules)
    lines += [
        "",
        "By rule: " + (", ".join(f"{rule} {count}" for rule, count in rules.most_common()) or "none") + ".",
        "",
    ]
    return "\n".join(lines)
