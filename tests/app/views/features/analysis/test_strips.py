"""The strips of linear layers, and the units of two passes as numbers."""

from dataclasses import replace

import numpy as np
import pytest

from app.views.features.analysis.activation_strips import AFTER, BEFORE, activation_strips
from app.views.features.analysis.feature_stages import feature_stages
from app.views.features.analysis.numbers_of_two import HEADINGS, numbers_of_two
from collector.storage.layer import Layer
from collector.storage.passes import Pass
from tests.app.made_up import MadeUpRun, difference_of, layer, made_up_pass


def strip_layers(**given: object) -> dict[str, Layer]:
    fc = layer("fc", units=3, kept=np.array([0, 2]), parameters={"weight": (3, 4)}, input_units=4, **given)
    return {"fc": fc, "relu": layer("relu", "ReLU", units=3, kept=fc.kept, stage="fc")}


def of_fc(layers: dict[str, Layer], values: np.ndarray | None) -> Pass:
    kinds = {} if values is None else {"fc": {"activation": values}, "relu": {"activation": np.maximum(values, 0)}}
    return made_up_pass(layers, kinds)


def test_that_strips_are_what_a_layer_gives_before_and_after_its_activation() -> None:
    layers, values = strip_layers(), np.array([[-1, 2], [-3, 4]], "f4")
    stages, taken = feature_stages(layers), of_fc(layers, np.array([[-1, 2], [-3, 4]], "f4"))
    for moment, shown, sample, wanted, largest in (
        (BEFORE, "fc", 1, [-3, 4], 4.0),
        (AFTER, "relu", 1, [0, 4], 4.0),
        (BEFORE, "fc", 0, [-1, 2], 2.0),
    ):
        found = activation_strips(taken, stages, sample, moment)
        (strip,) = found.rows
        assert strip.values is not None and strip.dead is not None
        assert (strip.stage, strip.shown, strip.n_units, strip.units.tolist()) == ("fc", shown, 3, [0, 2])
        assert (strip.values.tolist(), found.largest, strip.dead.tolist()) == (wanted, largest, [True, False])
        assert found.dead_words == "1 of 2 dead"
    assert values.shape == (2, 2)


@pytest.mark.parametrize("sample", [-1, 2])
def test_that_a_sample_that_is_not_there_has_no_values(sample: int) -> None:
    layers = strip_layers()
    found = activation_strips(of_fc(layers, np.ones((2, 2), "f4")), feature_stages(layers), sample, AFTER)
    assert (found.rows[0].values, found.largest) == (None, 0.0)


def test_that_where_nothing_is_linear_there_is_no_strip() -> None:
    layers = strip_layers()
    found = activation_strips(of_fc(layers, np.ones((2, 2), "f4")), [], 0, AFTER)
    assert (found.rows, found.largest, found.dead_words) == ((), 0.0, "")


def test_that_strips_without_values_say_why() -> None:
    layers = strip_layers()
    (strip,) = activation_strips(of_fc(layers, None), feature_stages(layers), 0, AFTER).rows
    assert (strip.values, strip.dead) == (None, None)
    assert strip.reason == "they need a probe: Collector(…, probe=(images, labels))"
    known = strip_layers(not_recorded={"activation": "too large"})
    (strip,) = activation_strips(of_fc(known, None), feature_stages(known), 0, BEFORE).rows
    assert strip.reason == "too large"


def test_that_units_of_two_passes_are_numbers_of_both_and_their_difference() -> None:
    layers = strip_layers()
    a, b = np.array([[-1, 2], [-3, -4]], "f4"), np.array([[1, -2], [5, -4]], "f4")
    run = MadeUpRun(layers, None, [of_fc(layers, a), of_fc(layers, b)])
    both, (stage,) = difference_of(run, run), feature_stages(layers)
    headings, rows = numbers_of_two(both, stage, 1)
    assert headings == HEADINGS
    assert [tuple(row) for row in rows] == [
        ("relu", 0, 0.0, 5.0, 5.0, 0.0, 3.0, 3.0, 1, 0),
        ("relu", 2, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0, 1),
    ]
    (_, beyond) = numbers_of_two(both, replace(stage, rectifier=None), 2)
    assert [row[2:5] + row[-2:] for row in beyond] == [(None,) * 5] * 2
    strips = activation_strips(both, [stage], 1, AFTER)
    assert strips.rows[0].dead is not None
    assert strips.rows[0].dead.tolist() == [True, True]
    assert activation_strips(both, [stage], 9, AFTER).rows[0].reason == "A or B has none of this sample"
