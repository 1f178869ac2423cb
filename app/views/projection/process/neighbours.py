"""Maps that keep neighbours together: t-SNE and UMAP. Each layout may begin where another ended."""

import io
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout

import numpy as np
from sklearn.decomposition import PCA

from app.views.projection.process.linear_maps import Tell

PRINCIPAL = 50
"""Wider features are first projected on so many principal axes, as van der Maaten & Hinton (2008) do."""

EXAGGERATED, ITERATIONS, WARM_ITERATIONS = 250, 500, 250
UMAP_ROUNDS, WARM_UMAP_ROUNDS = 300, 100
_FAST_FROM = 3000
"""From so many samples on the repulsion is interpolated (FIt-SNE), below by Barnes & Hut."""

Layout = Callable[[np.ndarray, int, np.ndarray | None, Tell], np.ndarray]
"""Features ``[N, D]``, the setting, positions ``[N, 2]`` to begin with or None → positions ``[N, 2]``."""


def narrowed(features: np.ndarray) -> np.ndarray:
    """The features on their first principal axes."""
    features = np.asarray(features, np.float64)
    if features.shape[1] <= PRINCIPAL:
        return features
    return np.asarray(
        PCA(min(PRINCIPAL, len(features)), svd_solver="randomized", random_state=0).fit_transform(features)
    )


def tsne(features: np.ndarray, perplexity: int, start: np.ndarray | None, tell: Tell) -> np.ndarray:
    """t-SNE (van der Maaten & Hinton 2008) by openTSNE, begun from the principal axes unless there is a start."""
    from openTSNE import TSNEEmbedding, affinity, initialization

    data = narrowed(features)
    n_jobs = (os.cpu_count() or 1) if len(data) >= _FAST_FROM else 1  # which wait for one another more than they work
    tell(0.02)
    fitting = min(perplexity, max(1, (len(data) - 1) // 3))
    affinities = affinity.PerplexityBasedNN(data, perplexity=fitting, n_jobs=n_jobs, random_state=0)
    tell(0.1)
    first = initialization.pca(data, random_state=0) if start is None else np.array(start, np.float64)
    total = EXAGGERATED + ITERATIONS if start is None else WARM_ITERATIONS
    done = 0

    def heard(iteration: int, error: float, embedding: np.ndarray) -> None:
        tell(0.1 + 0.9 * (done + iteration) / total)

    embedding = TSNEEmbedding(
        first,
        affinities,
        negative_gradient_method="fft" if len(data) >= _FAST_FROM else "bh",
        n_jobs=n_jobs,
        random_state=0,
        callbacks=heard,
        callbacks_every_iters=10,
    )
    if start is None:
        embedding.optimize(EXAGGERATED, exaggeration=12, momentum=0.8, inplace=True)
        done = EXAGGERATED
        embedding.optimize(ITERATIONS, momentum=0.8, inplace=True)
    else:
        embedding.optimize(WARM_ITERATIONS, momentum=0.8, inplace=True)
    return np.asarray(embedding)


def umap(features: np.ndarray, neighbours: int, start: np.ndarray | None, tell: Tell) -> np.ndarray:
    """UMAP (McInnes, Healy & Melville 2018) by umap-learn, begun from the spectrum unless there is a start."""
    # The parametric variant alone would load two frameworks, and one of them may not even import.
    sys.modules.setdefault("umap.parametric_umap", None)  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it is not there
        from umap import UMAP

    data = narrowed(features)
    tell(0.1)
    rounds = UMAP_ROUNDS if start is None else WARM_UMAP_ROUNDS
    mapping = UMAP(
        n_neighbors=min(neighbours, len(data) - 1),
        init="spectral" if start is None else np.array(start, np.float32),
        n_epochs=rounds,
        random_state=0,
        n_jobs=1,  # which a repeatable layout takes
        verbose=True,  # else it has no progress bar; what it says besides is not for the window
        tqdm_kwds={"file": _Counted(tell, rounds), "bar_format": "{n}", "mininterval": 0, "disable": False},
    )
    with redirect_stdout(io.StringIO()):
        return np.asarray(mapping.fit_transform(data))


class _Counted:
    """Reads how far UMAP is from its progress bar, which is all that it tells."""

    def __init__(self, tell: Tell, rounds: int) -> None:
        self._tell, self._rounds = tell, rounds

    def write(self, text: str) -> int:
        number = text.strip("\r\n \x1b[A")
        if number.isdecimal():
            self._tell(0.2 + 0.8 * min(1.0, int(number) / self._rounds))
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""
