"""What is said of a finding."""

from msgspec import structs

from app.views.findings.analysis.finding_text import (
    evidence_text,
    finding_row,
    finding_sections,
    judged_sections,
    summary_text,
)
from collector.findings import Evidence, Finding, Report, Rule
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
    assert finding_row(FOUND).text == "50 % of 16 units are silent."
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
