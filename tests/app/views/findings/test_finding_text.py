"""What is said of a finding."""

import pytest
from msgspec import structs

from app.views.findings.analysis.finding_text import (
    Section,
    evidence_text,
    finding_row,
    finding_sections,
    judged_sections,
    judged_text,
    lacking_items,
    rule_sections,
    summary_text,
)
from collector.findings import Cause, Evidence, Finding, GlobalEvent, NotJudged, Report, Rule
from collector.findings.finding import RestsOn

FOUND = Finding(
    rule="dead-units",
    severity="warning",
    title="layer 0: 50 % of 16 units are silent.",
    layers=["0", "1"],
    affected=["3", "6"],
    since=50,
    since_range=(0, 50),
    rests_on=RestsOn("", "", ""),
)


def test_that_a_layer_whose_name_is_a_number_is_called_a_layer() -> None:
    assert finding_row(FOUND).above == "Warning · since step 50 · layer 0"
    assert finding_sections(FOUND)[0].lines == ("In layers 0, 1.", "Suffer from it: layers 3, 6.")
    assert evidence_text(Evidence(tab="network", step=50, layer="0", unit=2)) == "Network · step 50 · layer 0 · unit 2"


def test_that_a_row_names_the_layer_above_its_title_and_not_again_in_it() -> None:
    assert finding_row(FOUND).text == "50\N{NO-BREAK SPACE}% of 16 units are silent."
    assert FOUND.title in finding_row(FOUND).tip
    several = structs.replace(FOUND, title="layers 0, 1: frozen.")
    assert finding_row(several).text == several.title
    loss = structs.replace(FOUND, title="The loss runs away: 3 at the end.")
    assert finding_row(loss).text == loss.title


def test_that_what_is_judged_goes_on_behind_its_name_and_ends_alike() -> None:
    rules = {
        "a": Rule("a", "Layers that fade", lambda _: (), "", "", ""),
        "b": Rule("b", "NaN or Inf", lambda _: (), "", "", ""),
    }
    first, *_, last = judged_sections(
        Report(collection="", findings=[], global_events=[], judged=["a", "b"], not_judged=[]), rules
    )
    assert first.lines == ("2 rules judged",)
    assert last.items == ("a: layers that fade", "b: NaN or Inf")


def test_that_the_notes_of_a_healthy_run_are_told_behind_its_health() -> None:
    note = structs.replace(FOUND, severity="note")
    assert summary_text([note]) == "Nothing is wrong as far as can be judged; 1 note"
    assert summary_text([FOUND, note]) == "1 finding, 1 note"


@pytest.mark.parametrize(
    ("n_serious", "n_notes", "n_muted", "words"),
    [
        (0, 0, 0, "Nothing is wrong as far as can be judged"),
        (0, 2, 1, "Nothing is wrong as far as can be judged; 2 notes, 1 muted"),
        (1, 0, 0, "1 finding"),
        (2, 1, 3, "2 findings, 1 note, 3 muted"),
        (1_000, 0, 0, "1,000 findings"),
    ],
)
def test_that_a_line_says_how_many_there_are(n_serious: int, n_notes: int, n_muted: int, words: str) -> None:
    note = structs.replace(FOUND, severity="note")
    assert summary_text([FOUND] * n_serious + [note] * n_notes, n_muted) == words


LATER = structs.replace(FOUND, since=1_200, until=3_400)


@pytest.mark.parametrize(
    ("finding", "beside", "whose", "above"),
    [
        (FOUND, None, "", "Warning · since step 50 · layer 0"),
        (FOUND, FOUND, "both", "Warning · since step 50 · both · layer 0"),
        (FOUND, LATER, "both", "Warning · since step 50 (B: 1,200–3,400) · both · layer 0"),
        (LATER, None, "only B", "Warning · since step 1,200–3,400 · only B · layer 0"),
        (structs.replace(FOUND, follows_from="a", layers=[]), None, "only A", "since step 50 · only A · ↳ a"),
        (structs.replace(FOUND, severity="note", layers=[]), None, "", "Note · since step 50"),
    ],
)
def test_that_the_line_above_ends_with_the_layer_which_may_be_cut(
    finding: Finding, beside: Finding | None, whose: str, above: str
) -> None:
    row = finding_row(finding, beside=beside, whose=whose)
    assert row.above == above
    assert row.severity == finding.severity
    assert row.is_faint == bool(finding.follows_from)


