"""The examples run as they stand, learn, and leave collections with nothing missing."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from collector import open_collection

LEFT_OUT = {"two_inputs": ["Of the probe's inputs the file holds the first, picture; not in it: numbers."]}
EXAMPLES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("test_"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_that_an_example_records_a_training(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small tensors are slower on several
    try:
        runpy.run_path(str(Path(__file__).with_name(f"{name}.py")))
    finally:
        torch.set_num_threads(n_threads)

    with open_collection(tmp_path / f"{name}.json") as collection:
        assert collection.finished
        assert [note.text for note in collection.notes] == LEFT_OUT.get(name, [])
        assert [one.step for one in collection.passes] == [0, 50, 100, 150]
        losses = collection.series["loss"]
        assert len(losses) == 150
        assert np.isfinite(losses).all()
        if name != "gan":  # whose losses are a balance
            assert losses[-20:].mean() < 0.8 * losses[:20].mean()
        first = collection.passes[0]
        assert first.logits.shape == (16, {"gan": 1, "transformer": 3, "two_inputs": 2}[name])
        assert all(np.any(arrays.weight_update) for arrays in first.layers.values() if arrays.weight_update is not None)


def test_that_the_page_on_pytorch_names_every_example() -> None:
    page = (Path(__file__).parents[2] / "docs" / "record" / "pytorch.md").read_text(encoding="utf-8")

    assert EXAMPLES == ["gan", "transformer", "two_inputs"]
    assert all(f"(`tests/examples/{name}.py`)" in page for name in EXAMPLES)
