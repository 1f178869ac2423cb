"""What the comparison of layers and the augmented sample are made of."""

import numpy as np
import torch

from data.pictures import DataSource, PictureDataset
from models.options import TrainOptions
from models.similarity_options import similarity_options


def source(n_test: int = 30) -> DataSource:
    chance = torch.Generator().manual_seed(0)
    pictures = torch.randint(0, 256, (n_test, 1, 12, 12), generator=chance).to(torch.uint8)
    dataset = PictureDataset(pictures, torch.arange(n_test) % 3, (0.4,), (0.2,))
    return DataSource("noise", "noise", None, dataset, dataset, ("a", "b", "c"), (0.4,), (0.2,))


def test_that_the_augmented_sample_is_the_probes_first_as_the_network_sees_it() -> None:
    given = similarity_options(TrainOptions(augmentations="epochs"), source(), seed=4)
    sample, (compared, labels) = given["augmented"], given["similarity"]

    assert torch.equal(sample.inputs[0], compared[0])
    assert sample.label == labels[0]
    expected = (torch.from_numpy(sample.pictures).float() / 255 - 0.4) / 0.2
    np.testing.assert_allclose(sample.inputs, expected, atol=1e-5)
    assert (len(sample.pictures), sample.every_epoch, sample.seed) == (300, True, 4)


def test_that_there_are_as_many_samples_as_asked_or_as_there_are() -> None:
    for asked, found in ((12, 12), (256, 30)):
        images, labels = similarity_options(TrainOptions(similarity_samples=asked), source(), 0)["similarity"]
        assert (len(images), len(labels)) == (found, found)


def test_that_both_can_be_turned_off() -> None:
    given = similarity_options(TrainOptions(similarity_samples=0, augmentations="off"), source(), 0)

    assert (given["similarity"], given["augmented"]) == (None, None)


def test_that_the_end_is_the_only_time_unless_epochs_are_asked_for() -> None:
    assert not similarity_options(TrainOptions(), source(), 0)["augmented"].every_epoch
