"""All rules, ours and those of other packages (entry points ``strobe.rules``)."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from collector.findings.alarms import alarms_text
from collector.findings.finding import NotJudged
from collector.findings.rule import Rule

GROUP = "strobe.rules"

OWN = (
    "not_finite",
    "exploding_gradient",
    "vanishing_gradient",
    "silent_units",
    "not_updated",
    "frozen",
    "update_size",
    "learning_rate_zero",
    "clipping",
    "weight_decay",
    "loss_shape",
    "overfitting",
    "inputs",
    "probe",
    "output_mismatch",
    "targets",
    "constant_output",
    "initialization",
    "linear_copies",
    "norm_statistics",
    "batches",
    "labels",
    "label_noise",
    "dropout",
    "accumulating",
    "optimizer_state",
    "imbalance",
    "generator",
    "skipped_steps",
    "spiky_units",
)
"""Modules of `collector.findings.rules`; each has ``RULES``."""

_log = logging.getLogger(__name__)


def own_rules() -> list[Rule]:
    """Those that come with Strobe, with how often each was wrong."""
    rules = [rule for name in OWN for rule in import_module(f"collector.findings.rules.{name}").RULES]
    return [replace(rule, alarms=rule.alarms or alarms_text(rule.name)) for rule in rules]


def all_rules() -> tuple[list[Rule], list[NotJudged]]:
    """The rules, and those of other packages that cannot be loaded."""
    rules, broken = own_rules(), []
    for point in entry_points(group=GROUP):
        try:
            rules += _loaded(point, {each.name for each in rules})
        except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code may fail in any way
            _log.warning("the rule %s of %s cannot be loaded: %s", point.name, point.value, error)
            broken.append(NotJudged(point.name, f"{point.value} cannot be loaded: {type(error).__name__}: {error}"))
    return rules, broken


def _loaded(point: EntryPoint, taken: set[str]) -> list[Rule]:
    """An entry point names a rule or a sequence of them."""
    found = point.load()
    rules = [found] if isinstance(found, Rule) else found
    if not isinstance(rules, Sequence) or not all(isinstance(each, Rule) for each in rules):
        raise TypeError(f"{found!r} is no collector.findings.Rule, and no sequence of them")
    names = [each.name for each in rules]
    if double := [name for place, name in enumerate(names) if name in taken or name in names[:place]]:
        raise ValueError(f"there is a rule {double[0]!r} already")
    return list(rules)