def test_that_the_tip_of_a_row_is_the_whole_title_why_it_matters_and_what_it_follows_from() -> None:
    told = structs.replace(FOUND, why="They learn nothing.", follows_from="too-large")
    assert finding_row(told).tip == (
        "layer 0: 50 % of 16 units are silent.\nThey learn nothing.\nProbably a consequence of too-large."
    )
    assert finding_row(FOUND).tip == FOUND.title


def test_that_of_a_finding_is_read_what_it_does_what_led_to_it_and_its_figures() -> None:
    told = structs.replace(
        FOUND,
        why="They learn nothing.",
        follows_from="too-large",
        layers=list("abcdefg"),
        affected=["x"],
        confidence="estimate",
        why_estimate="Of a part.",
        causes=[Cause("The rate is too high.", "The ratio."), Cause("The bias is off.", "The start.")],
        rests_on=RestsOn("", "", "", {"share": 0.123456, "spread": 6.333e-5, "units": 12_345, "kind": "ReLU"}),
    )
    assert finding_sections(told) == [
        Section(
            lines=(
                "They learn nothing.",
                "Probably a consequence of too-large.",
                "In a, b, c, d, e and 2 more.",
                "Suffer from it: x.",
                "An estimate. Of a part.",
            )
        ),
        Section(
            "What may have led to it",
            items=("The rate is too high. Look at: The ratio.", "The bias is off. Look at: The start."),
        ),
        Section("Found here", items=("share: 0.1235", "spread: 6.333e−5", "units: 1.234e4", "kind: ReLU")),
    ]
    assert finding_sections(structs.replace(FOUND, layers=["0"], affected=[])) == [Section()]


def test_that_what_a_finding_is_has_a_heading_for_all_that_is_known_of_its_rule() -> None:
    told = structs.replace(FOUND, rests_on=RestsOn("a mean", "above 3", "a paper"))
    rule = Rule("dead-units", "Silent units", lambda _: (), "", "", "", stays_silent="sparse codes", alarms="1 of 92")
    assert rule_sections(told, rule) == [
        Section("What is dead-units?", ("Silent units",)),
        Section("What is computed", ("a mean",)),
        Section("Told from", ("above 3",)),
        Section("After", ("a paper",)),
        Section("Looks like it and is healthy", ("sparse codes",)),
        Section("How often it was wrong", ("1 of 92",)),
    ]
    assert rule_sections(FOUND, None) == [Section("What is dead-units?")]


def test_that_what_was_judged_names_what_moved_all_and_what_lacked() -> None:
    report = Report(
        "",
        [],
        [GlobalEvent(1_200, "All updates fell.")],
        ["a"],
        [NotJudged("b", "no loss"), NotJudged("c", "no loss"), NotJudged("d", "no layer")],
        remarks=["A rule failed."],
    )
    assert judged_text(report) == "1 rule judged, 3 could not be"
    assert lacking_items(report) == ("b, c: no loss", "d: no layer")
    assert judged_sections(report, {}) == [
        Section(lines=("1 rule judged, 3 could not be", "A rule failed.")),
        Section("What moved all layers at once", items=("step 1,200: All updates fell.",)),
        Section("Could not be judged", items=("b, c: no loss", "d: no layer")),
        Section("Judged", items=("a",)),
    ]


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (Evidence(), ""),
        (Evidence(tab="gradients", step=1_200), "Gradients · step 1,200"),
        (Evidence(step=0, layer="fc1", unit=0, sample=0), "step 0 · fc1 · unit 0 · sample 1"),
    ],
)
def test_that_a_place_is_named_from_the_tab_to_the_sample(evidence: Evidence, words: str) -> None:
    assert evidence_text(evidence) == words
