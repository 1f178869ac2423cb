"""A comparison as lines for a terminal."""

import msgspec
import pytest

from collector.comparing import Comparison, FirstDifference, MeasureDifference, NotCompared
from collector.comparing.comparison import ChangedSample, LayerMatch, OneSided, OptionDifference
from collector.comparing.words import MOST_LINES, in_words, option, share, verdict

FIRST = FirstDifference(step=1200, phase="forward", layer="fc2", quantity="output", verdict="computation", text="first")


def comparison(**fields: object) -> Comparison:
    usual = {
        "a": "a.json", "b": "b.json", "clock": "step", "tolerance": 1e-6, "bitwise": True, "identical_until": None,
        "first_difference": None,
    }  # fmt: skip
    return msgspec.convert(usual | fields, Comparison, from_attributes=True)


def told(**fields: object) -> list[str]:
    return list(in_words(comparison(**fields)))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Nothing of the two lies on one another, so that nothing could be compared."),
        ({"identical_until": 1200, "identical_passes": 1}, "Identical for 1 pass, up to step 1,200."),
        ({"identical_until": 9, "identical_passes": 2000}, "Identical for 2,000 passes, up to step 9."),
        ({"identical_until": 9, "bitwise": False}, "Identical for 0 passes, up to step 9 within a tolerance of 1e-06."),
        ({"first_difference": FIRST}, "First."),
    ],
)
def test_that_the_comparison_is_a_sentence(fields: dict[str, object], sentence: str) -> None:
    assert verdict(comparison(**fields)) == sentence


def test_that_noise_is_told_with_what_it_grows_to_unless_repeats_tell_it() -> None:
    noise = {"first_difference": msgspec.structs.replace(FIRST, verdict="noise")}
    assert verdict(comparison(**noise)) == "First. It stays within the tolerance of 1e-06."
    grown = verdict(comparison(**noise, beyond_tolerance=1500))
    assert grown == "First. From step 1,500 on it is more than the tolerance of 1e-06."
    assert verdict(comparison(**noise, noise="the spread of 3 runs")) == "First."


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (float("inf"), "only one of them has a number"),
        (0.5, "50.00 %"),
        (1e-4, "0.01 %"),
        (9e-5, "9e-05 of its size"),
    ],
)
def test_that_small_shares_are_no_percentages(size: float, text: str) -> None:
    assert share(size) == text


def test_that_an_option_is_told_with_its_module_and_step_and_nothing_is_not_given() -> None:
    assert option(OptionDifference(kind="option", name="seed", a=0, b=1)) == "seed: 0 in A, 1 in B"
    since = OptionDifference(kind="group", name="lr", a=None, b="", layer="fc1", step=1200)
    assert option(since) == "lr of fc1: not given in A, not given in B, from step 1,200 on"


def test_that_two_that_are_the_same_are_four_lines() -> None:
    assert told(identical_until=9) == [
        "A: a.json", "B: b.json", "Aligned by step.", "", "Identical for 0 passes, up to step 9.",
    ]  # fmt: skip
    assert told(clock="epoch", offset=-2)[2] == "Aligned by epoch, B at an offset of -2."


def test_that_options_are_listed_by_their_kinds() -> None:
    kinds = ("option", "data", "group", "layer", "version", "recording")
    lines = told(options=[OptionDifference(kind=kind, name=f"n{kind}", a=1, b=2) for kind in kinds])  # type: ignore[arg-type]
    titles = ("Options", "Data", "Groups of parameters", "Modules", "Programs and machine", "What is recorded")
    wanted = []
    for kind, title in zip(kinds, titles, strict=True):
        wanted += ["", f"{title} that differ:", f"  n{kind}: 1 in A, 2 in B"]
    assert lines[5:] == wanted


def measure(name: str, largest: float = 0.5, **more: int) -> MeasureDifference:
    return MeasureDifference(name=name, **({"compared": 10, "since": 1, "largest": largest, "largest_at": 2} | more))  # type: ignore[arg-type]


def test_that_measures_have_a_line_for_each_metric_the_best_known_first() -> None:
    measures = [
        measure("angle/fc1"),
        measure("weight_norm/fc1", 0.1),
        measure("weight_norm/fc2", 0.25, since=3, largest_at=1200),
        measure("gradient_norm/total"),
        measure("zeal"),
        measure("loss"),
    ]
    assert told(measures=measures)[6:] == [
        "Measures that differ, with their largest difference:",
        "  loss: since step 1, 50.00 % at step 2",
        "  zeal: since step 1, 50.00 % at step 2",
        "  gradient_norm: since step 1, 50.00 % at step 2",
        "  weight_norm: since step 1, 25.00 % of fc2 at step 1,200",
        "  angle: since step 1, 50.00 % of fc1 at step 2",
    ]


def test_that_with_repeats_each_metric_says_how_much_is_outside_of_the_noise() -> None:
    measures = [measure("norm/fc1", outside=3), measure("norm/fc2", outside=4, compared=1200)]
    (line,) = told(measures=measures, noise="the spread of 3 runs")[7:]
    assert line.endswith("; outside of the noise at 7 of 1,210")


def test_that_layers_samples_and_findings_are_listed_and_what_was_not_compared_stands_last() -> None:
    lines = told(
        first_difference=FIRST,
        layers=[LayerMatch("fc1", "fc9", "given"), LayerMatch("fc2", "net.fc2", "prefix")],
        only_a=["fc3"],
        only_b=["fc4"],
        changed_samples=[ChangedSample(7, 1, 2, 3, 0.5, None), ChangedSample(8, None, 2, 3, None, None)],
        findings_a=[OneSided("dead", "warning", "it is dead.", ["fc1"], 1200)],
        findings_b=[OneSided("spike", "error", "it jumps.")],
        not_compared=[NotCompared("bits", "two frameworks")],
    )
    assert lines[4:] == [
        "First.", "",
        "Layers paired otherwise than by name:", "  fc1 with fc9 (by hand)", "  fc2 with net.fc2 (by prefix)", "",
        "Layers without a partner:", "  fc3 in A", "  fc4 in B", "",
        "Samples that are taken for another class:", "  sample 7: 2 in A, 3 in B, truly 1",
        "  sample 8: 2 in A, 3 in B", "",
        "Findings of B that A has not:", "  error spike, step 0: it jumps.", "",
        "Findings of A that B has not:", "  warning dead, step 1,200: it is dead.", "",
        "Noise: no estimate, as no repeats of A are given (--repeats): every difference counts.", "",
        "Not compared:", "  bits: two frameworks",
    ]  # fmt: skip
    assert "Noise: the spread of 3 runs." in told(first_difference=FIRST, noise="the spread of 3 runs")


def test_that_long_lists_end_with_how_many_more_there_are() -> None:
    names = [f"fc{number}" for number in range(MOST_LINES)]
    assert told(only_a=names)[-1] == f"  {names[-1]} in A"
    assert told(only_a=[*names, "x", "y"])[-2:] == [f"  {names[-1]} in A", "  and 2 more (--json has all)."]


def test_that_no_line_is_longer_than_a_terminal_and_what_goes_on_is_indented() -> None:
    lines = told(not_compared=[NotCompared("bits", "word " * 60)])
    assert max(map(len, lines)) <= 100
    assert lines[-4].startswith("  bits: word word")
    assert [line[:8] for line in lines[-3:]] == ["    word"] * 3
    assert len(told(not_compared=[NotCompared("bit", "x " * 300)])[7]) == 100
