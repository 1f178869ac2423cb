from pathlib import Path

import pytest

from data.errors import DataError
from data.names import DATASETS, PICTURE_SHAPES, picture_shape
from data.sources import default_data_root, load


def test_that_without_data_and_network_digits_stand_in_for_mnist_and_say_so(tmp_path: Path) -> None:
    source = load("mnist", tmp_path)
    assert (source.asked, source.used) == ("mnist", "digits")
    assert source.note is not None
    assert "stand in" in source.note
    assert "Name or service not known" in source.note
    assert "\n" not in source.note
    assert source.shape == PICTURE_SHAPES["mnist"]


def test_that_strict_makes_the_stand_in_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"MNIST.raw.*--strict_data"):
        load("mnist", tmp_path, strict=True)


@pytest.mark.parametrize(("name", "place"), [("fashion_mnist", "FashionMNIST/raw"), ("cifar10", "cifar-10-batches-py")])
def test_that_without_data_and_network_an_error_names_the_place_and_the_ways_out(
    tmp_path: Path, name: str, place: str
) -> None:
    with pytest.raises(DataError) as caught:
        load(name, tmp_path)
    message = str(caught.value)
    assert str(tmp_path / place) in message
    assert "--dataset digits" in message
    assert "--dataset shapes" in message


def test_that_a_failed_download_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        load("fashion_mnist", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_that_an_unknown_name_is_answered_with_the_valid_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=", ".join(DATASETS)):
        load("imagenet", tmp_path)


def test_that_downloads_go_beside_the_code_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STROBE_DATA_ROOT", raising=False)
    assert default_data_root().parts[-2:] == ("data", "downloads")


def test_that_pictures_can_be_resized() -> None:
    source = load("shapes", resize=16)
    assert source.shape == picture_shape("shapes", 16) == (3, 16, 16)
    assert (len(source.train), len(source.test)) == (10_000, 2_000)


def test_that_pictures_cannot_be_resized_to_nothing() -> None:
    with pytest.raises(DataError, match="cannot be resized to 0"):
        load("shapes", resize=0)
