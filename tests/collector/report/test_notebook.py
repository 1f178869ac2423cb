"""What a notebook shows, in notebooks that are run."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from collector import CollectorWarning, open_collection
from collector.pytorch import Collector
from tests.collector.report.page_parts import parts_of

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "finished.json"

TRAINING = """
import torch
from collector import Collector
torch.manual_seed(0)
inputs, labels = torch.randn(32, 4), torch.randint(0, 3, (32,))
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
optimizer = torch.optim.SGD(model.parameters(), 0.1)
losses = []
with Collector(model, optimizer, PATH, probe=(inputs, labels), interval=5, display=DISPLAY) as collector:
    for _ in range(20):
        loss = torch.nn.functional.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        collector.log(loss=loss)
        losses.append(loss.item())
"""


def training(*, display: bool, path: str = "run.json") -> str:
    return TRAINING.replace("DISPLAY", str(display)).replace("PATH", repr(path))


@pytest.fixture(autouse=True)
def of_this_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def outputs(folder: Path, *cells: str) -> list[list[Any]]:
    """What each cell of a notebook leaves below it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=90, kernel_name="python3", resources=resources).execute()
    return [each.outputs for each in notebook.cells]


def test_that_a_cell_follows_the_run_that_it_records_and_shows_what_was_found(tmp_path: Path) -> None:
    cells = training(display=True), "shown = losses", training(display=False, path="other.json")
    (shown,), *others = outputs(tmp_path, *cells, "import sys; assert losses == shown and 'PyQt6' not in sys.modules")
    assert others == [[], [], []], "and where nothing is to be shown nothing is"
    assert shown.output_type == "display_data"
    told = parts_of(shown.data["text/html"])
    assert "20 steps" in told.text
    assert " · finished" in told.text
    assert "loss over the steps" in told.text
    assert "judged" in told.text


def test_that_an_opened_collection_is_shown_by_findings_curves_and_layers(tmp_path: Path) -> None:
    cells = f"from collector import open_collection\nrun = open_collection({str(GOLDEN)!r})\nrun", "run.close()\nrun"
    (shown,), (closed,) = outputs(tmp_path, *cells)
    told = parts_of(shown.data["text/html"])
    with open_collection(GOLDEN) as run:
        assert told.count("tr") == 1 + len(run.layers)
        assert all(each.title in told.text for each in run.findings().findings)
    assert told.count("svg") > 1
    assert "text/html" not in closed.data, "nothing can be read of it any more"


@pytest.mark.expects_log
def test_that_display_outside_of_a_notebook_is_said_and_records_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.warns(CollectorWarning, match="there is none here"):
        exec(training(display=True), {"Collector": Collector})
    with open_collection("run.json") as run:
        assert run.passes.steps.tolist() == [0, 5, 10, 15, 20]
