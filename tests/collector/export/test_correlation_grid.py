"""What is painted of each pair of layers, looked at before it becomes a picture."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from collector.export.correlation_grid import write_grid
from collector.storage import CollectionWriter, open_collection
from collector.storage.schema import FORMAT, VERSION, ComparedLayer, Header, Run, Similarity, SimilarityRecord

N = 9
FEATURES = {"a": 3, "b": 2, "gone": 4}


def features_of(step: int) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(step)
    features = {name: chance.normal(size=(N, d)).astype(np.float32) for name, d in FEATURES.items() if name != "gone"}
    features["a"][:, 1] = 4  # which does not vary
    return features


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Measured before the first step, and after two epochs; of the last layer nothing was recorded."""
    layers = [ComparedLayer(name, 1200 if name == "b" else d, d, np.arange(d)) for name, d in FEATURES.items()]
    similarity = Similarity(layers, N)
    path = tmp_path / "run.json"
    with CollectionWriter(path, Header(FORMAT, VERSION, Run("", 1, 0), [], similarity=similarity)) as writer:
        for step, epoch in ((0, 0), (1500, 2)):
            clipped = np.arange(6) / 7 + step / 10_000
            others = [np.zeros(6), np.zeros(6), np.zeros((6, 2)), np.ones(3), np.zeros(3, int)]
            writer.write(SimilarityRecord(step, epoch, clipped, *others, features_of(step)))
    return path


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The figures that are painted."""
    painted: list[Any] = []
    monkeypatch.setattr(FigureCanvasAgg, "print_png", lambda canvas, file: painted.append(canvas.figure))
    return painted


def panels(figure: Any) -> dict[str, Any]:
    """Title of each pair → its axes."""
    return {each.get_title().partition("\n")[0]: each for each in figure.axes if each.get_title()}


@pytest.mark.parametrize(("number", "step"), [(0, 0), (-1, 1500)])
def test_that_each_pairs_matrix_is_its_pearson_matrix_with_nothing_below_zero(
    run: Path, figures: list[Any], number: int, step: int
) -> None:
    with open_collection(run) as collection:
        write_grid(collection, None, number)  # type: ignore[arg-type]
    features, painted = features_of(step), panels(figures[0])

    assert list(painted) == ["a → a", "a → b", "a → gone", "b → b", "b → gone", "gone → gone"]
    for title, axes in painted.items():
        one, other = title.split(" → ")
        matrix = np.full((FEATURES[one], FEATURES[other]), np.nan)
        for i in range(FEATURES[one]):
            for j in range(FEATURES[other]):
                is_constant = ("a", 1) in ((one, i), (other, j))
                if "gone" not in (one, other) and not is_constant:
                    matrix[i, j] = max(0, np.corrcoef(features[one][:, i], features[other][:, j])[0, 1])
        (image,) = axes.images
        np.testing.assert_allclose(np.ma.filled(image.get_array(), np.nan), matrix, atol=1e-6)
        assert (image.get_clim(), image.get_cmap().name) == ((0, 1), "hot")


def test_that_titles_and_labels_tell_the_recorded_mean_and_the_features_shown(run: Path, figures: list[Any]) -> None:
    with open_collection(run) as collection:
        for number in (0, 1):
            write_grid(collection, None, number)  # type: ignore[arg-type]
    before, after = figures
    both = panels(after)["a → b"]

    assert both.get_title() == f"a → b\nmean={1 / 7 + 0.15:.6f}"
    assert (both.get_ylabel(), both.get_xlabel()) == ("3 features", "2 of 1,200 features")
    assert before.get_suptitle() == "Layer correlations before the first step"
    assert after.get_suptitle() == "Layer correlations after 2 epochs, step 1,500"


def test_that_words_of_a_grid_of_many_layers_can_still_be_read(
    run: Path, figures: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.export.correlation_grid._WIDEST", 1.0)
    with open_collection(run) as collection:
        write_grid(collection, None)  # type: ignore[arg-type]

    assert {axes.title.get_fontsize() for axes in panels(figures[0]).values()} == {4.0}


def test_that_panels_are_where_their_layers_are_and_the_colours_are_explained(run: Path, figures: list[Any]) -> None:
    with open_collection(run) as collection:
        write_grid(collection, None)  # type: ignore[arg-type]
    painted = panels(figures[0])
    corners = {title: axes.get_position() for title, axes in painted.items()}

    assert corners["a → a"].x1 < corners["a → b"].x0 < corners["a → gone"].x0
    assert corners["a → b"].y0 > corners["b → b"].y1
    assert corners["b → b"].x0 == pytest.approx(corners["a → b"].x0)
    bars = [axes for axes in figures[0].axes if not axes.get_title()]
    assert len(bars) == 1
    assert bars[0].get_position().x0 > corners["gone → gone"].x1
    assert bars[0].get_ylim() == (0, 1)
    width, height = figures[0].get_size_inches()
    assert (width, height) == pytest.approx((3 * 2.4 + 1.4, 3 * 2.4 + 0.8))


def test_that_the_title_of_all_is_twice_as_large_as_those_of_the_panels_and_names_are_smaller(
    run: Path, figures: list[Any]
) -> None:
    with open_collection(run) as collection:
        write_grid(collection, None)  # type: ignore[arg-type]
    (size,) = {axes.title.get_fontsize() for axes in panels(figures[0]).values()}
    (names,) = {axes.xaxis.label.get_fontsize() for axes in panels(figures[0]).values()}
    assert figures[0]._suptitle.get_fontsize() == pytest.approx(2 * size)
    assert names == pytest.approx(0.8 * size)
