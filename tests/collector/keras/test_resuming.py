"""A training by `fit` that goes on in a new process, for all that the collector knows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import CollectionError, KerasCollector, open_collection
from collector.storage import Collection

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
Collect = Callable[..., Collection]


def a_model(units: int = 6) -> keras.Model:
    return keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(units, "relu", name="a"), keras.layers.Dense(3, name="b")]
    )


FROM_LOGITS = {"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=True)}


def test_that_a_second_fit_in_another_process_leaves_what_one_fit_does(
    collect: Collect, samples: Samples, tmp_path: Path
) -> None:
    data = samples(40, 4)
    model = a_model()
    weights = [each.copy() for each in model.get_weights()]
    whole_path = tmp_path / "whole.json"
    whole_collector = KerasCollector(whole_path, probe=(data[0][:4], data[1][:4]), interval=2)
    model.compile(keras.optimizers.SGD(0.1), **FROM_LOGITS)
    model.fit(*data, epochs=2, batch_size=8, shuffle=False, verbose=0, callbacks=[whole_collector])

    first = a_model()
    first.set_weights(weights)
    collect(first, data, epochs=1, compile_with=FROM_LOGITS)
    second = a_model()
    second.set_weights(first.get_weights())
    resumed = collect(second, data, epochs=2, compile_with=FROM_LOGITS, fit_with={"initial_epoch": 1}, resume=5)

    with open_collection(whole_path) as whole:
        assert [each.step for each in resumed.resumes] == [5]
        assert resumed.passes.steps.tolist() == whole.passes.steps.tolist() == [0, 2, 4, 6, 8, 10]
        assert [each.epoch for each in resumed.passes] == [each.epoch for each in whole.passes]
        assert [(each.epoch, each.step) for each in resumed.epochs] == [(0, 5), (1, 10)]
        np.testing.assert_array_equal(resumed.series["loss"], whole.series["loss"])
        np.testing.assert_array_equal(resumed.passes[-1].layers["a"].weight, whole.passes[-1].layers["a"].weight)


def test_that_a_second_fit_with_a_collector_that_resumes_goes_on_once_more(
    collect: Collect, samples: Samples, path: Path
) -> None:
    data = samples(16, 4)
    model = a_model()
    collect(model, data, compile_with=FROM_LOGITS)
    collector = KerasCollector(path, probe=(data[0][:4], data[1][:4]), interval=2, resume=True)
    for _ in range(2):
        model.fit(*data, batch_size=8, shuffle=False, verbose=0, callbacks=[collector])

    with open_collection(path) as collection:
        assert collector.steps_taken == 6
        assert collection.passes.steps.tolist() == [0, 2, 4, 6]
        assert len(collection.series["loss"]) == 6
        assert len(collection.resumes) == 1


def test_that_another_model_is_refused_when_the_training_begins(collect: Collect, samples: Samples, path: Path) -> None:
    data = samples(16, 4)
    collect(a_model(), data, compile_with=FROM_LOGITS)
    before = path.read_bytes()
    with pytest.raises(CollectionError, match=r"weight of 'a' \[6, 4\], and here \[7, 4\]"):
        collect(a_model(7), data, compile_with=FROM_LOGITS, resume=True)
    assert path.read_bytes() == before


def test_that_a_resumption_that_makes_no_sense_is_refused(path: Path) -> None:
    options: dict[str, Any] = {"resume": -1}
    with pytest.raises(ValueError, match="resume is -1"):
        KerasCollector(path, **options)
