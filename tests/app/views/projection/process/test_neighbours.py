"""What t-SNE and UMAP are asked for, and how what they say is heard, without running them."""

import os
import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA

from app.views.projection.process.neighbours import narrowed, tsne, umap

Asked = list[tuple[str, dict[str, Any]]]


def features(n: int, wide: int = 2) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, wide)).astype(np.float32)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the libraries are asked for."""
    asked: Asked = []

    def perplexity_based(data: np.ndarray, **named: Any) -> str:
        asked.append(("affinities", named | {"data": data}))
        return "affinities"

    def principal(data: np.ndarray, **named: Any) -> np.ndarray:
        asked.append(("principal", named))
        return data[:, :2] * 0 + 7.0

    class Embedding(np.ndarray):
        heard: Callable[[int, float, np.ndarray], None]

        def __new__(cls, first: np.ndarray, affinities: str, *, callbacks: Any, **named: Any) -> "Embedding":
            assert affinities == "affinities"
            made = np.asarray(first).view(cls)
            made.heard = callbacks
            asked.append(("embedding", named | {"first": first}))
            return made

        def optimize(self, n: int, **named: Any) -> None:
            asked.append(("optimize", named | {"n": n}))
            self.heard(50, 0.5, self)

    class Umap:
        def __init__(self, **named: Any) -> None:
            self._kwds = named["tqdm_kwds"]
            asked.append(("umap", named))

        def fit_transform(self, data: np.ndarray) -> list[list[float]]:
            print("what it says besides")
            file = self._kwds["file"]
            for text in ("\r0", "\r150\n", "\x1b[A", "epochs", " 300 ", "301"):
                assert file.write(text) == len(text)
                file.flush()
            return [[1.0, 2.0]] * len(data)

    class Warns(ModuleType):
        def __getattr__(self, name: str) -> type[Umap]:
            if name != "UMAP":
                raise AttributeError(name)
            warnings.warn("something is not there", stacklevel=2)
            return Umap

    open_tsne, affinity, initialization = map(ModuleType, ("openTSNE", "affinity", "initialization"))
    affinity.PerplexityBasedNN = perplexity_based  # type: ignore[attr-defined]
    initialization.pca = principal  # type: ignore[attr-defined]
    for name, each in {"affinity": affinity, "initialization": initialization, "TSNEEmbedding": Embedding}.items():
        setattr(open_tsne, name, each)
    monkeypatch.setitem(sys.modules, "openTSNE", open_tsne)
    monkeypatch.setitem(sys.modules, "umap", Warns("umap"))
    monkeypatch.setitem(sys.modules, "umap.parametric_umap", None)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    return asked


def test_that_features_are_narrowed_to_fifty_axes_and_what_is_not_wider_stays() -> None:
    fifty, wide = features(60, 50), features(60, 51)
    assert narrowed(fifty).dtype == np.float64
    np.testing.assert_array_equal(narrowed(fifty), fifty)
    reference = PCA(50, svd_solver="randomized", random_state=0).fit_transform(wide.astype(np.float64))
    np.testing.assert_array_equal(narrowed(wide), reference)
    assert narrowed(wide[:20]).shape == (20, 20), "no more axes than samples"


def test_that_tsne_begins_exaggerated_at_the_principal_axes(asked: Asked) -> None:
    told: list[float] = []
    made = tsne(features(100), 30, None, told.append)
    names, given = zip(*asked, strict=True)
    assert names == ("affinities", "principal", "embedding", "optimize", "optimize")
    np.testing.assert_array_equal(given[0].pop("data"), features(100).astype(np.float64))
    assert given[0] == {"perplexity": 30, "n_jobs": 1, "random_state": 0}
    assert given[1] == {"random_state": 0}
    assert given[2].pop("first").tolist() == [[7.0, 7.0]] * 100
    assert given[2] == {
        "negative_gradient_method": "bh",
        "n_jobs": 1,
        "random_state": 0,
        "callbacks_every_iters": 10,
    }
    assert given[3] == {"n": 250, "exaggeration": 12, "momentum": 0.8, "inplace": True}
    assert given[4] == {"n": 500, "momentum": 0.8, "inplace": True}
    assert told == pytest.approx([0.02, 0.1, 0.1 + 0.9 * 50 / 750, 0.1 + 0.9 * 300 / 750])
    assert made.tolist() == [[7.0, 7.0]] * 100


def test_that_tsne_goes_on_from_a_start_without_exaggeration(asked: Asked) -> None:
    told: list[float] = []
    start = np.full((100, 2), 3, np.float32)
    made = tsne(features(100), 30, start, told.append)
    assert [name for name, _ in asked] == ["affinities", "embedding", "optimize"]
    first = asked[1][1]["first"]
    assert (first.dtype, first.tolist(), first is start) == (np.float64, start.tolist(), False)
    assert asked[2][1] == {"n": 250, "momentum": 0.8, "inplace": True}
    assert told == pytest.approx([0.02, 0.1, 0.1 + 0.9 * 50 / 250])
    assert made.tolist() == start.tolist()


@pytest.mark.parametrize(
    ("n", "wanted", "fitting"), [(100, 30, 30), (91, 30, 30), (90, 30, 29), (10, 5, 3), (5, 5, 1), (3, 5, 1), (9, 2, 2)]
)
def test_that_a_perplexity_is_no_more_than_a_third_of_the_others(
    asked: Asked, n: int, wanted: int, fitting: int
) -> None:
    tsne(features(n), wanted, None, lambda share: None)
    assert asked[0][1]["perplexity"] == fitting


@pytest.mark.parametrize(
    ("n", "n_processors", "n_jobs", "how"), [(2999, 6, 1, "bh"), (3000, 6, 6, "fft"), (3000, None, 1, "fft")]
)
def test_that_from_three_thousand_samples_on_repulsion_is_interpolated_on_all_processors(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, n: int, n_processors: int | None, n_jobs: int, how: str
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: n_processors)
    tsne(features(n), 30, None, lambda share: None)
    assert [given["n_jobs"] for name, given in asked if name in ("affinities", "embedding")] == [n_jobs, n_jobs]
    assert asked[2][1]["negative_gradient_method"] == how


@pytest.mark.parametrize("start", [None, np.full((30, 2), 3.0)])
def test_that_umap_begins_at_the_spectrum_or_at_a_start_and_is_heard_by_its_bar(
    asked: Asked, capsys: pytest.CaptureFixture[str], start: np.ndarray | None
) -> None:
    told: list[float] = []
    made = umap(features(30), 15, start, told.append)
    ((_, given),) = asked
    begun, bar = given.pop("init"), given.pop("tqdm_kwds")
    assert given == {
        "n_neighbors": 15,
        "n_epochs": 300 if start is None else 100,
        "random_state": 0,
        "n_jobs": 1,
        "verbose": True,
    }
    assert isinstance(begun, str) == (start is None)
    if start is not None:
        assert (begun.dtype, begun.tolist()) == (np.float32, start.tolist())
    assert {name: each for name, each in bar.items() if name != "file"} == {
        "bar_format": "{n}",
        "mininterval": 0,
        "disable": False,
    }
    assert told == pytest.approx([0.1, 0.2, 0.6, 1.0, 1.0] if start is None else [0.1, 0.2, 1.0, 1.0, 1.0])
    assert made.tolist() == [[1.0, 2.0]] * 30
    assert capsys.readouterr().out == "", "what it says besides is for nobody"


@pytest.mark.parametrize(("n", "fitting"), [(17, 15), (16, 15), (15, 14)])
def test_that_there_are_no_more_neighbours_than_others(asked: Asked, n: int, fitting: int) -> None:
    umap(features(n), 15, None, lambda share: None)
    assert asked[0][1]["n_neighbors"] == fitting


def test_that_the_variant_of_umap_that_loads_frameworks_is_left_out(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "umap.parametric_umap")
    umap(features(30), 15, None, lambda share: None)
    assert sys.modules["umap.parametric_umap"] is None
