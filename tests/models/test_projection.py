"""Which samples of a dataset can be laid out in a plane."""

from pathlib import Path

import pytest
import torch

import data
from models.names import WrongPairError
from models.options import TrainOptions
from models.projection import projection_options


def test_that_the_probe_s_samples_are_the_first() -> None:
    source = data.load("digits", None)
    options = projection_options(TrainOptions(projection_samples=50), source, [])

    inputs, labels = options["projection"]
    probe, _ = data.choose_probe(source, 16)
    assert len(inputs) == len(labels) == 50
    assert torch.equal(inputs[:16], probe)
    assert options["projection_layers"] == []


def test_that_none_are_taken_for_0_and_layers_are_split_at_commas() -> None:
    source = data.load("digits", None)
    wished = TrainOptions(projection_samples=0, projection_layers="fc1, conv2,")
    options = projection_options(wished, source, ["conv1", "conv2", "fc1"])

    assert options == {"projection": None, "projection_layers": ["fc1", "conv2"]}
    assert TrainOptions(output_path=Path("a.json")).recorded()["projection_samples"] == 2000


def test_that_a_layer_that_the_model_does_not_have_is_refused_with_those_that_it_has() -> None:
    wished = TrainOptions(model="mlp", projection_layers="fc9")
    with pytest.raises(WrongPairError, match=r"mlp has no layer 'fc9'; it has fc1, fc2\."):
        projection_options(wished, data.load("digits", None), ["fc1", "fc2"])
