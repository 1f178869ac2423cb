"""Of which samples of a training the command tells stories."""

import torch

import data
from models.options import TrainOptions
from models.stories import story_options


def test_that_they_are_training_samples_as_they_are_evenly_spread() -> None:
    source = data.load("digits", None)
    given = story_options(TrainOptions(story_samples=50, story_interval=9), source)

    inputs, labels = given["stories"]
    numbers = given["story_numbers"]
    assert (len(inputs), len(labels), given["story_interval"], given["story_of"]) == (50, 50, 9, "training")
    assert (numbers[0], numbers[-1]) == (0, len(source.train) - 1)
    assert set((numbers[1:] - numbers[:-1]).tolist()) <= {len(source.train) // 49, len(source.train) // 49 + 1}
    torch.testing.assert_close(labels, source.train.labels[torch.from_numpy(numbers)])
    again, _ = story_options(TrainOptions(story_samples=50), source)["stories"]
    assert torch.equal(inputs, again), "nothing is drawn"


def test_that_no_more_are_taken_than_there_are_and_none_for_0() -> None:
    source = data.load("digits", None)

    assert len(story_options(TrainOptions(story_samples=10**6), source)["story_numbers"]) == len(source.train)
    assert story_options(TrainOptions(story_samples=0), source) == {"stories": None}
    assert TrainOptions().recorded()["story_samples"] == 2000
