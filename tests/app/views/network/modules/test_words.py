"""What is said of modules in words, whole."""

import re
from dataclasses import replace

import pytest

from app.analysis.health import Health
from app.views.network.modules.analysis.module_differences import Told
from app.views.network.modules.analysis.module_folding import fold, open_at_first
from app.views.network.modules.analysis.module_numbers import ModuleNumbers, Span
from app.views.network.modules.analysis.module_text import (
    box_facts,
    box_text,
    difference_facts,
    frame_heading,
    open_text,
    operation_sign,
    share_text,
)
from app.views.network.modules.module_legend import module_legend
from app.views.network.modules.module_tooltip import module_tooltip
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN
from tests.app.made_up_findings import finding
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of, node

pytestmark = pytest.mark.usefixtures("qapp")

NOTHING = ("activation", "gradient_norm")


@pytest.fixture(scope="module")
def blocks() -> ModuleRun:
    return ModuleRun(BLOCKS)


def told(html: str) -> list[str]:
    """A tooltip without its markup, a line each."""
    lines = re.sub(r"</tr>|<br>|</b></nobr>|</table>", "\n", html.replace("&nbsp;&nbsp;</td>", ": "))
    return [line for line in re.sub(r"<[^>]+>", "", lines).split("\n") if line]


def test_that_a_box_has_its_name_its_kind_and_its_shape(blocks: ModuleRun) -> None:
    folded = fold(blocks.graph, open_at_first(blocks.graph))
    assert {box: box_text(blocks.graph, box, frames) for box, frames in folded.boxes.items()} == {
        "input": ("input", "input", "6×8"),
        "embedding": ("embedding", "Embedding", "8"),
        "blocks.0.norm1": ("norm1", "LayerNorm", "8"),
        "blocks.0.attention": ("attention", "3 modules", "8"),
        "blocks.0.sum1": ("sum1", "add", "8"),
        "blocks.0.norm2": ("norm2", "LayerNorm", "8"),
        "blocks.0.mlp": ("mlp", "3 modules", "8"),
        "blocks.0.sum2": ("sum2", "add", "8"),
        "blocks.1": ("1", "8 modules", "8"),
        "head": ("head", "Linear", "8"),
        "output": ("output", "output", "8"),
    }
    assert frame_heading(blocks.graph, "blocks") == ("blocks", ("16 modules", "8", "1,008 parameters"))
    assert frame_heading(blocks.graph, "blocks.0") == ("0", ("8 modules", "8", "504 parameters"))
    assert frame_heading(blocks.graph, "blocks.0.mlp") == ("mlp", ("3 modules", "8", "144 parameters"))


def test_that_a_closed_module_and_an_open_one_say_so(blocks: ModuleRun) -> None:
    folded = fold(blocks.graph, frozenset({"blocks"}))
    assert [open_text(folded, name) for name in ("blocks", "blocks.1", "head")] == [", open", ", closed", ""]


def test_that_each_operation_has_its_sign_or_its_name() -> None:
    kinds = ("add", "Add", "subtract", "Subtract", "multiply", "Multiply", "divide", "concat", "Concatenate", "matmul")
    assert "".join(map(operation_sign, kinds)) == "++−−××÷∥∥@"
    assert (operation_sign("Average"), operation_sign("Maximum")) == ("x̄", "Maximum")


def test_that_the_tooltip_of_a_layer_tells_all_that_is_known(blocks: ModuleRun) -> None:
    run = ModuleRun(CHAIN)
    health = Health((finding("dead-units", "critical", ["fc1"], 0), finding("slow", "note", ["fc1"], 0)))
    assert told(module_tooltip(run.layout().folded, "fc1", run.numbers(), health)) == [
        "fc1",
        "kind: Linear",
        "output of one sample: 8",
        "parameters: 72",
        "reads: input",
        "mean |activation| of the probe: 0.6514",
        "gradient norm: 1.134",
        "Critical: dead-units of fc1",
        "Note: slow of fc1",
    ]


def test_that_the_tooltip_of_a_module_says_how_it_is_opened(blocks: ModuleRun) -> None:
    folded = fold(blocks.graph, frozenset({"blocks"}))
    assert told(module_tooltip(folded, "blocks.1", blocks.numbers())) == [
        "blocks.1",
        "kind: 8 modules",
        "output of one sample: 8",
        "parameters: 504",
        "reads: blocks.0",
        "mean |activation| of the probe: 0.6916",
        "gradient norm: 0.07353",
        "Click to open it.",
    ]


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("add", "sum"), ("concat", "concatenation"), ("multiply", "product"), ("subtract", "difference"),
        ("max", "max"),
    ],
)  # fmt: skip
def test_that_an_operation_is_told_in_a_word_with_what_it_reads(kind: str, word: str) -> None:
    flow = [
        node("input", kind="input", shape=()),
        node("a", "input"),
        node("b", "input"),
        node("n", "a", "b", kind=kind),
    ]
    run = ModuleRun(flow)
    assert box_facts(run.layout().folded, "n", run.numbers()) == [
        ("kind", word), ("output of one sample", "8"), ("reads", "a, b"),
    ]  # fmt: skip
    assert box_facts(run.layout().folded, "input", None) == [
        ("kind", "input"), ("output of one sample", "not known"), ("reads", "nothing that is known"),
    ]  # fmt: skip


