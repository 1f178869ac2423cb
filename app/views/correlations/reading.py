"""What the correlations read in the background: every measurement of the run, and the features of one matrix."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from app.jobs import Progress
from app.reading import Reading
from app.replay.comparing import Comparing
from app.replay.opened import OpenedCollection
from app.views.correlations.across_flips import flips_of, numbers_beside
from app.views.correlations.across_pair import AcrossRequest, AcrossResult
from app.views.correlations.across_run import AcrossRun, across_run, procrustes_run
from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest, AugmentationResult
from app.views.correlations.analysis.pair_correlation import PairRequest
from app.views.correlations.analysis.similarity_run import SimilarityRun, similarity_run

_MOST_KEPT = 32
"""Matrices of two runs."""


class MeasurementsReading(Reading):
    """Reads all measurements without their features; `ready` gives the `SimilarityRun`, None where there is none.

    Where two runs are compared it gives the `AcrossRun` of both, or says in words why there is none.
    """

    def read(self) -> None:
        """Read those that are not read yet; the others are at hand."""
        self.start(_run_of)

    def read_procrustes(self, run: AcrossRun) -> None:
        """Give what is read already with Procrustes."""

        def work(opened: OpenedCollection, progress: Progress) -> AcrossRun | None:
            return None if opened.comparing is None else procrustes_run(opened.comparing, run, progress)

        self.start(work)


class MatrixReading(Reading):
    """Reads features and correlates them; `ready` gives the `PairResult`, `AcrossResult` or `AugmentationResult`."""

    _both: Comparing | None = None
    _matrix_of: Callable[[AcrossRequest], AcrossResult]

    def read(self, request: PairRequest | AcrossRequest | AugmentationRequest) -> None:
        """Make a matrix."""
        if isinstance(request, AugmentationRequest):
            self.start(lambda opened, _: _augmentations_of(opened, request))
        elif not isinstance(request, AcrossRequest):
            self.start(lambda opened, _: request.read(opened.collection))
        elif (opened := self.opened) is not None and (both := opened.comparing) is not None:
            if both is not self._both:  # the playhead comes back to the same measurements, whose units are matched once
                self._both, self._matrix_of = both, lru_cache(_MOST_KEPT)(lambda each: each.read(both))
            made = self._matrix_of
            self.start(lambda *_: made(request))


def _augmentations_of(opened: OpenedCollection, request: AugmentationRequest) -> AugmentationResult:
    both = opened.comparing
    if both is None:
        return request.read(opened.collection)
    beside = numbers_beside(both, request.number)
    of_a = request if beside is None else replace(request, number=beside[0])
    return replace(of_a.read(both.a.collection), request=request, flips=flips_of(both, request.number))


def _run_of(opened: OpenedCollection, progress: Progress) -> SimilarityRun | AcrossRun | str | None:
    both = opened.comparing
    return similarity_run(opened.collection, progress) if both is None else across_run(both, progress)
