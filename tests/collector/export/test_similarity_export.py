"""Similarity for other tools: json, csv and a picture, opened by what others would open them with."""

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas
import pytest
from PIL import Image

from collector import open_collection
from collector.export.command import export
from collector.export.similarity import epoch_numbers
from collector.storage import CollectionWriter
from collector.storage.schema import (
    FORMAT,
    VERSION,
    AugmentationRecord,
    Augmentations,
    ComparedLayer,
    Header,
    Run,
    Similarity,
    SimilarityRecord,
)

LAYERS = {"fc1": 40, "bn1": 40, "softmax": 3}
PAIRS = [("fc1", "fc1"), ("fc1", "bn1"), ("fc1", "softmax"), ("bn1", "bn1"), ("bn1", "softmax"), ("softmax", "softmax")]
STEPS_AND_EPOCHS = [(0, 0), (5, 0), (8, 1), (10, 1), (16, 2), (19, 2)]


def numbers_of(step: int) -> np.ndarray:
    return np.random.default_rng(step).random(6)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two epochs of eight steps and three steps more, measured at each epoch's beginning and now and then."""
    random = np.random.default_rng(0)
    layers = [ComparedLayer(name, 2 * d if d > 3 else d, d, np.arange(d)) for name, d in LAYERS.items()]
    header = Header(
        FORMAT, VERSION, Run("2024-05-01T12:00:00+00:00", 5, 0), [], similarity=Similarity(layers, 12, interval=5),
        augmentations=Augmentations(np.zeros((2, 1, 3, 3), np.uint8), ["none", "blur"], [0.0, 0.5], layers=layers),
    )  # fmt: skip
    path = tmp_path / "run.json"
    with CollectionWriter(path, header) as writer:
        for step, epoch in STEPS_AND_EPOCHS:
            features = {name: random.normal(size=(12, d)).astype(np.float32) for name, d in LAYERS.items()}
            features["fc1"][:, 3] = 0
            numbers = numbers_of(step)
            cka = np.where(np.arange(6) == 2, np.nan, numbers)
            null = np.stack([-numbers, numbers], axis=1)
            writer.write(
                SimilarityRecord(step, epoch, numbers, numbers, cka, null, numbers[:3], np.array([1, 0, 0]), features)
            )
        stability = np.array([[1, 0.5], [1, 0.25], [1, np.nan]])
        writer.write(AugmentationRecord(19, 2, stability))
    return path


