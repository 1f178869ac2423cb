"""What is recorded beside the passes of samples of its own: similarity, an augmented sample, projections, stories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from collector.capture.setup_guard import SetupGuard
from collector.capture.similarity_recorder import AugmentedSample
from collector.capture.story_samples import StoryOptions
from collector.pytorch.probe_options import ProbeOptions
from collector.pytorch.projection import projection_recorder
from collector.pytorch.similarity import similarity_recorder
from collector.pytorch.stories import story_recorder


@dataclass(frozen=True)
class SampledOptions:
    """What a user asks of it; see `collector.Collector`."""

    similarity: tuple[Any, Any] | None = None
    similarity_interval: int = 0
    similarity_features: int = 128
    augmented: AugmentedSample | None = None
    projection: tuple[Any, Any] | None = None
    projection_layers: Sequence[str] = ()
    stories: tuple[Any, Any] | None = None
    story: StoryOptions = field(default_factory=StoryOptions)

    @property
    def samples(self) -> dict[str, Any]:
        """The options that give samples, by their names."""
        return {name: getattr(self, name) for name in ("similarity", "augmented", "projection", "stories")}


def sample_recorders(
    model: nn.Module,
    wished: SampledOptions,
    mean: Sequence[float],
    std: Sequence[float],
    attempt: SetupGuard,
    options: ProbeOptions,
    task: str,
    tokenizer: Any,
) -> tuple[dict[str, Any], list[str]]:
    """The recorders, as `RunRecorder` takes them, and what will not be recorded, a sentence for each reason.

    Args:
        mean, std: per channel, what the samples were normalised with.
        attempt: tries what may fail on our side.
        options: how the model is run on samples.
        task: what its outputs are, where the user said it.
        tokenizer: has texts of tokens.

    Raises:
        ValueError: samples that are none, or layers that the model does not have.
    """
    intervals = wished.similarity_interval, wished.similarity_features
    compared, not_compared = similarity_recorder(
        *(model, wished.similarity, *intervals, wished.augmented, attempt, options)
    )
    projected, not_projected = projection_recorder(
        *(model, wished.projection, wished.projection_layers, mean, std, attempt, options)
    )
    followed, not_followed = story_recorder(
        *(model, wished.stories, wished.story, mean, std, attempt, options, task, tokenizer)
    )
    recorders = {"similarity": compared, "projection": projected, "stories": followed}
    return recorders, [*not_compared, *not_projected, *not_followed]
