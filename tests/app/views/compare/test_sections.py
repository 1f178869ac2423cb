"""What differs between two runs, as rows to read: words above, words below, and where each leads."""

import msgspec

from app.views.compare.analysis.first_place import first_place
from app.views.compare.analysis.sections import (
    Entry,
    LayerNames,
    finding_entries,
    layer_entries,
    measure_entries,
    not_compared_entries,
    option_entries,
    sample_entries,
)
from collector.comparing import Comparison, FirstDifference, MeasureDifference, NotCompared
from collector.comparing.comparison import ChangedSample, OneSided, OptionDifference


def comparison(**fields: object) -> Comparison:
    usual = {
        "a": "a.json", "b": "b.json", "clock": "step", "tolerance": 1e-6, "bitwise": True, "identical_until": None,
        "first_difference": None,
    }  # fmt: skip
    return msgspec.convert(usual | fields, Comparison, from_attributes=True)


def told(entries: list[Entry]) -> list[tuple[str, str]]:
    return [(each.row.above, each.row.text) for each in entries]


def places(entries: list[Entry]) -> list[tuple[object, ...] | None]:
    return [None if each.place is None else (each.place.step, each.place.layer) for each in entries]


def test_that_options_lead_to_their_layer_and_the_step_from_which_on_they_differ() -> None:
    options = [
        OptionDifference(kind="option", name="seed", a=0, b=1),
        OptionDifference(kind="group", name="lr", a=1, b=2, step=50),
        OptionDifference(kind="layer", name="p", a=0.1, b=0.2, layer="fc1"),
    ]
    found = option_entries(comparison(options=options))
    assert [each.row.above for each in found] == ["Option", "Group of parameters", "Module"]
    assert found[0].row.text == "seed: 0 in A, 1 in B"
    assert places(found) == [(None, None), (50, None), (None, "fc1")]


def measure(name: str, largest: float, since: int = 1, **more: int) -> MeasureDifference:
    return MeasureDifference(
        name=name, **({"compared": 10, "since": since, "largest": largest, "largest_at": 1200} | more)
    )  # type: ignore[arg-type]


def test_that_a_metric_is_a_row_told_by_the_layer_that_differs_most() -> None:
    measures = [
        measure("own/fc1", 0.5),
        measure("weight_norm/fc1", 0.1, outside=2),
        measure("weight_norm/fc2", 0.25, since=7),
        measure("gradient_norm/total", 0.5, since=1500),
        measure("loss", 0.5),
    ]
    found = measure_entries(comparison(measures=measures))
    assert [each.metric for each in found] == ["", "", "weight_norm", "own"]
    assert [each.row.text.partition(": ")[2] for each in found] == [
        "differs by up to 50.00 %", "differs by up to 50.00 %", "differs by up to 25.00 %, in fc2",
        "differs by up to 50.00 %, in fc1",
    ]  # fmt: skip
    assert found[0].row.text.startswith("Loss")
    assert found[0].row.above == "since step 1 · most at step 1,200"
    assert found[1].row.above.startswith("since step 1,500")
    assert places(found) == [(1, None), (1500, None), (1, "fc2"), (1, "fc1")]
    assert not any(each.row.is_faint for each in found)


def test_that_with_repeats_what_lies_inside_of_their_spread_is_faint() -> None:
    measures = [measure("a/fc1", 0.1, outside=3), measure("a/fc2", 0.1, compared=1200), measure("b/fc1", 0.1)]
    found = measure_entries(comparison(measures=measures, noise="the spread of 3 runs"))
    assert [each.row.above.rpartition(" · ")[2] for each in found] == [
        "outside of the noise at 3 of 1,210", "outside of the noise at 0 of 10",
    ]  # fmt: skip
    assert [each.row.is_faint for each in found] == [False, True]


def test_that_samples_are_told_by_the_names_of_their_classes() -> None:
    changed = [ChangedSample(7, 1, 0, 2, 0.5, 1.25), ChangedSample(8, None, 0, 1, 0.5, None)]
    found = sample_entries(comparison(changed_samples=changed), ["ant", "bee"], 1200)
    assert told(found) == [
        ("step 1,200 · loss 0.5 | 1.25", "Sample 8: ant in A, class 2 in B, truly bee"),
        ("step 1,200", "Sample 9: ant in A, bee in B"),
    ]
    assert [each.place and (each.place.step, each.place.sample) for each in found] == [(1200, 7), (1200, 8)]


def test_that_findings_of_b_come_first_and_lead_to_layers_of_a_alone() -> None:
    one = OneSided("dead", "warning", "it is dead.", ["fc1", "fc2"], 1200)
    other = OneSided("odd", "strange", "it is odd.", ["fc3"])
    found = finding_entries(comparison(findings_a=[one], findings_b=[other]))
    assert told(found) == [
        ("only in B · since step 0 · fc3", "it is odd."), ("only in A · since step 1,200 · fc1", "it is dead."),
    ]  # fmt: skip
    assert [each.row.severity for each in found] == [None, "warning"]
    assert places(found) == [(0, None), (1200, "fc1")]


def test_that_layers_without_a_partner_come_first_and_those_of_a_can_be_paired() -> None:
    names = LayerNames(("x", "y", "z"), ("y", "w", "q"), {"y": "y", "z": "w"}, {"y": "name", "z": "given"})
    found = layer_entries(names)
    assert told(found) == [("only in A", "x"), ("only in B", "q"), ("by name", "y"), ("by hand", "z in A, w in B")]
    assert [each.layer for each in found] == ["x", "", "y", "z"]
    assert places(found) == [None, None, (None, "y"), (None, "z")]


def test_that_what_says_nothing_is_told_with_its_reason() -> None:
    found = not_compared_entries(comparison(not_compared=[NotCompared("bits", "two frameworks")]), "")
    assert told(found) == [("not compared", "Bits: two frameworks")]
    assert told(not_compared_entries(comparison(), "one is not enough")) == [
        ("no noise", "The repeats tell no noise: one is not enough")
    ]


def test_that_the_first_difference_is_seen_where_such_a_quantity_is_shown() -> None:
    def place(phase: str, quantity: str, layer: str = "fc2") -> tuple[object, ...]:
        first = FirstDifference(step=7, phase=phase, layer=layer, quantity=quantity, verdict=None, text="")  # type: ignore[arg-type]
        found = first_place(first)
        return found.tab, found.step, found.layer, found.series

    assert place("backward", "gradient") == ("optimizer", 7, "fc2", "gradient_norm/fc2")
    assert place("update", "weights") == ("optimizer", 7, "fc2", "weight_norm/fc2")
    assert place("options", "learning rate", "") == ("optimizer", 7, None, "learning_rate")
    assert place("forward", "output")[:3] == ("network", 7, "fc2")
    assert place("options", "seed", "")[:3] == (None, 7, None)
