"""Stories of samples without a file."""

from dataclasses import replace
from typing import Any, cast

import numpy as np

from app.analysis.augmentation_text import NONE
from app.views.stories.analysis.changes import Changes
from app.views.stories.analysis.story_run import StoryRun
from collector.storage import Collection
from collector.storage.compared import Augmentations
from tests.app.views.stories.told_run import LAYERS, NAMES, Told

WITHOUT = dict.fromkeys(
    ("labels", "predictions", "confidences", "label_probabilities", "margins", "losses", "votes"), None
)
"""Nothing was recorded but what the samples are."""


def story_of(told: Told, **changes: Any) -> StoryRun:
    """What a made-up network made of its samples; with ``changes`` of its fields."""
    n = told.n_samples
    run = StoryRun(
        collection=cast(Collection, None),
        inputs=told.pictures,
        texts=(),
        labels=told.labels,
        values=None,
        numbers=np.arange(n) * 3,
        of="training",
        steps=told.steps,
        epochs=np.arange(len(told.steps)),
        predictions=told.predictions.astype(np.int32),
        confidences=told.confidences,
        label_probabilities=told.label_probabilities,
        margins=told.margins,
        losses=told.losses,
        votes=told.votes.astype(np.int16),
        layers=LAYERS,
        neighbours=10,
        in_probe=np.full(n, -1),
        class_names=NAMES,
    )
    return replace(run, **changes)


def three_samples(**changes: Any) -> StoryRun:
    """Three samples at three measurements: learnt and forgotten once, learnt and kept, never learnt."""
    known = {
        "labels": np.array([0, 1, 2]),
        "predictions": np.array([[0, 0, 0], [1, 1, 0], [0, 1, 3]], np.int32),
        "confidences": np.array([[0.5, 0.25, 0.3], [0.75, 0.5, 0.4], [1.0, 0.9, 0.0004]], np.float32),
        "label_probabilities": np.array([[0.5, 0.1, 0.1], [0.2, 0.5, 0.2], [1.0, 0.9, 0.0]], np.float32),
        "margins": np.array([[1.5, -2, -1], [-0.001, 1, -2], [2.34, 3, -3]], np.float32),
        "losses": np.array([[0.7, 2.3, 2.5], [1.61, 0.7, 3.1], [0.0001, 0.1, 12.345]], np.float32),
        "votes": np.array([[[0, 1, -1], [0, 0, -1], [0, 0, -1]], [[1, 1, 1], [0, 1, 1], [1, 1, 1]], [[0, 1, 1]] * 3]),
    }
    told = Told(3, 3)
    return story_of(told, **(known | changes))


def changes_of(classes: list[int], votes: list[list[int]], **more: Any) -> Changes:
    """What a network makes of one sample, unchanged, then noisy and blurred in turn, the stronger the later.

    Args:
        classes: of each change.
        votes: of each of some layers.
        more: other fields.
    """
    n = len(classes)
    random = np.random.default_rng(0)
    kinds = (NONE, *("noise" if number % 2 else "blur" for number in range(1, n)))
    header = Augmentations(
        pictures=random.integers(0, 256, (n, 1, 6, 6), np.uint8),
        kinds=kinds,
        strengths=np.where(np.arange(n) % 4 == 3, -1, 1) * np.arange(n) / 4,
        largest={"noise": "a tenth"},
        label=0,
        seed=0,
        layers={},
    )
    known = {
        "step": 1_200,
        "epoch": 2,
        "layers": LAYERS[: len(votes)],
        "stability": np.linspace(1, -0.2, len(votes) * n).reshape(len(votes), n),
        "votes_about": "10 nearest of 60 held-out samples vote, by 2 layers",
    }
    return Changes(header=header, classes=np.array(classes), votes=np.array(votes), **(known | more))  # type: ignore[arg-type]


TOLD = Told(24, 7)
RUN = story_of(TOLD)
SENTENCES = tuple(
    f"the handwritten digit that people write when they mean the number {each}, in words" for each in range(4)
)
LONG = replace(RUN, class_names=SENTENCES)
WORDS = ("a few words", "some more of them, and one that is thisisratherlongandhasnospaces " * 2, "many " * 200)
TEXTS = replace(RUN, inputs=None, texts=tuple(WORDS[each % 3] for each in range(24)))
VECTORS = replace(RUN, inputs=np.linspace(-1, 2, 24 * 9, dtype=np.float32).reshape(24, 9) ** 3)
LOSS_ONLY = replace(TEXTS, **(WITHOUT | {"losses": TOLD.losses}))
MANY = story_of(Told(300, 24))
