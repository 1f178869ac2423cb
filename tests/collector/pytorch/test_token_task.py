"""Models of the transformers library that go on with a text say so, by a mark or by their name."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, open_collection


class MarkedWriter(nn.Module):
    """Has the mark."""

    loss_type: str | None = "ForCausalLM"

    def __init__(self) -> None:
        super().__init__()
        self.words, self.head = nn.Embedding(9, 4), nn.Linear(4, 9)

    def forward(self, text: Tensor) -> Tensor:
        return self.head(self.words(text))


class WriterLMHeadModel(MarkedWriter):
    """Has the name."""

    loss_type = None


class Reader(MarkedWriter):
    """Has neither."""

    loss_type = None


@pytest.mark.parametrize(("kind", "is_told"), [(MarkedWriter, True), (WriterLMHeadModel, True), (Reader, False)])
def test_that_each_position_is_to_give_the_token_that_follows(tmp_path: Path, kind: type, is_told: bool) -> None:
    text, model = torch.arange(12).view(2, 6) % 9, kind()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, tmp_path / "run.json", probe=(text, None)):
        model(text).sum().backward()
        optimizer.step()

    with open_collection(tmp_path / "run.json") as collection:
        assert collection.task.kind == "tokens"
        assert collection.probe is not None
        targets = collection.probe.targets
        if is_told:
            np.testing.assert_array_equal(targets, [[1, 2, 3, 4, 5, -1], [7, 8, 0, 1, 2, -1]])
        else:
            assert targets is None