def test_that_what_is_not_there_says_why() -> None:
    run = ModuleRun(chain_of("fc1", "flat", "act"), without={"fc1": NOTHING})
    run.flow[2], run.flow[3] = replace(run.flow[2], kind="Flatten"), replace(run.flow[3], kind="ReLU")
    other = ModuleRun(run.flow, without={"fc1": NOTHING})
    folded, numbers = other.layout().folded, other.numbers()
    assert box_facts(folded, "fc1", numbers)[4:] == [
        ("mean |activation| of the probe", "not recorded"), ("gradient norm", "not recorded"),
    ]  # fmt: skip
    assert box_facts(folded, "flat", numbers)[2:] == [
        ("parameters", "0"),
        ("reads", "fc1"),
        ("mean |activation| of the probe", "not recorded"),
        ("why no numbers", "it has no parameters and is no activation function"),
    ]
    assert [what for what, _ in box_facts(folded, "act", numbers)][4:] == ["mean |activation| of the probe"]


def test_that_a_name_that_is_very_long_is_told_by_its_end() -> None:
    name = "m" * 30 + "." + "n" * 20
    run = ModuleRun(chain_of(name, "last"))
    assert dict(box_facts(run.layout().folded, "last", None))["reads"] == "…" + name[-39:]
    kept = ModuleRun(chain_of("n" * 40, "last"))
    assert dict(box_facts(kept.layout().folded, "last", None))["reads"] == "n" * 40


def test_that_of_two_runs_both_numbers_are_told_and_their_ratio() -> None:
    a = ModuleRun(CHAIN)
    both = ModuleRun(CHAIN, seed=1, scale=1.7).less(a)
    assert box_facts(a.layout().folded, "fc3", both)[4:] == [
        ("mean |activation| of the probe", "A 0.8425 · B 1.156 · log₂ +0.457"),
        ("gradient norm", "A 0.3005 · B 2.158 · log₂ +2.84"),
        ("its output differs by", "186 %"),
        ("what it reads differs by", "144 %"),
        ("added by the layer", "+42.1 %"),
    ]
    assert [what for what, _ in box_facts(a.layout().folded, "input", both)] == [
        "kind",
        "output of one sample",
        "reads",
    ]
    less = ModuleRun(chain_of("fc1", "fc3")).less(a)
    assert difference_facts(less.of_box("fc2")) == [("not compared", "only in A")]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0.0 %"), (0.0004, "<0.1 %"), (0.25, "25.0 %"), (0.9994, "99.9 %"), (0.9995, "100 %"), (2.356, "236 %"),
        (-0.421, "−42.1 %"), (-3.0, "−300 %"), (12.345, "1,234 %"), (float("nan"), "NaN"), (float("inf"), "NaN"),
    ],
)  # fmt: skip
def test_that_a_share_may_be_more_than_all(share: float, text: str) -> None:
    assert share_text(share) == text


def numbers_with(**about: object) -> ModuleNumbers:
    made = ModuleRun(CHAIN).numbers()
    for name, value in about.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("about", "text"),
    [
        ({}, "mean |activation| 0.65 … 0.98 · gradient norm 0.3 … 1.4 · units, − to + · log scales of the run"),
        (
            {"activations": Span(1e-12, 200.0), "gradients": Span()},
            "mean |activation| ≤ 2e−6 … 200 · gradient norm not recorded · units, − to + · log scales of the run",
        ),
        (
            {"n_measured": 2, "has_not_finite": True},
            "mean |activation| 0.65 … 0.98 · gradient norm 0.3 … 1.4 · NaN or Inf · units, − to + · "
            "log scales of the run, by 2 of its 3 layers",
        ),
    ],
)
def test_that_the_legend_tells_what_bars_and_colours_mean(about: dict, text: str) -> None:
    assert module_legend(numbers_with(**about)) == text


def test_that_the_legend_of_two_tells_what_is_compared() -> None:
    a, b = ModuleRun(CHAIN), ModuleRun(CHAIN, seed=1, scale=1.7)
    bars = "mean |activation| ±0.91 · gradient norm ±2.8 · log₂ B ÷ A · squares: units, B − A"
    assert module_legend(b.less(a), Told.ACTIVATION) == f"box: mean |activation| ±0.91 (run) · {bars}"
    assert module_legend(b.less(a), Told.GRADIENT) == f"box: gradient norm ±2.8 (run) · {bars}"
    assert module_legend(b.less(a), Told.ADDED) == f"box: added by the layer ±236 % (run) · {bars}"
    other = "activations are not compared: A and B were measured on other samples · gradient norm ±2.8 · log₂ B ÷ A"
    assert module_legend(b.less(a, same_probe=False), Told.ADDED) == other
    assert module_legend(ModuleRun(CHAIN).less(a)) == "the same in A and B"
    more = module_legend(b.less(ModuleRun(chain_of("fc1"))))
    assert more.startswith("only in B: fc2, fc3 · box: mean |activation| ±")
    assert module_legend(None) == ""
    spoilt = module_legend(b.less(ModuleRun(CHAIN, spoilt=("fc2",))))
    assert "gradient norm ±2.8 · NaN or Inf · log₂ B ÷ A" in spoilt
