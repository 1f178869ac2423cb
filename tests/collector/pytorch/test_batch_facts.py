"""What is known of a step's batch is in the file: the same batch has the same checksum."""

from pathlib import Path

import torch
from torch import Tensor, nn

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


def test_that_samples_are_counted_along_their_axis_and_pictures_of_a_list_one_by_one(path: Path) -> None:
    class Pictures(nn.Linear):
        def forward(self, images: list[Tensor]) -> Tensor:
            return super().forward(torch.stack([each.mean((1, 2)) for each in images]))

    steps = [torch.randn(7, n, 3) for n in (4, 5)]
    pictures = [[torch.randn(3, 5, 6) for _ in range(n)] for n in (4, 5)]
    for model, batches, options in ((nn.Linear(3, 2), steps, {"sample_axis": 1}), (Pictures(3, 2), pictures, {})):
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        told = {"probe": (batches[0], None), "insight": InsightOptions(interval=1), "overwrite": True, **options}
        with Collector(model, optimizer, path, **told):
            for batch in batches:
                model(batch).square().mean().backward()
                optimizer.step()
        with open_collection(path) as collection:
            assert collection.series["batch_samples/total"].tolist() == [4, 5]


def test_that_targets_that_a_model_is_given_are_no_inputs(path: Path) -> None:
    class Detector(nn.Linear):
        def forward(self, images: Tensor, targets: list[Tensor]) -> Tensor:
            return (super().forward(images) - torch.stack(targets)).square().mean()

    model = Detector(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, insight=InsightOptions(interval=1)):
        model(torch.randn(4, 3), list(torch.randn(4, 2) + 100)).backward()
        optimizer.step()

    with open_collection(path) as collection:
        assert [name for name in collection.series if name.startswith("input_mean/")] == ["input_mean/images"]
