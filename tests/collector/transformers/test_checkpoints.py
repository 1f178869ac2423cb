"""Folders that Hugging Face's Trainer keeps, as a collection."""

from pathlib import Path

import numpy as np
import pytest
import torch

from collector import from_checkpoints, open_collection
from tests.collector.transformers.trainings import THEIR_WARNINGS, a_classifier, a_writer


@pytest.mark.filterwarnings(*THEIR_WARNINGS)
def test_that_folders_open_at_the_steps_of_their_names(tmp_path: Path) -> None:
    model = a_classifier()
    folders = []
    for step in (20, 100):
        with torch.no_grad():
            model.classifier.bias.fill_(step)
        folders.append(tmp_path / f"checkpoint-{step}")
        model.save_pretrained(folders[-1])
    words = torch.arange(1, 13).reshape(2, 6)
    from_checkpoints(a_classifier(), folders, tmp_path / "made.json", probe=({"input_ids": words}, None))
    with open_collection(tmp_path / "made.json") as collection:
        assert collection.passes.steps.tolist() == [20, 100]
        biases = [each.layers["classifier"].bias for each in collection.passes]
        np.testing.assert_array_equal(biases, [[20] * 3, [100] * 3])
        assert all(each.logits is not None for each in collection.passes)


@pytest.mark.filterwarnings(*THEIR_WARNINGS)
def test_that_of_weights_that_are_tied_one_is_enough_and_several_files_are_one(tmp_path: Path) -> None:
    writer = a_writer()
    writer.save_pretrained(tmp_path / "parts", max_shard_size="5KB")
    assert len(list((tmp_path / "parts").glob("*.safetensors"))) > 1
    words = torch.arange(1, 13).reshape(2, 6)
    from_checkpoints(a_writer(), tmp_path / "parts", tmp_path / "made.json", probe=({"input_ids": words}, None))
    with open_collection(tmp_path / "made.json") as collection:
        (pass_,) = collection.passes
        np.testing.assert_array_equal(
            pass_.layers["transformer.ln_f"].weight, writer.transformer.ln_f.weight.detach().numpy()
        )
