"""Which samples look mislabelled: equal to an obvious way of working it out, and to what was planted."""

import numpy as np
import pytest

from collector.findings.suspicion import suspicion, suspicion_of
from collector.storage import open_collection
from tests.collector.storage.story_run import made_up, write_stories

RIGHT, WRONG, HARD, UNSURE = range(4)
"""Samples: said as labelled; said otherwise, the label being as unlikely as any; the label comes next; not sure."""


def arrays(kinds: list[int], n_measurements: int = 4, n_classes: int = 5) -> dict[str, np.ndarray]:
    """Samples of these kinds, of three classes by label, after a measurement at which all was said to be class 4."""
    kind = np.array(kinds)
    labels = np.arange(len(kind)) % 3
    said = np.where(kind == RIGHT, labels, (labels + 1) % 3)
    surety = np.where(kind == UNSURE, 0.6, 0.96)
    given = np.select([kind == RIGHT, kind == HARD], [surety, 0.03], 0.002)
    shape = (n_measurements, len(kind))
    found = {
        "predictions": np.broadcast_to(said, shape),
        "confidences": np.broadcast_to(surety, shape),
        "label_probabilities": np.broadcast_to(given, shape),
        "margins": np.broadcast_to(np.where(kind == RIGHT, 3.0, np.log(given / surety)), shape),
    }
    first = {"predictions": 4, "confidences": 1 / n_classes, "label_probabilities": 1 / n_classes, "margins": -50.0}
    found = {name: np.vstack((np.full(len(kind), first[name])[None], each)) for name, each in found.items()}
    found["predictions"] = found["predictions"].astype(np.int32)
    found["votes"] = np.broadcast_to(said, (n_measurements + 1, 2, len(kind))).copy()
    return found | {"labels": labels}


def test_that_the_sure_are_told_from_the_unsure_and_the_unlikely_from_what_is_only_hard() -> None:
    found = suspicion(**arrays([RIGHT] * 20 + [WRONG, HARD, UNSURE]))

    assert found.measurements.tolist() == [1, 2, 3, 4], "what was said before anything was learnt does not count"
    assert found.said.tolist() == [*(each % 3 for each in range(20)), 0, 1, 2]
    assert found.is_sure.tolist() == [True] * 22 + [False]
    assert np.flatnonzero(found.is_suspicious).tolist() == [20, 21]
    assert np.flatnonzero(found.is_unlikely).tolist() == [20]
    assert found.order[:3].tolist() == [20, 22, 21]
    assert found.n_classes == 5


def test_that_the_score_is_minus_the_area_under_the_margin() -> None:
    told = made_up(300, 8)
    given = told.predictions, told.confidences, told.probabilities, told.margins
    found = suspicion(told.labels, *given, told.votes)

    rows = found.measurements
    for sample in range(300):
        area = sum(float(told.margins[row, sample]) for row in rows) / len(rows)
        assert found.scores[sample] == pytest.approx(-area, rel=1e-6)
    assert found.order.tolist() == sorted(range(300), key=lambda sample: -found.scores[sample])
    planted = np.flatnonzero(told.is_planted)
    assert set(planted[:10]) <= set(found.order[: 2 * len(planted)].tolist())


def test_that_whom_the_neighbours_agree_with_is_not_suspicious() -> None:
    given = arrays([RIGHT] * 20 + [WRONG, WRONG])
    given["votes"][:, :, 20] = given["labels"][20]
    found = suspicion(**given)

    assert np.flatnonzero(found.is_suspicious).tolist() == [21]


def test_that_without_votes_the_network_alone_is_asked() -> None:
    given = arrays([RIGHT] * 20 + [WRONG])
    given["votes"] = given["votes"][:, :0]

    assert np.flatnonzero(suspicion(**given).is_suspicious).tolist() == [20]


def test_that_a_sample_of_which_nothing_is_known_has_no_place() -> None:
    given = arrays([RIGHT] * 20 + [WRONG, WRONG])
    given["margins"] = given["margins"].copy()
    given["margins"][:, 20] = np.nan
    given["labels"][21] = -1

    found = suspicion(**given)
    assert 20 not in found.order
    assert not found.is_suspicious[21]


def test_that_a_network_that_has_learnt_nothing_tells_of_nothing() -> None:
    given = arrays([WRONG] * 20 + [RIGHT] * 2)

    assert suspicion(**given) is None
    assert suspicion(**{name: each[:0] if name != "labels" else each for name, each in given.items()}) is None


def test_that_it_is_asked_of_a_file_as_of_its_arrays(tmp_path) -> None:
    told = made_up(120, 6)
    given = told.predictions, told.confidences, told.probabilities, told.margins
    with open_collection(write_stories(tmp_path / "run.json")) as collection:
        np.testing.assert_allclose(
            suspicion_of(collection.stories).scores, suspicion(told.labels, *given, told.votes).scores, rtol=1e-6
        )
    with open_collection(write_stories(tmp_path / "values.json", kind="values")) as collection:
        assert suspicion_of(collection.stories) is None
