"""The probe and its pictures."""

import warnings

import numpy as np
import pytest

from collector.storage import schema
from collector.storage.blocks import to_block
from collector.storage.errors import BlockError
from collector.storage.probe import Probe, probe_of


def probe(inputs: np.ndarray, **fields: object) -> Probe:
    return probe_of(schema.Probe(inputs=to_block(inputs), **fields))


def test_that_the_normalisation_is_undone() -> None:
    pictures = np.linspace(0, 1, 2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    mean, std = np.array([0.1, 0.2, 0.3]), np.array([0.5, 0.25, 2])
    inputs = (pictures - mean[:, None, None]) / std[:, None, None]
    shown = probe(inputs, mean=mean.tolist(), std=std.tolist()).picture(1)
    np.testing.assert_allclose(shown, pictures[1].transpose(1, 2, 0), atol=1e-6)
    assert shown.dtype == np.float32


def test_that_without_a_known_normalisation_the_range_is_black_to_white() -> None:
    shown = probe(np.array([[[[-3.0, 1.0], [5.0, -3.0]]]])).picture(0)
    assert shown.tolist() == [[0, 0.5], [1, 0]]


def test_that_a_picture_is_made_once_for_as_long_as_its_sample_is_looked_at() -> None:
    one = probe(np.arange(8.0).reshape(2, 1, 2, 2))
    first = one.picture(0)
    assert one.picture(0) is first
    assert one.picture(1).tolist() == one.picture(0).tolist() == first.tolist()
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0] = 1


def test_that_a_picture_without_channels_is_grey() -> None:
    assert probe(np.zeros((1, 4, 5))).picture(0).shape == (4, 5)


@pytest.mark.parametrize("shape", [(1,), (1, 4), (1, 2, 4, 4), (1, 1, 1, 4, 4), (1, 1, 0, 4), (1, 1, 1, 5000)])
def test_that_inputs_that_are_no_picture_have_none(shape: tuple[int, ...]) -> None:
    assert probe(np.zeros(shape)).picture(0) is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e308, -1e308])
@pytest.mark.parametrize("known", [{}, {"mean": [0.5], "std": [1e30]}])
def test_that_odd_values_still_make_a_picture(value: float, known: dict[str, list[float]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shown = probe(np.array([[[[value, 0.0, -value]]]]), **known).picture(0)
    assert ((shown >= 0) & (shown <= 1)).all()


def test_that_a_probe_is_as_long_as_its_samples() -> None:
    assert len(probe(np.zeros((4, 0)))) == 4, "of samples that the file does not hold, as text"
    assert len(probe(np.zeros((5, 3)))) == 5


def test_that_labels_are_whole_numbers_or_absent() -> None:
    assert probe(np.zeros((2, 3))).labels is None
    assert probe(np.zeros((2, 3)), labels=[4, -100]).labels.tolist() == [4, -100]


@pytest.mark.parametrize(
    ("inputs", "fields"),
    [
        (np.zeros((2, 3)), {"labels": [0]}),
        (np.zeros((2, 3)), {"labels": [[0], [1]]}),
        (np.zeros((2, 3)), {"labels": [0.5, 1]}),
        (np.zeros(()), {}),
        (np.zeros((1, 1)), {"mean": [1e300]}),
    ],
)
def test_that_a_probe_that_contradicts_itself_is_refused(inputs: np.ndarray, fields: dict[str, object]) -> None:
    with pytest.raises(BlockError):
        probe(inputs, **fields)


def test_that_where_it_is_not_named_the_network_is_given_one_tensor() -> None:
    assert probe(np.zeros((2, 3))).n_inputs == 1
    assert probe(np.zeros((2, 3)), n_inputs=2).n_inputs == 2
    of_old_file = Probe(np.zeros((2, 3)), None, (), mean=np.zeros(0), std=np.zeros(0))
    assert of_old_file.n_inputs == 1