@pytest.fixture
def out(run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "out"
    assert export([str(run), "--similarity", "--augmentations", "--output_path", str(folder)]) == 0
    told = capsys.readouterr().out.split()
    assert sorted(told) == sorted(str(path) for path in folder.iterdir())
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_that_corr_means_has_a_number_for_each_epochs_beginning_and_the_end(out: Path) -> None:
    means = json.loads((out / "run_corr_means.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)

    assert list(means) == [f"{one} → {other}" for one, other in PAIRS]
    for number, values in enumerate(means.values()):
        assert values == [numbers_of(step)[number] for step in (0, 8, 16, 19)]


def test_that_the_table_of_pairs_has_every_measurement_and_empty_cells_for_no_number(out: Path) -> None:
    rows = rows_of(out / "run_similarity.csv")

    assert [(int(row["step"]), int(row["epoch"])) for row in rows[::6]] == STEPS_AND_EPOCHS
    assert [(row["layer"], row["other_layer"]) for row in rows[:6]] == PAIRS
    for at, row in enumerate(rows):
        value = numbers_of(int(row["step"]))[at % 6]
        assert float(row["correlation_clipped"]) == float(row["correlation"]) == value
        assert row["cka"] == ("" if at % 6 == 2 else repr(float(value)))
        assert (float(row["cka_null_low"]), float(row["cka_null_high"])) == (-value, value)


def test_that_the_table_of_layers_has_rank_and_constant_features(out: Path) -> None:
    rows = rows_of(out / "run_layers.csv")

    assert len(rows) == 18
    assert [(row["layer"], row["features"], row["constant_features"]) for row in rows[:3]] == [
        ("fc1", "80", "1"), ("bn1", "80", "0"), ("softmax", "3", "0")
    ]  # fmt: skip
    assert [float(row["effective_rank"]) for row in rows[-3:]] == numbers_of(19)[:3].tolist()


def test_that_the_table_of_stability_has_a_row_for_each_augmentation_and_layer(out: Path) -> None:
    rows = rows_of(out / "run_stability.csv")

    assert [row["kind"] for row in rows] == ["none"] * 3 + ["blur"] * 3
    assert [row["stability"] for row in rows] == ["1.0", "1.0", "1.0", "0.5", "0.25", ""]
    assert {row["strength"] for row in rows[3:]} == {"0.5"}


def test_that_the_picture_shows_black_for_negative_and_white_for_the_diagonal_and_grey_for_constant(out: Path) -> None:
    with Image.open(out / "run_correlations.png") as picture:
        assert picture.format == "PNG"
        pixels = np.asarray(picture.convert("RGB"))
    colours = {tuple(each) for each in pixels.reshape(-1, 3)}

    assert min(pixels.shape[:2]) > 600
    assert (128, 128, 128) in colours  # the constant feature
    assert (10, 0, 0) in colours  # where `hot` begins
    lower_left = pixels[len(pixels) * 3 // 4 :, : pixels.shape[1] // 4]
    assert (lower_left == 255).all(), "only the upper triangle is painted"


def test_that_a_measurement_that_cannot_be_read_stands_for_no_epoch(run: Path) -> None:
    content = bytearray(run.read_bytes())
    at = content.index(b'"cka":', content.index(b'"step":8,'))
    content[at + 6 : at + 9] = b"???"
    run.write_bytes(content)
    with open_collection(run) as collection:
        assert [int(collection.similarities.steps[number]) for number in epoch_numbers(collection)] == [0, 10, 16, 19]


@pytest.mark.parametrize(
    ("form", "words"), [("similarity", "--similarity_samples"), ("augmentations", "--augmentations")]
)
def test_that_a_run_without_them_is_told_in_words_and_leaves_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, words: str
) -> None:
    CollectionWriter(tmp_path / "run.json", Header(FORMAT, VERSION, Run("", 1, 0), [])).close()

    assert export([str(tmp_path / "run.json"), f"--{form}"]) == 2

    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_that_the_collector_without_matplotlib_exports_all_else() -> None:
    script = "import sys; import collector.export.command; print('matplotlib' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"


@pytest.mark.parametrize("n_layers", [1, 11])
def test_that_any_number_of_layers_fits_on_a_picture(
    tmp_path: Path, n_layers: int, make_grid: Callable[[Path, int], tuple[int, int]]
) -> None:
    width, height = make_grid(tmp_path / "many.json", n_layers)

    assert 200 < height <= width < 4000


@pytest.fixture
def make_grid() -> Callable[[Path, int], tuple[int, int]]:
    def make(path: Path, n_layers: int) -> tuple[int, int]:
        n_pairs = n_layers * (n_layers + 1) // 2
        layers = [ComparedLayer(f"block.{number}.conv", 9000, 2048, np.arange(2)) for number in range(n_layers)]
        header = Header(FORMAT, VERSION, Run("", 1, 0), [], similarity=Similarity(layers, 4))
        zeros = np.zeros(n_pairs)
        features = {layer.name: np.eye(4, 2, dtype=np.float32) for layer in layers[1:]}  # of the first there are none
        with CollectionWriter(path, header) as writer:
            ranks, constant = np.ones(n_layers), np.zeros(n_layers, int)
            writer.write(SimilarityRecord(0, 0, zeros, zeros, zeros, np.zeros((n_pairs, 2)), ranks, constant, features))
        assert export([str(path), "--similarity"]) == 0
        with Image.open(path.with_name("many_correlations.png")) as picture:
            return picture.size

    return make


def test_that_pandas_reads_the_tables_with_numbers_as_numbers(out: Path) -> None:
    pairs = pandas.read_csv(out / "run_similarity.csv")

    assert list(pairs.groupby("step").size()) == [6] * len(STEPS_AND_EPOCHS)
    assert pairs["cka"].dtype.kind == "f"
    assert pairs["cka"].isna().sum() == len(STEPS_AND_EPOCHS)  # one pair has no number
    first = pairs[pairs["step"] == 19]["correlation_clipped"].to_numpy()
    np.testing.assert_array_equal(first, numbers_of(19))
