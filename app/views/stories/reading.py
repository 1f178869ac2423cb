"""What the stories read in the background."""

from app.jobs import Progress
from app.reading import Reading
from app.replay.opened import OpenedCollection
from app.views.stories.analysis.changes import changes_at
from app.views.stories.analysis.story_run import StoryRun, story_run


class StoriesReading(Reading):
    """Reads the samples and what became of them; `ready` gives the `StoryRun`, None where there is none."""

    def read(self, known: StoryRun | None = None) -> None:
        """Read them, on from what is known, and work out what the pages show first."""

        def work(opened: OpenedCollection, progress: Progress) -> StoryRun | None:
            run = story_run(opened.collection, known, lambda: progress.is_wanted)
            if run is not None:
                # worked out here and kept, so that a page that comes into sight waits for nothing
                for name in ("right", "learnt", "forgotten", "data_map", "suspicion_places", "depths", "matrices"):
                    getattr(run, name)
            return run

        self.start(work)


class ChangesReading(Reading):
    """Reads what the network made of one sample, changed in many ways; `ready` gives `Changes`, or why there are none.

    Neighbours are asked anew only for another measurement.
    """

    def read(self, step: int) -> None:
        """Read the measurement at or before a step."""
        self.start(lambda opened, _: changes_at(opened.collection, step))
