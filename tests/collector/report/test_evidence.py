"""The picture of a finding is the first piece of its evidence that can be drawn."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.findings import Evidence, Finding, Recording
from collector.findings.finding import RestsOn
from collector.report.evidence import evidence_picture
from collector.report.markup import markup
from tests.collector.findings.recorded import Recorded

NOTHING_TO_DRAW = Evidence(tab="network")
ARRAYS = Evidence(step=10, layer="fc1")
Drawn = Callable[..., str]


@pytest.fixture
def drawn(tmp_path: Path) -> Iterator[Drawn]:
    """What is drawn of a finding with this evidence; empty where nothing is."""
    values = np.arange(20.0)
    run = Recorded(tmp_path, probe=(np.zeros((4, 8), np.float32), None))
    run.scalars({"loss": values, "rate": values, "gradient_norm/fc2": values})
    run.taken(10, {"fc1": {"activation": np.ones((4, 8), np.float32)}})

    with open_collection(run.write()) as collection:

        def draw(*evidence: Evidence) -> str:
            when, why = {"since": 5, "since_range": (5, 5)}, RestsOn("", "", "")
            finding = Finding(rule="odd", severity="note", title="", evidence=list(evidence), rests_on=why, **when)  # type: ignore[arg-type]
            picture = evidence_picture(Recording(collection), finding)
            return "" if picture is None else markup(picture)

        yield draw


@pytest.mark.parametrize(
    ("evidence", "title"),
    [
        ([Evidence(series="rate")], "rate"),
        ([Evidence(tab="gradients", layer="fc2")], "gradient_norm/fc2"),
        ([ARRAYS], "fc1: what it gives for the probe at step 10"),
        ([NOTHING_TO_DRAW, Evidence(series="rate")], "rate"),
        ([NOTHING_TO_DRAW, Evidence(series="unknown"), ARRAYS], "fc1: what it gives for the probe at step 10"),
        ([ARRAYS, Evidence(series="rate")], "fc1: what it gives for the probe at step 10"),
        ([Evidence(series="rate"), ARRAYS], "rate"),
        ([NOTHING_TO_DRAW], "loss"),
        ([], "loss"),
    ],
)
def test_that_the_first_evidence_that_can_be_drawn_is_and_else_the_loss(
    drawn: Drawn, evidence: list[Evidence], title: str
) -> None:
    assert f">{title}<" in drawn(*evidence)
