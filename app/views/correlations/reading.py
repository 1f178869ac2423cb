"""What the correlations read in the background: every measurement of the run, and the features of one matrix."""

from app.reading import Reading
from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest
from app.views.correlations.analysis.pair_correlation import PairRequest
from app.views.correlations.analysis.similarity_run import similarity_run


class MeasurementsReading(Reading):
    """Reads all measurements without their features; `ready` gives the `SimilarityRun`, None where there is none."""

    def read(self) -> None:
        """Read those that are not read yet; the others are at hand."""
        self.start(lambda opened, progress: similarity_run(opened.collection, progress))


class MatrixReading(Reading):
    """Reads features and correlates them; `ready` gives the `PairResult` or `AugmentationResult`."""

    def read(self, request: PairRequest | AugmentationRequest) -> None:
        """Make a matrix."""
        self.start(lambda opened, _: request.read(opened.collection))
