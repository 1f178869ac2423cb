"""In what two runs differ, told field by field: what forbids to go on, and what should only be known."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collector.storage import CollectionWriter
from collector.storage.header import HeaderLine, read_header
from collector.storage.same_run import changes, differences
from collector.storage.schema import (
    Augmentations,
    Band,
    ComparedLayer,
    Header,
    Insight,
    Layer,
    Probe,
    Projection,
    Similarity,
    Stories,
)
from collector.storage.source import open_file

Read = Callable[..., HeaderLine]


@pytest.fixture
def read(tmp_path: Path, make_header: Callable[..., Header]) -> Read:
    """Writes a header and reads it again; ``change`` is made to it before."""

    def read(change: Callable[[Header], object] = lambda header: None, **fields: Any) -> HeaderLine:
        header = make_header(**full(), **fields)
        header.run.steps_per_epoch = 5
        change(header)
        path = tmp_path / "run.json"
        CollectionWriter(path, header, overwrite=True).close()
        with open_file(path) as file:
            return read_header(file, path)

    return read


def full() -> dict[str, Any]:
    """All that a header can say."""
    compared = [ComparedLayer("fc", 30, 30, np.arange(30))]
    pictures = np.arange(8, dtype=np.uint8).reshape(2, 1, 2, 2)
    return {
        "insight": Insight(
            interval=2, thresholds=[1e-7], parameters=120, sample=100, sample_seed=3, sign_interval=4, sign_columns=90,
            bands=[Band("fc", "weight", 120, 0, 90)],
        ),
        "similarity": Similarity(compared, 2, np.array([0, 1]), interval=7, shuffles=20),
        "augmentations": Augmentations(pictures, ["none", "blur"], [0.0, 0.5], layers=compared),
        "projection": Projection(2, compared),
        "stories": Stories(2, ["fc"], 30),
    }  # fmt: skip


def told(before: HeaderLine, now: HeaderLine) -> list[str]:
    return list(differences(before, now))


def put(path: str, value: Any) -> Callable[[Header], None]:
    """Sets ``a.b.c`` of a header; numbers are places of lists."""

    def change(header: Header) -> None:
        *way, last = path.split(".")
        found: Any = header
        for name in way:
            found = found[int(name)] if name.isdigit() else getattr(found, name)
        setattr(found, last, value)

    return change


def test_that_a_run_is_like_itself_whatever_words_it_gives_for_what_is_not_recorded(read: Read) -> None:
    before = read(put("layers.0.not_recorded", {"edges": "one reason"}))
    now = read(put("layers.0.not_recorded", {"edges": "the same reason in other words"}))

    assert told(before, now) == []
    assert list(changes(before, now)) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("run.interval", 7, "interval 2, and here 7"),
        ("run.neuron_cap", 24, "neuron_cap 0, and here 24"),
        ("run.unit_rule", "group_mean", "unit_rule spread, and here group_mean"),
        ("run.steps_per_epoch", None, "steps_per_epoch 5, and here none"),
        ("layers.0.kind", "Conv1d", "'fc' as a Linear, and here Conv1d"),
        ("layers.0.parameters", {"weight": [30, 4], "bias": [30]}, "weight of 'fc' none, and here [30, 4]"),
        ("layers.0.output_shape", [30, 2], "output of 'fc' [], and here [30, 2]"),
        ("layers.1.reads", ["fc"], "'relu' reading [], and here [fc]"),
        ("layers.1.stage", "relu", "other units kept of 'relu'"),
        ("layers.0.kept", np.arange(29), "other units kept of 'fc'"),
        ("layers.0.input_units", 5, "other units kept of 'fc'"),
        ("layers.0.input_kept", [0, 1, 2], "other units kept of 'fc'"),
        ("layers.0.input_block", 2, "other units kept of 'fc'"),
        ("layers.0.not_recorded", {"bias": "frozen"}, "other arrays recorded of 'fc'"),
        ("probe.inputs", np.ones((2, 4), np.float32), "a probe of other samples"),
        ("probe.labels", np.array([1, 1]), "a probe of other samples"),
        ("probe.labels", None, "a probe of other samples"),
        ("probe", None, "a probe of 2 samples, and here of 0"),
        ("insight.interval", 3, "insight interval 2, and here 3"),
        ("insight.thresholds", [1e-7, 1e-5], "insight thresholds [1e-07], and here [1e-07, 1e-05]"),
        ("insight.parameters", 121, "insight parameters 120, and here 121"),
        ("insight.sample", 99, "insight sample 100, and here 99"),
        ("insight.sample_seed", 4, "insight sample_seed 3, and here 4"),
        ("insight.sign_interval", 0, "insight sign_interval 4, and here 0"),
        ("insight.sign_columns", 91, "insight sign_columns 90, and here 91"),
        ("insight.bands", [Band("fc", "bias", 120, 0, 90)], "other parameters in the raster of signs"),
        ("insight", None, "gradients followed, and here none"),
        ("similarity.shuffles", 3, "another comparison of layers"),
        ("similarity.interval", 8, "another comparison of layers"),
        ("similarity", None, "another comparison of layers"),
        ("augmentations.seed", 1, "another augmented sample"),
        ("augmentations.pictures", np.zeros((2, 1, 2, 2), np.uint8), "another augmented sample"),
        ("projection.samples", 3, "other samples or layers to be projected"),
        ("projection.layers", [], "other samples or layers to be projected"),
        ("stories.samples", 3, "other samples or layers of stories"),
    ],
)
def test_that_each_difference_is_told_first_in_its_own_words_and_the_other_way_round_too(
    read: Read, path: str, value: Any, words: str
) -> None:
    before, now = read(), read(put(path, value))

    assert told(before, now)[0] == words
    assert told(now, before), "a difference has two sides"
    assert told(now, now) == []


def test_that_gradients_that_were_not_followed_before_are_told(read: Read) -> None:
    assert told(read(put("insight", None)), read()) == ["no gradients followed"]


def _layer(name: str) -> Layer:
    return Layer(name=name, kind="ReLU", units=1, stage=name, kept=[0])


@pytest.mark.parametrize(
    ("names", "others", "words"),
    [
        ("ab", "ac", ["a layer 'b' that this model does not have", "no layer 'c', which this model has"]),
        ("abc", "a", ["a layer 'b' that this model does not have"]),
        ("a", "abc", ["no layer 'b', which this model has"]),
        ("ab", "ba", ["the same layers in another order"]),
        ("ab", "ab", []),
    ],
)
def test_that_layers_gone_and_come_are_told_by_the_first_of_each(
    read: Read, names: str, others: str, words: list[str]
) -> None:
    before, now = (read(put("layers", [_layer(name) for name in each])) for each in (names, others))

    assert told(before, now) == words


def test_that_numbers_that_are_none_are_like_themselves(read: Read) -> None:
    inputs = np.array([[np.nan, 1, 2, 3], [0, 0, 0, np.inf]], np.float32)
    before, now = (read(probe=Probe(inputs=inputs.copy(), labels=np.array([0, 1]))) for _ in range(2))

    assert told(before, now) == []


def test_that_what_may_change_is_told_as_a_change_and_forbids_nothing(read: Read) -> None:
    def changed(header: Header) -> None:
        header.run.optimizer, header.run.seed, header.run.budget = "SGD", 7, 0.03

    before, now = read(put("run.optimizer", "AdamW")), read(changed)

    assert told(before, now) == []
    assert list(changes(before, now)) == [
        "optimizer SGD instead of AdamW", "seed 7 instead of None", "budget 0.03 instead of None"
    ]  # fmt: skip
