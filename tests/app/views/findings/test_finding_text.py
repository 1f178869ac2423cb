"""What is said of a finding."""

from app.views.findings.analysis.finding_text import evidence_text, finding_row, finding_sections
from collector.findings import Evidence, Finding
from collector.findings.finding import RestsOn

FOUND = Finding(
    rule="dead-units",
    severity="warning",
    title="layer 0: 50% of 16 units are silent.",
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
