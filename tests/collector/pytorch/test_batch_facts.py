"""What is known of a step's batch is in the file: the same batch has the same checksum."""

from pathlib import Path

import torch
from torch import nn

from collector import Collector, InsightOptions, open_collection


def test_that_each_step_has_the_checksum_of_its_batch_and_its_number_of_samples(path: Path) -> None:
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    batches = [torch.randn(4, 3), torch.randn(5, 3)]
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, insight=InsightOptions(interval=1)):
        for number in (0, 1, 0, 0):
            optimizer.zero_grad()
            model(batches[number]).square().mean().backward()
            optimizer.step()
    with open_collection(path) as collection:
        first, second, *others = collection.series["batch_crc32/total"].tolist()
        assert first != second
        assert others == [first, first]
        assert collection.series["batch_samples/total"].tolist() == [4, 5, 4, 4]
