import pytest
import torch

from data.pictures import DataSource, PictureDataset, channel_statistics, loaders


def dataset(count: int = 10, **options: object) -> PictureDataset:
    pictures = torch.arange(count * 2 * 3 * 3, dtype=torch.int64).remainder(256).to(torch.uint8)
    return PictureDataset(
        pictures.view(count, 2, 3, 3), torch.arange(count), mean=(0.5, 0.25), std=(0.5, 0.1), **options
    )


def source(count: int = 10) -> DataSource:
    names = tuple(str(number) for number in range(count))
    return DataSource("x", "x", None, dataset(count), dataset(count), names, (0.5, 0.25), (0.5, 0.1))


def test_that_a_picture_is_normalised_channel_by_channel() -> None:
    pictures = dataset()
    image, label = pictures[3]
    raw = pictures.pictures[3].double() / 255
    expected = torch.stack([(raw[0] - 0.5) / 0.5, (raw[1] - 0.25) / 0.1])
    assert image.dtype == torch.float32
    assert torch.allclose(image.double(), expected, atol=1e-6)
    assert label.item() == 3


def test_that_a_batch_holds_the_pictures_asked_for_in_their_order() -> None:
    pictures = dataset()
    images, labels = pictures.__getitems__([7, 0, 7])
    assert labels.tolist() == [7, 0, 7]
    assert torch.equal(images, torch.stack([pictures[7][0], pictures[0][0], pictures[7][0]]))


@pytest.mark.parametrize(
    ("pictures", "labels"),
    [
        (torch.zeros(2, 1, 4, 4), torch.zeros(2)),
        (torch.zeros(2, 4, 4, dtype=torch.uint8), torch.zeros(2)),
        (torch.zeros(2, 1, 4, 4, dtype=torch.uint8), torch.zeros(3)),
    ],
    ids=["floats", "no channels", "a label too many"],
)
def test_that_arrays_which_are_no_labelled_pictures_are_refused(pictures: torch.Tensor, labels: torch.Tensor) -> None:
    with pytest.raises(ValueError, match="need uint8 pictures"):
        PictureDataset(pictures, labels, (0.5,), (0.5,))


def test_that_the_seed_decides_the_order_of_training() -> None:
    def order(seed: int) -> list[int]:
        train, _ = loaders(source(), batch_size=3, seed=seed)
        return [label for _, labels in train for label in labels.tolist()]

    assert order(0) == order(0)
    assert order(0) != order(1)
    assert sorted(order(0)) == list(range(10))


def test_that_each_epoch_has_an_order_of_its_own() -> None:
    train, _ = loaders(source(), batch_size=10, seed=0)
    first, second = (next(iter(train))[1].tolist() for _ in range(2))
    assert first != second


def test_that_test_pictures_come_in_the_order_of_the_file() -> None:
    _, test = loaders(source(), batch_size=3, seed=5)
    assert [label for _, labels in test for label in labels.tolist()] == list(range(10))


def test_that_loading_draws_no_global_random_number() -> None:
    before = torch.random.get_rng_state()
    for loader in loaders(source(), batch_size=4, seed=0):
        assert len(list(loader)) > 0
    assert torch.equal(before, torch.random.get_rng_state())


def test_that_augmentation_gets_raw_pictures_and_a_seeded_generator() -> None:
    def noise(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        assert pictures.dtype == torch.uint8
        return torch.randint(0, 256, pictures.shape, generator=generator, dtype=torch.uint8)

    noisy = dataset(augmentation=noise)
    noisy_source = DataSource("x", "x", None, noisy, dataset(), ("a",) * 10, (0.5, 0.25), (0.5, 0.1))

    def images(seed: int) -> torch.Tensor:
        return torch.cat([batch for batch, _ in loaders(noisy_source, batch_size=5, seed=seed)[0]])

    assert torch.equal(images(1), images(1))
    assert not torch.equal(images(1), images(2))


def test_that_statistics_are_those_of_the_definition() -> None:
    pictures = torch.randint(0, 256, (50, 3, 7, 5), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    mean, std = channel_statistics(pictures)
    values = pictures.double() / 255
    assert torch.allclose(torch.tensor(mean, dtype=torch.float64), values.mean((0, 2, 3)))
    assert torch.allclose(torch.tensor(std, dtype=torch.float64), values.std((0, 2, 3), correction=0))


def test_that_a_channel_without_variation_is_not_divided_by_zero() -> None:
    _, std = channel_statistics(torch.full((4, 1, 3, 3), 90, dtype=torch.uint8))
    assert std == (1.0,)


def test_that_a_source_knows_its_shape_and_classes() -> None:
    assert source().shape == (2, 3, 3)
    assert source().n_classes == 10
