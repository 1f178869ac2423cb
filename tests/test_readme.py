"""What the README and the pages of the site tell a reader to write runs as it stands there."""

import re
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from collector import open_collection
from tests.collector.lightning import trainings as of_lightning
from tests.collector.transformers import trainings as of_transformers

README = Path(__file__).parent.parent / "README.md"
DOCS = README.parent / "docs"
SCREENSHOTS = DOCS / "pictures"


def own_script() -> dict[str, Any]:
    model = nn.Sequential()
    model.add_module("fc1", nn.Linear(4, 8))
    model.add_module("relu", nn.ReLU())
    model.add_module("fc2", nn.Linear(8, 3))
    data = of_lightning.samples(160 * 8, 0)
    images, labels = data[:16]
    return {
        "model": model,
        "optimizer": torch.optim.Adam(model.parameters()),
        "criterion": nn.CrossEntropyLoss(),
        "loader": torch.utils.data.DataLoader(data, batch_size=8),
        "images": images,
        "labels": labels,
    }


def keras() -> dict[str, Any]:
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    inputs, labels = of_lightning.samples(160, 0)[:]
    return {"model": model, "images": inputs.numpy(), "labels": labels.numpy()}


def lightning() -> dict[str, Any]:
    load = torch.utils.data.DataLoader
    return {
        "Trainer": partial(of_lightning.pl.Trainer, **of_lightning.QUIETLY),
        "module": of_lightning.Module(),
        "train_loader": load(of_lightning.samples(160, 1), batch_size=8),
        "validation_loader": load(of_lightning.samples(20, 2), batch_size=8),
    }


def transformers() -> dict[str, Any]:
    return {
        "Trainer": of_transformers.Trainer,
        "model": of_transformers.a_classifier(),
        "args": of_transformers.arguments(Path("trainer")),
        "train_dataset": of_transformers.texts(40, 1),
        "eval_dataset": of_transformers.texts(20, 2),
    }


SURROUNDINGS: dict[str, Callable[[], dict[str, Any]]] = {
    "from collector import Collector": own_script,
    "from collector import KerasCollector": keras,
    "from collector.lightning import CollectorCallback": lightning,
    "from collector.transformers import CollectorCallback": transformers,
}
"""First line of a piece of code → what a reader has already."""


def pieces() -> dict[str, list[str]]:
    """First line → code, the shortest first, of each piece in README and docs that imports the collector."""
    found: dict[str, set[str]] = {}
    for page in (README, *DOCS.rglob("*.md")):
        for code in pieces_of(page.read_text(encoding="utf-8")):
            if code.startswith("from collector"):
                found.setdefault(code.partition("\n")[0], set()).add(code)
    return {first: sorted(codes, key=len) for first, codes in found.items()}


def pieces_of(text: str) -> Iterator[str]:
    """Indented code, and code between fences, indented or not."""
    for code in re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        yield textwrap.dedent(code).strip()
    lines: list[str] = []
    for line in [*text.splitlines(), "end"]:
        if line.startswith("    ") or (lines and not line):
            lines.append(line)
        elif lines:
            yield textwrap.dedent("\n".join(lines)).strip()
            lines = []


@pytest.mark.filterwarnings(*of_lightning.THEIR_WARNINGS, *of_transformers.THEIR_WARNINGS)
@pytest.mark.parametrize(("first_line", "code"), [(line, code) for line in SURROUNDINGS for code in pieces()[line]])
def test_that_what_a_page_tells_to_write_records(
    first_line: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(code, SURROUNDINGS[first_line]())

    with open_collection(tmp_path / "run.json") as collection:
        assert collection.finished
        assert len(collection.passes) >= 2
        assert np.isfinite(collection.series["loss"]).all()
        assert any(arrays.activation is not None for arrays in collection.passes[0].layers.values())


def test_that_what_the_readme_tells_to_read_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(pieces()["from collector import Collector"][0], own_script())
    names: dict[str, Any] = {}
    code = pieces()["from collector import open_collection"][0]
    exec(code, names)

    with names["run"] as run:
        assert run.passes[3].layers["fc1"].weight_gradient.shape == (8, 4)
        assert run.series["loss"].shape == (160,)
    assert 'run.passes[3].layers["fc1"].weight_gradient' in code
    assert 'run.series["loss"]' in code


def test_that_the_metric_that_the_readme_tells_to_write_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = own_script()
    exec(pieces()["from collector import Collector, Metric"][0], names)
    model, optimizer = names["model"], names["optimizer"]
    with names["collector"] as collector:
        for inputs, targets in names["loader"]:
            loss = names["criterion"](model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)

    with open_collection(tmp_path / "run.json") as run:
        steps, shares = run.series.recorded("sparsity/fc1")
        assert steps.tolist() == list(range(0, 160, 10))
        assert ((shares >= 0) & (shares < 0.2)).all()
        assert run.metrics["sparsity"].title == "weights near zero"


def test_that_the_checkpoints_that_the_readme_tells_of_become_a_collection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = own_script() | {"Path": Path}
    Path("run").mkdir()
    for step in (0, 5):
        torch.save(names["model"].state_dict(), f"run/step_{step}.pt")
    exec(pieces()["from collector import from_checkpoints"][0], names)

    with open_collection(tmp_path / "kept.json") as kept:
        assert kept.passes.steps.tolist() == [0, 5]


def test_that_every_picture_that_was_painted_is_shown_on_a_page() -> None:
    pictures = {path.name for path in SCREENSHOTS.iterdir() if path.is_file()}
    pages = "".join(page.read_text(encoding="utf-8") for page in (README, *DOCS.rglob("*.md")))
    assert set(re.findall(r"pictures/(\w+\.png)", pages)) == pictures


def test_that_what_the_readme_leads_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert len(links) > 10
    assert [link for link in links if not (README.parent / link).exists()] == []


def test_that_no_piece_of_a_page_is_left_out() -> None:
    assert set(pieces()) == {
        *SURROUNDINGS,
        "from collector import Collector, Metric",
        "from collector import from_checkpoints",
        "from collector import open_collection",
    }
