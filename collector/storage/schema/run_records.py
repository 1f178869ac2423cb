"""What is recorded of the run as a whole: its epochs, its price, where it went on, and what is to be said of it."""

from typing import Annotated

import msgspec

from collector.storage.schema.values import Count, Scalar


class EpochRecord(msgspec.Struct, tag_field="record", tag="epoch", omit_defaults=True):
    """The end of an epoch."""

    epoch: Count
    """Number of the epoch that ended, from 0."""
    step: Count
    """Steps taken when it ended."""
    metrics: dict[str, Scalar] = {}


class NoteRecord(msgspec.Struct, tag_field="record", tag="note", omit_defaults=True):
    """A warning of the collector's own."""

    step: Count
    text: str


class TokenNamesRecord(msgspec.Struct, tag_field="record", tag="token_names", omit_defaults=True):
    """Texts of tokens that the network holds for likely and that no record before names."""

    step: Count
    names: Annotated[dict[str, str], msgspec.Meta(max_length=100_000)]
    """Number of a token → its text."""


class PriceRecord(msgspec.Struct, tag_field="record", tag="price", omit_defaults=True):
    """What recording has cost up to a step. Of several the last one counts."""

    step: Count
    seconds: dict[str, float]
    """What for → seconds of the training's thread: ``passes``, ``gradients``, ``stories``, ``comparisons`` (all else
    that is done when an epoch begins), ``metrics`` (that the training brought along), ``scalars`` (and all else at the
    steps)."""
    training_seconds: float
    """Of the training itself, since it began its first step."""
    bytes: Count
    """Size of the file so far."""

    @property
    def share(self) -> float:
        """Seconds of recording for each second of training; 0 where there were none yet."""
        return sum(self.seconds.values()) / self.training_seconds if self.training_seconds > 0 else 0.0


class ResumeRecord(msgspec.Struct, tag_field="record", tag="resume", omit_defaults=True):
    """The run went on in another process, from a state that was saved. What had been recorded from there on is gone."""

    step: Count
    """Steps taken in that state."""
    created: str
    """When it went on, ISO 8601 with time zone."""
