"""All rules, ours and those of other packages (entry points ``strobe.rules``)."""

import logging
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from collector.findings.finding import NotJudged
from collector.findings.rule import Rule

GROUP = "strobe.rules"

OWN = (
    "not_finite",
    "exploding_gradient",
    "vanishing_gradient",
    "silent_units",
    "not_updated",
    "update_size",
    "learning_rate_zero",
    "clipping",
    "weight_decay",
    "loss_shape",
    "overfitting",
    "inputs",
    "output_mismatch",
    "constant_output",
    "initialization",
    "linear_copies",
    "norm_statistics",
    "batches",
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
    """Those that come with Strobe."""
    return [rule for name in OWN for rule in import_module(f"collector.findings.rules.{name}").RULES]


def all_rules() -> tuple[list[Rule], list[NotJudged]]:
    """The rules, and those of other packages that cannot be loaded."""
    rules, broken = own_rules(), []
    for point in entry_points(group=GROUP):
        try:
            rules += _loaded(point)
        except Exception as error:  # noqa: BLE001 - somebody else's code may fail in any way
            _log.warning("the rule %s of %s cannot be loaded: %s", point.name, point.value, error)
            broken.append(NotJudged(point.name, f"{point.value} cannot be loaded: {type(error).__name__}: {error}"))
    return rules, broken


def _loaded(point: EntryPoint) -> list[Rule]:
    """An entry point names a rule or a sequence of them."""
    found = point.load()
    rules = [found] if isinstance(found, Rule) else list(found)
    for rule in rules:
        if not isinstance(rule, Rule):
            raise TypeError(f"{rule!r} is no collector.findings.Rule")
    return rules
