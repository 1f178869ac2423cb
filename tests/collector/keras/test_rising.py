"""Every series of a Keras training rises strictly too, over several `fit` and resumptions."""

from collections.abc import Callable
from pathlib import Path

import keras
import pytest

from collector import InsightOptions, KerasCollector, open_collection
from tests.collector.rising import assert_rising


@pytest.mark.parametrize(("interval", "insight_interval", "at_once"), [(5, 4, 1), (3, 1, 1), (7, 10, 1), (5, 4, 3)])
def test_that_series_rise_whatever_the_intervals(
    path: Path, samples: Callable, interval: int, insight_interval: int, at_once: int
) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, "relu"), keras.layers.Dense(3)])
    model.compile(
        keras.optimizers.SGD(0.1, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        steps_per_execution=at_once,
    )
    data = samples(8 * 11, 4)
    insight = InsightOptions(interval=insight_interval)
    options = {"probe": (data[0][:4], data[1][:4]), "interval": interval, "insight": insight}
    for resume in (False, True):
        collector = KerasCollector(path, resume=resume, **options)
        for _ in range(2):
            model.fit(*data, batch_size=8, verbose=0, callbacks=[collector], validation_split=0.1)
    with open_collection(path) as collection:
        assert collection.n_steps == 4 * 10
        assert_rising(collection)
