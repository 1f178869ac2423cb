"""How alike the layers are, and the augmented sample: what is read is what was written, and no more than is asked."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from collector.storage import Collection, CollectionError, CollectionWriter, open_collection
from collector.storage.errors import DamagedError, PassNotRecordedError
from collector.storage.schema import (
    AugmentationRecord,
    Augmentations,
    ComparedLayer,
    Header,
    NoteRecord,
    Similarity,
    SimilarityRecord,
)
from tests.collector.storage.rewriting import plain

LAYERS = {"fc1": 900, "bn1": 900, "softmax": 3}
N, KEPT, N_PAIRS, N_AUGMENTED = 40, 50, 6, 90
STEPS = (0, 7, 7, 20)

Opened = Callable[[bytes], Collection]


def compared() -> list[ComparedLayer]:
    return [
        ComparedLayer(name, features, features, np.linspace(0, features - 1, min(KEPT, features)).round().astype(int))
        for name, features in LAYERS.items()
    ]


def similarity() -> Similarity:
    return Similarity(compared(), N, np.arange(N) % 3, interval=7, shuffles=20)


def augmentations() -> Augmentations:
    pictures = np.random.default_rng(0).integers(0, 256, (N_AUGMENTED, 1, 4, 4), np.uint8)
    kinds = ["none", *["rotation", "blur"] * 45][:N_AUGMENTED]
    strengths = np.linspace(-1, 1, N_AUGMENTED)
    return Augmentations(pictures, kinds, strengths, {"rotation": "30 degrees"}, label=2, seed=5, layers=compared())


def measurement(step: int, seed: int) -> SimilarityRecord:
    random = np.random.default_rng(seed)
    features = {name: random.random((N, min(KEPT, d)), np.float32) for name, d in LAYERS.items()}
    cka = random.random(N_PAIRS)
    cka[1] = np.nan
    return SimilarityRecord(
        step, seed, random.random(N_PAIRS), random.random(N_PAIRS), cka, random.random((N_PAIRS, 2)), random.random(3),
        np.array([0, 4, 0]), features,
    )  # fmt: skip


def augmented(step: int) -> AugmentationRecord:
    random = np.random.default_rng(step)
    features = {name: random.random((N_AUGMENTED, min(KEPT, d)), np.float32) for name, d in LAYERS.items()}
    return AugmentationRecord(
        step, 2, random.random((3, N_AUGMENTED)), features, random.random((N_AUGMENTED, 3), np.float32)
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, make_header: Callable[..., Header]) -> Path:
    """A finished collection of four measurements, and of the augmented sample at the end."""
    path = tmp_path_factory.mktemp("similarity") / "run.json"
    with CollectionWriter(path, make_header(similarity=similarity(), augmentations=augmentations())) as writer:
        for seed, step in enumerate(STEPS):
            writer.write(measurement(step, seed))
            writer.write(NoteRecord(step, "between"))
        writer.write(augmented(20))
    return path


@pytest.fixture(scope="module")
def whole(path: Path) -> Collection:
    return open_collection(path)


def test_that_the_header_says_what_is_compared_on_what(whole: Collection) -> None:
    assert {name: (each.features, each.correlated) for name, each in whole.similarity.layers.items()} == {
        "fc1": (900, 900), "bn1": (900, 900), "softmax": (3, 3)
    }  # fmt: skip
    assert whole.similarity.layers["softmax"].kept.tolist() == [0, 1, 2]
    assert (whole.similarity.samples, whole.similarity.interval, whole.similarity.shuffles) == (N, 7, 20)
    assert whole.similarity.labels.tolist() == [each % 3 for each in range(N)]


def test_that_the_augmented_pictures_come_as_they_were(whole: Collection) -> None:
    expected = augmentations()

    np.testing.assert_array_equal(whole.augmentations.pictures, expected.pictures)
    assert whole.augmentations.kinds == tuple(expected.kinds)
    np.testing.assert_array_equal(whole.augmentations.strengths, expected.strengths)
    assert (whole.augmentations.label, whole.augmentations.seed, len(whole.augmentations)) == (2, 5, N_AUGMENTED)
    assert whole.augmentations.largest == {"rotation": "30 degrees"}


@pytest.mark.parametrize("number", range(4))
def test_that_a_measurement_is_what_was_written_for_both_orders_of_a_pair(whole: Collection, number: int) -> None:
    written, read = measurement(STEPS[number], number), whole.similarities[number]

    assert (read.step, read.epoch, read.layers) == (STEPS[number], number, tuple(LAYERS))
    pairs = [(i, j) for i in range(3) for j in range(i, 3)]
    fields = {"clipped": "correlation_clipped", "mean": "correlation", "cka": "cka", "cka_null": "cka_null"}
    for name, field in fields.items():
        square = getattr(read, name)
        for at, (i, j) in enumerate(pairs):
            np.testing.assert_array_equal(square[i, j], getattr(written, field)[at])
            np.testing.assert_array_equal(square[j, i], getattr(written, field)[at])
    assert read.effective_rank.tolist() == written.effective_rank.tolist()
    assert read.constant.tolist() == [0, 4, 0]
    for name, features in written.features.items():
        np.testing.assert_array_equal(read.features(name), features)


def test_that_the_augmented_sample_is_what_was_written(whole: Collection) -> None:
    written, read = augmented(20), whole.augmentation_records[-1]

    assert (read.step, read.epoch, read.layers) == (20, 2, tuple(LAYERS))
    np.testing.assert_array_equal(read.stability, written.stability)
    np.testing.assert_array_equal(read.logits, written.logits)
    np.testing.assert_array_equal(read.features("bn1"), written.features["bn1"])
    assert whole.augmentation_records.steps.tolist() == [20]


@pytest.mark.parametrize("measure", ["clipped", "mean", "cka", "cka_null", "effective_rank", "constant"])
def test_that_a_series_is_the_measure_of_each_measurement(whole: Collection, measure: str) -> None:
    steps, values = whole.similarities.series(measure)

    assert steps.tolist() == list(STEPS) == whole.similarities.steps.tolist()
    np.testing.assert_array_equal(values, [getattr(each, measure) for each in whole.similarities])
    assert whole.similarities.epochs.tolist() == [0, 1, 2, 3]


def test_that_a_series_reads_no_features(
    tmp_path: Path, make_header: Callable[..., Header], bytes_read: Callable[[], int]
) -> None:
    path, n_kept, steps = tmp_path / "run.json", 900, (0, 7)
    kept = ComparedLayer("fc1", n_kept, n_kept, np.arange(n_kept))
    with CollectionWriter(path, make_header(similarity=Similarity([kept, *compared()[1:]], N))) as writer:
        for step in steps:
            record = measurement(step, step)
            record.features["fc1"] = np.zeros((N, n_kept), np.float32)
            writer.write(record)
    lengths = [entry[3] for entry in json.loads(path.read_bytes())["index"]]
    assert min(lengths) > 2 * 2**15  # else a reader of whole lines would read as little

    with open_collection(path) as collection:
        before = bytes_read()
        collection.similarities.series("cka")
        collection.similarities.series("clipped")

        assert 0 < bytes_read() - before <= len(steps) * 2**15
        assert collection.similarities[0].features("fc1").shape == (N, n_kept)


def test_that_an_unknown_measure_is_an_error_that_names_the_measures(whole: Collection) -> None:
    with pytest.raises(KeyError, match="effective_rank"):
        whole.similarities.series("CKA")


@pytest.mark.parametrize("number", [4, -5])
def test_that_there_is_no_measurement_beyond_the_last(whole: Collection, number: int) -> None:
    with pytest.raises(PassNotRecordedError, match="4 similarity measurements"):
        whole.similarities[number]
    assert len(whole.similarities[1:]) == 3


def test_that_a_cut_off_file_has_the_whole_measurements(path: Path, opened_as: Opened) -> None:
    content = path.read_bytes()
    index = json.loads(content)["index"]
    third = [entry for entry in index if entry[0] == "similarity"][2]

    with opened_as(content[: third[2] + third[3] - 10]) as collection:
        assert not collection.finished
        assert collection.similarities.steps.tolist() == [0, 7]
        np.testing.assert_array_equal(collection.similarities[1].features("fc1"), measurement(7, 1).features["fc1"])
        assert not collection.damaged


def test_that_records_in_another_order_of_fields_are_read(path: Path, opened_as: Opened) -> None:
    lines = plain(path.read_bytes()).split(b"\n")
    for number, line in enumerate(lines):
        if b'"similarity"' in line[:30] or b'"augmentation"' in line[:30]:
            comma = line.startswith(b",")
            lines[number] = b"," * comma + json.dumps(dict(reversed(json.loads(line[comma:]).items()))).encode()
    with opened_as(b"\n".join(lines[:-2]) + b"\n") as collection:
        assert collection.similarities.steps.tolist() == list(STEPS)
        np.testing.assert_array_equal(collection.similarities[2].clipped[0], measurement(7, 2).correlation_clipped[:3])
        np.testing.assert_array_equal(collection.augmentation_records[0].stability, augmented(20).stability)


def test_that_a_damaged_measurement_is_named_and_the_others_stay(path: Path, opened_as: Opened) -> None:
    content = bytearray(path.read_bytes())
    at = content.index(b'"cka":', content.index(b'"record":"similarity","step":7'))
    content[at + 6 : at + 9] = b"???"
    with opened_as(bytes(content)) as collection:
        with pytest.raises(
            DamagedError, match=r"similarity measurement of step 7, at byte .*others can still be shown"
        ):
            collection.similarities[1]
        steps, values = collection.similarities.series("clipped")
        assert steps.tolist() == list(STEPS)
        assert np.isnan(values).all(axis=(1, 2)).tolist() == [False, True, False, False]
        assert collection.similarities.epochs.tolist() == [0, -1, 2, 3]
        assert len(collection.damaged) == 1
        assert collection.damaged[0].startswith("The similarity measurement of step 7")


def test_that_damaged_features_cost_no_numbers(path: Path, opened_as: Opened) -> None:
    content = bytearray(plain(path.read_bytes()))
    at = content.index(b'"features":', content.index(b'"record":"similarity"'))
    at = content.index(b'"base64":"', at)
    content[at + 20 : at + 22] = b"??"
    with opened_as(bytes(content)) as collection:
        read = collection.similarities[0]
        np.testing.assert_array_equal(read.clipped[0], measurement(0, 0).correlation_clipped[:3])
        with pytest.raises(DamagedError, match="features of 'fc1'"):
            read.features("fc1")
        assert read.features("bn1").shape == (N, KEPT)


def test_that_features_that_were_changed_cost_no_numbers_either(path: Path, opened_as: Opened) -> None:
    content = bytearray(path.read_bytes())
    at = content.index(b'"features":', content.index(b'"record":"similarity"'))
    at = content.index(b'"base64":"', at) + 20
    content[at] = ord("A") if content[at] != ord("A") else ord("B")
    with opened_as(bytes(content)) as collection:
        read = collection.similarities[0]
        np.testing.assert_array_equal(read.clipped[0], measurement(0, 0).correlation_clipped[:3])
        with pytest.raises(DamagedError, match=r"similarity measurement of step 0, .* changed after it was written"):
            read.features("bn1")


def rewritten(path: Path, make_header: Callable[..., Header], **changes: object) -> Collection:
    record = measurement(0, 0)
    for name, value in changes.items():
        setattr(record, name, value)
    with CollectionWriter(path, make_header(similarity=similarity())) as writer:
        writer.write(record)
    return open_collection(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("correlation_clipped", np.zeros(5)),
        ("cka", np.zeros((6, 1))),
        ("cka", np.zeros(600, np.int64)),
        ("cka_null", np.zeros(6)),
        ("effective_rank", np.zeros(4)),
        ("constant", np.zeros(2, np.int64)),
        ("constant", np.array([0.5, 1, 2])),
    ],
)
def test_that_numbers_that_do_not_fit_the_header_are_damage(
    tmp_path: Path, make_header: Callable[..., Header], field: str, value: np.ndarray
) -> None:
    with rewritten(tmp_path / "r.json", make_header, **{field: value}) as collection:
        with pytest.raises(DamagedError, match="similarity measurement of step 0"):
            collection.similarities[0]
        assert np.isnan(collection.similarities.series("mean")[1]).all()


def test_that_features_that_do_not_fit_the_header_are_damage_and_absent_ones_are_not(
    tmp_path: Path, make_header: Callable[..., Header]
) -> None:
    features = {"fc1": np.zeros((N + 1, KEPT), np.float32)}
    with rewritten(tmp_path / "r.json", make_header, features=features) as collection:
        with pytest.raises(DamagedError, match="features of 'fc1'"):
            collection.similarities[0].features("fc1")
        assert collection.similarities[0].features("bn1") is None
        with pytest.raises(KeyError):
            collection.similarities[0].features("fc9")


def test_that_records_the_header_tells_nothing_of_are_passed_over_with_a_word(
    tmp_path: Path, make_header: Callable[..., Header]
) -> None:
    with CollectionWriter(tmp_path / "r.json", make_header()) as writer:
        writer.write(measurement(0, 0))
        writer.write(augmented(0))
    with open_collection(tmp_path / "r.json") as collection:
        assert (collection.similarity, collection.augmentations) == (None, None)
        assert len(collection.similarities) == len(collection.augmentation_records) == 0
        assert len(collection.damaged) == 2


def test_that_steps_that_go_back_are_passed_over(tmp_path: Path, make_header: Callable[..., Header]) -> None:
    with CollectionWriter(tmp_path / "r.json", make_header(similarity=similarity())) as writer:
        for step in (5, 3, 6):
            writer.write(measurement(step, 0))
    with open_collection(tmp_path / "r.json") as collection:
        assert collection.similarities.steps.tolist() == [5, 6]
        assert "step 3 is below" in collection.damaged[0]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"similarity": Similarity(compared() * 2, N)},
        {"similarity": Similarity(compared(), N, np.arange(N + 1))},
        {"similarity": Similarity([ComparedLayer("fc", 3, 3, [0, 3])], N)},
        {"similarity": Similarity([ComparedLayer(str(number), 1, 1, [0]) for number in range(257)], N)},
        {"augmentations": Augmentations(np.zeros((2, 1, 9, 9), np.uint8), ["none"], [0.0, 1.0])},
        {"augmentations": Augmentations(np.zeros((2, 9, 9), np.uint8), ["none", "blur"], [0.0, 1.0])},
        {"augmentations": Augmentations(np.zeros((2, 1, 9, 9), np.float32), ["none", "blur"], [0.0, 1.0])},
    ],
    ids=["twice", "labels", "kept", "many", "kinds", "no pictures", "no bytes"],
)
def test_that_a_header_that_could_not_be_read_back_is_refused(
    tmp_path: Path, make_header: Callable[..., Header], spoilt: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"layer|features|labels|pictures|kind"):
        CollectionWriter(tmp_path / "r.json", make_header(**spoilt))
    assert not (tmp_path / "r.json").exists()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    n_layers=st.integers(1, 24),
    data=st.data(),
)
def test_that_any_number_of_layers_and_any_numbers_come_back(
    tmp_path: Path, make_header: Callable[..., Header], n_layers: int, data: st.DataObject
) -> None:
    n_pairs = n_layers * (n_layers + 1) // 2
    pairs, null = (data.draw(arrays(np.float64, shape)) for shape in (n_pairs, (n_pairs, 2)))
    layers = [ComparedLayer(f"a.{number}", 4, 4, [0, 3]) for number in range(n_layers)]
    per_layer = data.draw(arrays(np.float64, n_layers))
    record = SimilarityRecord(3, 1, pairs, pairs, pairs, null, per_layer, np.zeros(n_layers, int))
    with CollectionWriter(
        tmp_path / "any.json", make_header(similarity=Similarity(layers, N)), overwrite=True
    ) as writer:
        writer.write(record)

    with open_collection(tmp_path / "any.json") as collection:
        read = collection.similarities[0]
        np.testing.assert_array_equal(read.cka[np.triu_indices(n_layers)], pairs)
        np.testing.assert_array_equal(read.cka_null[np.triu_indices(n_layers)], null)
        np.testing.assert_array_equal(read.effective_rank, per_layer)
        assert read.features("a.0") is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_that_a_flipped_byte_ends_in_words_or_in_what_is_left(
    path: Path, opened_as: Opened, at: int, byte: int
) -> None:
    content = bytearray(path.read_bytes())
    start = content.index(b"\n") + 1
    content[start + at % (len(content) - start)] = byte
    with opened_as(bytes(content)) as collection:
        collection.similarities.series("cka_null")
        for records in (collection.similarities, collection.augmentation_records):
            for number in range(len(records)):
                try:
                    for name in LAYERS:
                        records[number].features(name)
                except CollectionError as error:
                    assert "byte" in str(error)


def test_that_a_following_reader_finds_what_comes(tmp_path: Path, make_header: Callable[..., Header]) -> None:
    with CollectionWriter(tmp_path / "r.json", make_header(similarity=similarity())) as writer:
        writer.write(measurement(0, 0))
        with open_collection(tmp_path / "r.json") as collection:
            assert collection.similarities.series("cka")[0].tolist() == [0]
            writer.write(measurement(9, 1))
            assert collection.refresh()
            steps, values = collection.similarities.series("cka")
            assert steps.tolist() == [0, 9]
            np.testing.assert_array_equal(values[1][0], measurement(9, 1).cka[:3])


def test_that_a_collection_without_similarity_has_empty_series(finished: Path) -> None:
    with open_collection(finished) as collection:
        shapes = {name: collection.similarities.series(name)[1].shape for name in ("cka", "cka_null", "constant")}
        assert shapes == {"cka": (0, 0, 0), "cka_null": (0, 0, 0, 2), "constant": (0, 0)}
        assert collection.similarities.steps.tolist() == collection.similarities.epochs.tolist() == []
