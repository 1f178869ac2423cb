from pathlib import Path

from tests.collector.findings.recorded import Recorded
from tests.collector.findings.said import RULES

OF_A_PART = {
    "class-imbalance",
    "clipping-always",
    "dead-units",
    "diverging-loss",
    "exploding-gradient",
    "generator-starved",
    "label-noise",
    "loss-plateau",
    "loss-spike",
    "noise-gradient",
    "optimizer-state-lost",
    "overfitting",
    "probe-scale",
    "repeated-batch",
    "saturated-units",
    "shrinking-weights",
    "spiky-units",
    "update-too-small",
}
"""Rules whose findings do not keep a whole network from learning."""
LACKING = {
    "exploding-gradient": "there is no gradient_norm/LAYER",
    "vanishing-gradient": "there is no gradient_norm/LAYER of 5 layers or more",
    "dead-units": "no layer's units could be followed",
    "saturated-units": "no layer's units could be followed",
    "not-in-optimizer": "which parameters are in an optimizer is not in this file",
    "unregistered-layer": "which parameters are in an optimizer is not in this file",
    "no-gradient": "there is no gradient_norm/LAYER",
    "not-updated": "there is no gradient_norm/LAYER",
    "update-too-large": "there is no update_norm/LAYER",
    "learning-rate-too-high": "there is no update_norm/LAYER",
    "update-too-small": "there is no update_norm/LAYER",
    "learning-rate-too-low": "there is no update_norm/LAYER",
    "learning-rate-zero": "no learning rate was recorded",
    "clipping-always": "there is no unclipped_gradient_norm/LAYER",
    "weight-decay-dominates": "which parameters are in an optimizer is not in this file",
    "shrinking-weights": "there is no weight_norm/LAYER",
    "loss-spike": "no training loss was logged",
    "diverging-loss": "no training loss was logged",
    "loss-plateau": "no training loss was logged",
    "overfitting": "no training loss was logged",
    "input-scale": "what the network is given was not recorded",
    "output-mismatch": "neither what the loss is made of nor the network's outputs for a probe were recorded",
    "constant-output": "there are fewer than two passes",
    "representation-collapse": "there are fewer than two passes",
    "bad-initialization": "there are fewer than two passes",
    "symmetric-units": "there are fewer than two passes",
    "linear-copies": "what the loss is made of is not known",
    "probe-scale": "the network has no probe",
    "target-scale": "what the loss is made of is not known",
    "frozen-layers": "which parameters are in an optimizer is not in this file",
    "norm-statistics": "no layer has running statistics",
    "repeated-batch": "which batches were taken is not in this file",
    "noise-gradient": "no training loss was logged",
    "label-noise": "of no samples it was recorded again and again what the network makes of them",
    "dropout-too-high": "the options of modules are not in this file",
    "accumulating-gradients": "there is no carried_gradient_norm/LAYER",
    "optimizer-state-lost": "the age of the optimizer's state was not recorded",
    "class-imbalance": "there are fewer than two passes",
    "generator-starved": "which parameters are in an optimizer is not in this file",
    "spiky-units": "which parameters are in an optimizer is not in this file",
}
"""Rule → what it says first where nothing was recorded."""


def test_that_what_a_rule_explains_are_rules() -> None:
    for name, rule in RULES.items():
        assert rule.explains <= RULES.keys(), name


def test_that_what_keeps_a_network_from_learning_explains_that_it_does_not() -> None:
    explaining = {name for name, rule in RULES.items() if rule.explains >= {"loss-plateau", "noise-gradient"}}
    assert RULES.keys() - explaining == OF_A_PART


def test_that_where_nothing_was_recorded_each_rule_says_what_it_lacks(tmp_path: Path) -> None:
    report = Recorded(tmp_path).report(*RULES.values())
    assert report.findings == []
    assert report.judged == ["not-finite", "skipped-steps"]
    assert {each.rule: each.why.partition(":")[0] for each in report.not_judged} == LACKING
