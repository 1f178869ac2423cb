"""What all pages of the stories are on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.views.stories.analysis.story_run import StoryRun


@dataclass(frozen=True, eq=False)
class Moment:
    """Attributes:
    run: whose samples they are.
    number: the measurement at or before the playhead; None where there is none yet.
    sample: the one that is shown, by its place among the samples; None: none.
    selected: numbers of those that are selected; None: none are.
    """

    run: StoryRun
    number: int | None = None
    sample: int | None = None
    selected: frozenset[int] | None = None

    @cached_property
    def is_selected(self) -> np.ndarray | None:
        """Which samples are selected, bool ``[N]``; None: none are."""
        if self.selected is None:
            return None
        found = np.zeros(len(self.run), bool)
        numbers = np.fromiter(self.selected, int, len(self.selected))
        found[numbers[numbers < len(found)]] = True
        return found
