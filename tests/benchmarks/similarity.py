"""Comparing layers: debiased CKA from Gram matrices, correlation matrices of all pairs, a whole measurement."""

import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from collector.capture.compared_layers import ComparedLayers, Outputs, Wanted, plan_compared_layers
from collector.capture.similarity import measure_similarity
from collector.metrics.cka import debiased_cka, null_band, u_centred
from collector.metrics.correlations import clipped_means
from collector.metrics.effective_rank import effective_ranks
from collector.metrics.features import gram_matrix, standardised
from collector.storage import CollectionWriter
from collector.storage.schema import FORMAT, VERSION, Header, Run, Similarity
from tests.benchmarks.row import Row, hand_over, ms, resident_mib, seconds_of

REPEATS = 9


def layers(n_layers: int, n_samples: int, n_features: int) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.standard_normal((n_samples, n_features), np.float32) for _ in range(n_layers)]


def cka_rows() -> list[Row]:
    rows = []
    for n_layers, n_samples in ((20, 64), (2, 256), (20, 256), (200, 256), (20, 1024)):
        features = layers(min(n_layers, 20), n_samples, 512)
        grams = np.stack([gram_matrix(each)[0] for each in features] * max(1, n_layers // 20))
        centred = u_centred(grams)
        taken = seconds_of(lambda grams=grams: debiased_cka(u_centred(grams)), REPEATS)
        beside = []
        if n_layers == 20:
            from_features = seconds_of(lambda features=features: [gram_matrix(each) for each in features], 3)
            band = seconds_of(lambda centred=centred: null_band(centred), 3)
            ranks = seconds_of(lambda grams=grams: effective_ranks(grams), 3)
            beside = [f"Gram matrices of 512 features each {ms(from_features)}", f"null band {ms(band)}"]
            beside.append(f"effective ranks {ms(ranks)}")
        is_goal = (n_layers, n_samples) == (20, 256)
        size = f"{n_layers} layers, {n_samples:,} samples"
        rows.append(Row("debiased CKA of all pairs", size, "≤ 30 ms" * is_goal, ms(taken), "; ".join(beside)))
    return rows


def correlation_rows(folder: Path) -> list[Row]:
    rows = []
    for n_features in (819, 8192, 81920):
        features = layers(8, 256, n_features)
        widths = {f"layer{number}": n_features for number in range(8)}
        comparison = plan_compared_layers(widths, None, 256, 128)
        at = comparison.layers[0].correlated
        scaled = [standardised(each[:, at]) for each in features]
        taken = seconds_of(lambda scaled=scaled: clipped_means(scaled), 3)
        before = resident_mib()
        whole = seconds_of(lambda c=comparison, f=features: measure_similarity(c, given(f), 256, 0, 0), 2)
        figure = f"{median(taken):.2f} s, {written(folder, comparison, features):,} bytes a measurement"
        more = f"{resident_mib() - before:.0f} MiB more"
        beside = f"{len(at):,} features correlated; the whole measurement {median(whole):.2f} s, {more}"
        size = f"{n_features:,} features, 256 samples"
        rows.append(Row("correlations of all 36 pairs of 8 layers", size, "", figure, beside))
    return rows


def given(features: list[np.ndarray]) -> Outputs:
    """What a network would give for these layers."""

    def outputs(wanted: Wanted) -> dict[str, np.ndarray]:
        taken = {}
        for name, numbers in wanted.items():
            whole = features[int(name.removeprefix("layer"))]
            taken[name] = whole if numbers is None else whole[:, numbers]
        return taken

    return outputs


def written(folder: Path, comparison: ComparedLayers, features: list[np.ndarray]) -> int:
    """Bytes of the record in the file."""
    path = folder / "similarity.json"
    similarity = Similarity([layer.to_schema() for layer in comparison.layers], 256)
    with CollectionWriter(
        path, Header(FORMAT, VERSION, Run("", 1, 0), [], similarity=similarity), overwrite=True
    ) as file:
        before = path.stat().st_size
        file.write(measure_similarity(comparison, given(features), 256, 0, 0))
        return path.stat().st_size - before


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        hand_over([*cka_rows(), *correlation_rows(Path(name))])
