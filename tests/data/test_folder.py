from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from data.errors import DataError
from data.sources import load

COLOURS = {"blue": (20, 40, 220), "red": (220, 40, 20)}
MakeClasses = Callable[[Path, int], None]


@pytest.fixture
def make_classes() -> MakeClasses:
    def make(folder: Path, count: int) -> None:
        for name, colour in COLOURS.items():
            (folder / name).mkdir(parents=True)
            for number in range(count):
                Image.new("RGB", (40, 50), colour).save(folder / name / f"{number:02}.png")

    return make


def test_that_unsplit_classes_are_split_4_to_1_by_the_seed(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path, 10)
    for number, path in enumerate(sorted((tmp_path / "red").iterdir())):
        Image.new("RGB", (32, 32), (200, number, 0)).save(path)
    source = load("folder", tmp_path, seed=0)
    assert (source.asked, source.used, source.note) == ("folder", "folder", None)
    assert source.class_names == ("blue", "red")
    assert source.train.labels.bincount().tolist() == [8, 8]
    assert source.test.labels.bincount().tolist() == [2, 2]

    def held_out(seed: int) -> list[int]:
        test = load("folder", tmp_path, seed=seed).test
        return test.pictures[test.labels == 1][:, 1, 0, 0].tolist()

    reds = [*held_out(0), *source.train.pictures[source.train.labels == 1][:, 1, 0, 0].tolist()]
    assert sorted(reds) == list(range(10))
    assert held_out(0) == held_out(0)
    assert any(held_out(seed) != held_out(0) for seed in range(1, 5))


def test_that_a_ready_split_is_kept(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path / "train", 3)
    make_classes(tmp_path / "test", 2)
    source = load("folder", tmp_path)
    assert (len(source.train), len(source.test)) == (6, 4)
    red = source.test.pictures[source.test.labels == 1]
    assert red[:, :, 16, 16].tolist() == [[220, 40, 20]] * 2


def test_that_pictures_are_cut_to_their_middle_and_resized(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path, 2)
    wide = Image.new("RGB", (300, 100), (0, 0, 0))
    wide.paste((250, 250, 250), (100, 0, 200, 100))
    for path in (tmp_path / "red").iterdir():
        wide.save(path)
    assert load("folder", tmp_path).shape == (3, 32, 32)
    source = load("folder", tmp_path, resize=20)
    assert source.shape == (3, 20, 20)
    middle = source.test.pictures[source.test.labels == 1]
    # The outermost pixels may mix in a little of what was cut away.
    assert middle.min() > 200
    assert middle[..., 1:-1].min() == 250


def test_that_grey_and_indexed_pictures_become_colour(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path, 2)
    for path in (tmp_path / "red").iterdir():
        Image.new("L", (32, 32), 77).save(path)
    for path in (tmp_path / "blue").iterdir():
        Image.new("P", (32, 32), 0).save(path)
    source = load("folder", tmp_path)
    assert source.test.pictures[source.test.labels == 1].unique().tolist() == [77]


def test_that_unreadable_pictures_are_left_out_counted_and_named(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path, 10)
    (tmp_path / "red" / "03.png").write_bytes(b"")
    cut_off = tmp_path / "blue" / "07.png"
    cut_off.write_bytes(cut_off.read_bytes()[:60])
    source = load("folder", tmp_path)
    assert len(source.train) + len(source.test) == 18
    assert source.note is not None
    assert source.note.startswith("2 pictures in")
    assert "blue/07.png" in source.note
    assert "red/03.png" in source.note


def test_that_other_files_beside_the_pictures_are_no_pictures(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path, 5)
    (tmp_path / "red" / "notes.txt").write_text("from the garden")
    (tmp_path / "red" / ".hidden.png").write_bytes(b"x")
    (tmp_path / "readme.md").write_text("mine")
    assert load("folder", tmp_path).note is None


def test_that_a_class_of_unreadable_pictures_is_an_error(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path, 3)
    for path in (tmp_path / "red").iterdir():
        path.write_bytes(b"nonsense")
    with pytest.raises(DataError, match=r"class 'red' needs two readable pictures.* 0 can be read"):
        load("folder", tmp_path)


def test_that_the_folder_must_be_named_and_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="needs --data_root DIR"):
        load("folder")
    with pytest.raises(DataError, match="nowhere is not there"):
        load("folder", tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file is not a folder"):
        load("folder", tmp_path / "file")


def test_that_a_folder_without_class_folders_is_told_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no class folder; expected CLASS/PICTURE"):
        load("folder", tmp_path)


def test_that_one_class_is_not_enough(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path, 2)
    (tmp_path / "red").rename(tmp_path / ".red")
    with pytest.raises(DataError, match=r"1 class folder; .* at least two classes"):
        load("folder", tmp_path)


def test_that_a_class_without_pictures_is_named(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path, 2)
    (tmp_path / "green").mkdir()
    with pytest.raises(DataError, match="green holds no pictures; expected"):
        load("folder", tmp_path)
    (tmp_path / "green" / "deeper").mkdir()
    with pytest.raises(DataError, match="green holds no pictures, only more folders"):
        load("folder", tmp_path)


def test_that_train_without_test_is_not_taken_for_a_class(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path / "train", 2)
    make_classes(tmp_path / "validation", 2)
    with pytest.raises(DataError, match="holds the folders train, validation; expected"):
        load("folder", tmp_path)


def test_that_classes_of_train_and_test_must_agree(tmp_path: Path, make_classes: MakeClasses) -> None:
    make_classes(tmp_path / "train", 2)
    make_classes(tmp_path / "test", 2)
    (tmp_path / "test" / "red").rename(tmp_path / "test" / "green")
    with pytest.raises(DataError, match="only one of them has green, red"):
        load("folder", tmp_path)


def test_that_real_photographs_are_read(real_data: Path) -> None:
    source = load("folder", real_data / "cifar10_images")
    assert source.note is None
    assert source.train.labels.bincount().tolist() == [1000] * 10
    assert source.test.labels.bincount().tolist() == [200] * 10
    # Known of CIFAR-10: its means by channel.
    assert torch.allclose(torch.tensor(source.mean), torch.tensor([0.4914, 0.4822, 0.4465]), atol=0.01)
