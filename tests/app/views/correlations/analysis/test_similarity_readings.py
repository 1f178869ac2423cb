"""What is shown of the similarity of layers, from a real file."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.analysis.axis import last_at
from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest, mean_by_strength, spread_of
from app.views.correlations.analysis.matrix_colours import CLIPPED, NO_VALUE, SIGNED
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside, PairRequest
from app.views.correlations.analysis.similarity_run import HEADINGS, PairMeasure, similarity_run
from collector.storage import Collection, open_collection
from tests.app.views.correlations.similar_layers import NAMES, write_run


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("similar") / "run.json")


@pytest.fixture
def collection(path: Path) -> Iterator[Collection]:
    with open_collection(path) as collection:
        yield collection


def test_that_the_run_holds_every_measurement(collection: Collection) -> None:
    run = similarity_run(collection)
    assert run is not None
    assert run.steps.tolist() == [0, 10, 20, 30]
    for number, one in enumerate(collection.similarities):
        assert run.measures[PairMeasure.CKA][number] == pytest.approx(one.cka)
        assert run.measures[PairMeasure.CLIPPED][number] == pytest.approx(one.clipped)
        assert run.effective_rank[number] == pytest.approx(one.effective_rank)


@pytest.mark.parametrize(("step", "number"), [(0, 0), (9, 0), (10, 1), (500, 3), (-1, None)])
def test_that_the_last_measurement_at_or_before_a_step_counts(
    collection: Collection, step: int, number: int | None
) -> None:
    assert last_at(collection.similarities.steps, step) == number


def test_that_a_pair_is_told_with_its_null_band(collection: Collection) -> None:
    run = similarity_run(collection)
    assert run is not None
    one = collection.similarities[2]
    low, high = one.cka_null[0, 2]
    told = run.tell(2, PairMeasure.CKA, 0, 2)
    assert told.startswith(f"fc1 × fc2: {one.cka[0, 2]:.2f}; chance lies between ")
    assert told.endswith(f"{low:.2f} and {high:.2f}, 40 samples".replace("-", "−"))
    assert "chance" not in run.tell(2, PairMeasure.CLIPPED, 0, 2)


def test_that_pairs_within_chance_are_hatched_and_said_to_be(collection: Collection) -> None:
    run = similarity_run(collection)
    assert run is not None
    run.null[1, 0, 3] = run.null[1, 3, 0] = (-1, 1)
    picture = run.picture(1, PairMeasure.CKA)
    assert picture.hatched is not None
    assert picture.hatched[0, 3]
    assert not picture.hatched[0, 0]
    assert "within chance, which lies between −1.00 and 1.00" in picture.tell(3, 0)
    assert run.picture(1, PairMeasure.MEAN).hatched is None


def test_that_colours_of_a_mean_hold_along_the_run(collection: Collection) -> None:
    run = similarity_run(collection)
    assert run is not None
    scales = {run.picture(number, PairMeasure.CLIPPED).scale for number in range(4)}
    assert len(scales) == 1
    assert scales.pop().high >= run.measures[PairMeasure.CLIPPED].max()
    signed = run.scale(PairMeasure.MEAN)
    assert signed.low == -signed.high


def test_that_every_pair_has_a_row_at_every_measurement(collection: Collection) -> None:
    run = similarity_run(collection)
    assert run is not None
    _, rows = run.table()
    assert len(rows) == 4 * 10
    assert all(len(row) == len(HEADINGS) for row in rows)
    assert rows[12][:4] == (10, 1, "fc1", "fc2")
    assert rows[12][4] == pytest.approx(collection.similarities[1].cka[0, 2])


@pytest.mark.parametrize("order", [Order.AS_IS, Order.CLUSTERED])
def test_that_a_pair_has_the_correlations_of_its_kept_features(collection: Collection, order: Order) -> None:
    reading = PairRequest(2, "fc1", "fc2", Inside.FEATURES, order).read(collection)
    one = collection.similarities[2]
    first, second = one.features("fc1"), one.features("fc2")
    with np.errstate(invalid="ignore"):
        expected = np.corrcoef(first.T, second.T)[:12, 12:]
    places = [[list(range(0, 24, 2)).index(each) for each in side] for side in (reading.rows, reading.columns)]
    assert reading.values == pytest.approx(expected[np.ix_(*places)], abs=1e-6, nan_ok=True)
    assert (reading.rows.tolist() == sorted(reading.rows)) == (order is Order.AS_IS)
    assert reading.n_without_variance == 2
    assert (reading.picture(SIGNED).numbers == NO_VALUE).sum() == 23


def test_that_a_cell_tells_true_feature_numbers(collection: Collection) -> None:
    picture = PairRequest(2, "fc1", "fc2", Inside.FEATURES, Order.AS_IS).read(collection).picture(SIGNED)
    assert picture.tell(3, 5).startswith("fc1 feature 6 × fc2 feature 10: ")
    assert picture.tell(11, 0).endswith("no number: a feature is the same for every sample")
    assert (picture.rows.names[3], picture.columns.names[5]) == ("6", "10")


def test_that_samples_stand_by_class(collection: Collection) -> None:
    reading = PairRequest(3, "softmax", "softmax", Inside.SAMPLES, Order.CLASS).read(collection)
    labels = collection.similarity.labels
    assert labels is not None
    assert np.diff(labels[reading.rows]).min() >= 0
    picture = reading.picture(SIGNED)
    assert [group.name for group in picture.rows.groups] == list(NAMES)
    features = collection.similarities[3].features("softmax")
    assert reading.values == pytest.approx(np.corrcoef(features[reading.rows]), abs=1e-6)
    first, second = reading.rows[:2]
    assert picture.tell(0, 1).startswith(f"sample {first} (ant) × sample {second} (ant): ")


def test_that_samples_stand_as_they_were_recorded_where_that_is_wished(collection: Collection) -> None:
    reading = PairRequest(3, "softmax", "softmax", Inside.SAMPLES, Order.AS_IS).read(collection)
    features = collection.similarities[3].features("softmax")
    assert reading.rows.tolist() == reading.columns.tolist() == list(range(len(features)))
    assert reading.groups == ()
    assert reading.values == pytest.approx(np.corrcoef(features), abs=1e-6)


def test_that_two_layers_have_no_samples_by_samples(collection: Collection) -> None:
    request = PairRequest(0, "fc1", "fc2", Inside.SAMPLES, Order.CLASS)
    assert request.read(collection).values.shape == (12, 12)


def test_that_a_damaged_measurement_says_so(path: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.json"
    text = path.read_bytes()
    at = text.index(b'"features":{"fc1"', text.index(b'"similarity","step":10'))
    spoilt.write_bytes(text[: at + 60] + b"!" + text[at + 61 :])
    with open_collection(spoilt) as collection:
        reading = PairRequest(1, "fc1", "fc2", Inside.FEATURES, Order.AS_IS).read(collection)
        assert "cannot be read" in reading.problem
        assert not PairRequest(0, "fc1", "fc2", Inside.FEATURES, Order.AS_IS).read(collection).problem


def test_that_augmentations_stand_by_kind_and_are_told_in_words(collection: Collection) -> None:
    reading = AugmentationRequest(0, "bn1", Order.KIND).read(collection)
    features = collection.augmentation_records[0].features("bn1")
    assert features is not None
    assert reading.values == pytest.approx(np.corrcoef(features)[np.ix_(reading.places, reading.places)], abs=1e-6)
    assert reading.words[0] == "unchanged"
    strength = f"{collection.augmentations.strengths[reading.places[1]]:.2f}".replace("-", "−")
    assert reading.words[1] == f"rotation {strength} of 30 degrees"
    assert reading.picture(CLIPPED).tell(0, 1).startswith(f"unchanged × {reading.words[1]}: ")
    assert reading.place == "epoch 3, step 30"


def test_that_the_unchanged_sample_has_no_part_in_the_mean_stability() -> None:
    stability = np.array([[1.0, 0.2, 0.4], [1.0, np.nan, 0.5], [1.0, np.nan, np.nan]])
    means = spread_of(stability, ["none", "blur", "blur"])
    assert means[0] == pytest.approx((0.3, 0.21, 0.39))
    assert means[1] == pytest.approx((0.5, 0.5, 0.5))
    assert means[2] is None


def test_that_stability_is_averaged_in_parts_of_the_strengths() -> None:
    strengths, values = mean_by_strength(np.array([-1, -0.9, 0.1, 1]), np.array([0.2, 0.4, 0.9, np.nan]), n_parts=4)
    assert strengths == pytest.approx([-0.95, 0.1])
    assert values == pytest.approx([0.3, 0.9])
