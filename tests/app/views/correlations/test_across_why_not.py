"""Why two runs are not compared, and how the comparison goes on."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.replay.comparing import Comparing
from app.session import Session
from app.views.correlations.across_pair import Across, AcrossRequest, AcrossResult
from app.views.correlations.across_run import AcrossMeasure, AcrossRun, across_run, procrustes_run
from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside
from app.views.correlations.reading import MatrixReading
from collector.storage.errors import CollectionError


def with_similarity(comparing: Comparing, *given: Any) -> Any:
    """The same as if this were said of the likeness in A and in B."""
    sides = [SimpleNamespace(collection=SimpleNamespace(similarity=each)) for each in given]
    return SimpleNamespace(a=sides[0], b=sides[1], names=comparing.names, held=None, pair=comparing.pair)


@pytest.mark.parametrize(
    ("lacking", "why"),
    [
        ((0,), "Not compared: usual has no layer similarity."),
        ((1,), "Not compared: faster has no layer similarity."),
        ((0, 1), "Not compared: usual and faster have no layer similarity."),
    ],
)
def test_that_a_run_without_likeness_is_named(comparing: Comparing, lacking: tuple[int, ...], why: str) -> None:
    headers = [each.collection.similarity for each in (comparing.a, comparing.b)]
    given = [None if place in lacking else header for place, header in enumerate(headers)]
    assert across_run(with_similarity(comparing, *given)) == why


def test_that_a_run_that_compares_no_layers_has_nothing_to_compare(comparing: Comparing) -> None:
    header = comparing.a.collection.similarity
    assert header is not None
    found = across_run(with_similarity(comparing, header, replace(header, layers={})))
    assert found == "Not compared: one of both has no layer similarity."


@pytest.mark.parametrize("change", [{"samples": 19}, {"labels": None}, {"labels": np.full(20, 4)}])
def test_that_other_samples_are_told_by_their_number_and_their_labels(
    comparing: Comparing, change: dict[str, Any]
) -> None:
    header = comparing.a.collection.similarity
    assert header is not None
    other = "Not compared: the layers of the two runs were measured on other samples."
    assert across_run(with_similarity(comparing, header, replace(header, **change))) == other
    assert across_run(with_similarity(comparing, replace(header, **change), header)) == other


def test_that_each_measurement_is_told_as_it_is_read_and_compared(comparing: Comparing) -> None:
    told: list[tuple[int, int]] = []
    found = across_run(comparing, lambda *given: not told.append(given))  # type: ignore[func-returns-value]
    assert isinstance(found, AcrossRun)
    assert told == [(1, 3), (2, 3), (3, 3)] * 3
    for most in range(9):
        left = iter([True] * most)
        assert across_run(comparing, lambda *_, left=left: next(left, False)) is None  # type: ignore[misc]
    assert procrustes_run(comparing, found, lambda *_: False) is None


def test_that_layers_of_a_measurement_that_cannot_be_read_have_no_number(
    comparing: Comparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = type(comparing.b.collection.similarities)
    read, b = records.__getitem__, comparing.b.collection.similarities

    def damaged(self: Any, number: int) -> Any:
        if self is b and number == 1:
            raise CollectionError("run.json", "It is damaged.")
        return read(self, number)

    plain = across_run(comparing)
    monkeypatch.setattr(records, "__getitem__", damaged)
    monkeypatch.setattr("app.views.correlations.across_run.similarity_run", lambda each, _: plain.runs[each is b])  # type: ignore[union-attr]
    found = across_run(comparing)
    assert isinstance(found, AcrossRun) and isinstance(plain, AcrossRun)
    values = found.values(AcrossMeasure.CKA)
    assert np.isnan(values[1]).all()
    assert np.array_equal(values[[0, 2]], plain.values(AcrossMeasure.CKA)[[0, 2]])
    assert found.is_same.tolist() == [True, False, False]


def test_that_the_softmax_which_is_no_layer_of_the_network_is_its_own_partner(comparing: Comparing) -> None:
    found = across_run(comparing)
    assert isinstance(found, AcrossRun)
    assert found.partner.tolist() == list(range(len(found.rows)))
    assert found.rows[-1] == "softmax" and "softmax" not in comparing.a.collection.layers


def test_that_a_held_pass_has_its_augmentations_beside_those_of_the_front(
    session: Session, two_paths: tuple[Path, Path]
) -> None:
    session.open(two_paths[0])
    session.show_last()
    session.hold_pass()
    assert session.comparing is not None
    reading, found = MatrixReading(session), []
    reading.ready.connect(found.append)
    request = AugmentationRequest(0, "fc1", Order.AS_IS)
    reading.read(request)
    collection = session.comparing.a.collection
    (result,) = found
    assert result.request == request
    assert np.array_equal(result.values, replace(request, number=2).read(collection).values)
    assert not np.array_equal(result.values, request.read(collection).values)
    last = list(collection.augmentations.layers)[-1]  # type: ignore[union-attr]
    classes = [collection.augmentation_records[number].features(last).argmax(axis=1) for number in (2, 0)]  # type: ignore[union-attr]
    assert np.array_equal(result.flips.classes, classes)


def test_that_a_matrix_of_both_is_made_once_until_another_run_is_compared(
    comparing: Comparing, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[AcrossRequest, Comparing]] = []

    def read(self: AcrossRequest, both: Comparing) -> AcrossResult:
        made.append((self, both))
        return AcrossResult(self)

    monkeypatch.setattr(AcrossRequest, "read", read)
    reading, told = MatrixReading(session), []
    reading.ready.connect(told.append)
    one = AcrossRequest((0, 0), "fc1", "fc1", ("fc1", "fc1"), Across.PRODUCT, Inside.FEATURES, Order.AS_IS)
    other = replace(one, numbers=(1, 1))
    for asked in (one, other, one, replace(other)):
        reading.read(asked)
    assert [each.request for each in told] == [one, other, one, other]
    assert made == [(one, comparing), (other, comparing)]
    session.hold_pass()
    assert session.comparing is not comparing
    reading.read(one)
    assert made[2:] == [(one, session.comparing)]
    session.stop_comparing()
    reading.read(one)
    assert len(told) == 5, "of one run there is none of both"
