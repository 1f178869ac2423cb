"""The numbers of the stories for other tools: whole tables of three samples."""

import numpy as np
import pytest

from app.views.stories.analysis.story_table import confusion_table, story_table
from tests.app.views.stories.made_up_story import WITHOUT, three_samples

HEADINGS = (
    "sample", "label", "prediction", "learnt_step", "forgotten", "confidence", "variability", "correctness", "aum",
    "loss_now", "margin_now", "depth", "is_selected",
)  # fmt: skip


def test_that_all_that_was_recorded_has_a_column() -> None:
    run = three_samples()
    headings, rows = story_table(run, 1, frozenset({2, 7}))
    assert headings == HEADINGS
    wanted = [
        (0, "ant", "bee", 0, 1, 1.7 / 3, np.std([0.5, 0.2, 1.0]), 2 / 3, 3.839 / 3, 1.61, -0.001, 2, 0),
        (3, "bee", "bee", 10, 0, 0.5, np.std([0.1, 0.5, 0.9]), 2 / 3, 2 / 3, 0.7, 1.0, 0, 0),
        (6, "cat", "ant", None, 0, 0.1, np.std([0.1, 0.2, 0.0]), 0, -2.0, 3.1, -2.0, 3, 1),
    ]
    for row, expected in zip(rows, wanted, strict=True):
        assert row == tuple(pytest.approx(each, rel=1e-5) if isinstance(each, float) else each for each in expected)


def test_that_before_the_first_measurement_there_is_only_what_stays() -> None:
    headings, rows = story_table(three_samples(), None, None)
    assert headings == tuple(each for each in HEADINGS if each not in ("prediction", "loss_now", "margin_now", "depth"))
    assert [row[-1] for row in rows] == [0, 0, 0]


def test_that_what_is_not_known_is_empty() -> None:
    gaps = np.array([[np.nan, 0.25, 0.5]] * 3)
    run = three_samples(predictions=np.array([[-1, 1, 0]] * 3), losses=gaps, margins=gaps, label_probabilities=gaps)
    headings, rows = story_table(run, 0, None)
    first = dict(zip(headings, rows[0], strict=True))
    assert [first[name] for name in ("prediction", "confidence", "variability", "aum", "loss_now", "margin_now")] == (
        [None] * 6
    )
    assert first["depth"] is None
    headings, rows = story_table(three_samples(**WITHOUT), 0, None)
    assert headings == ("sample", "label", "is_selected")
    assert rows == [(0, None, 0), (3, None, 0), (6, None, 0)]


def test_that_pairs_of_classes_have_a_row_where_they_have_samples_or_had_some() -> None:
    run = three_samples()
    headings = ("label", "prediction", "samples", "change")
    assert confusion_table(run, 0) == (
        headings,
        [("ant", "ant", 1, None), ("bee", "ant", 1, None), ("cat", "ant", 1, None)],
    )
    assert confusion_table(run, 2) == (
        headings,
        [
            ("ant", "ant", 1, 1),
            ("ant", "bee", 0, -1),
            ("bee", "bee", 1, 0),
            ("cat", "ant", 0, -1),
            ("cat", "dog", 1, 1),
        ],
    )
    assert confusion_table(three_samples(labels=None), 0) == ((), [])
