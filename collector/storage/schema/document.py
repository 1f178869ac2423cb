"""The whole file: its records, and its last line, which sums them up."""

import inspect
from typing import Annotated, Any, Literal

import msgspec

from collector.storage.blocks import Array
from collector.storage.schema.header import (
    Augmentations,
    FlowNode,
    Insight,
    Layer,
    Probe,
    Projection,
    Run,
    Similarity,
    Stories,
)
from collector.storage.schema.passes import PassRecord
from collector.storage.schema.run_records import EpochRecord, NoteRecord, PriceRecord, ResumeRecord, TokenNamesRecord
from collector.storage.schema.samples import (
    AugmentationRecord,
    ProjectionRecord,
    ProjectionSamplesRecord,
    SimilarityRecord,
    StoryRecord,
    StorySamplesRecord,
)
from collector.storage.schema.steps import (
    DumpRecord,
    LossRecord,
    OptimizersRecord,
    OriginRecord,
    SignBitsRecord,
    SignsRecord,
    StepsRecord,
)
from collector.storage.schema.values import Count


class Column(msgspec.Struct, omit_defaults=True):
    """One scalar over the run."""

    values: Array
    steps: Array | None = None
    """The steps it was recorded at, rising; absent: every step from 0."""


class Summary(msgspec.Struct, omit_defaults=True):
    """Repeats what an opening window needs, so that it reads the end of the file and not the whole of it."""

    passes: Count
    steps: Count
    """Steps taken."""
    columns: dict[str, Column] = {}
    """Every scalar column."""
    epochs: list[EpochRecord] = []
    notes: list[NoteRecord] = []
    price: PriceRecord | None = None
    """The last one."""
    resumes: list[ResumeRecord] = []


IndexEntry = tuple[str, Count, Count, Count]
"""Kind of record, step, offset of its line in bytes, length of its line without the newline."""


class Tail(msgspec.Struct):
    """Last line of a finished file."""

    summary: Summary
    index: list[IndexEntry]
    index_at: Count


Record = (
    PassRecord
    | StepsRecord
    | SignsRecord
    | SignBitsRecord
    | SimilarityRecord
    | AugmentationRecord
    | ProjectionSamplesRecord
    | ProjectionRecord
    | StorySamplesRecord
    | StoryRecord
    | EpochRecord
    | NoteRecord
    | PriceRecord
    | ResumeRecord
    | OptimizersRecord
    | LossRecord
    | OriginRecord
    | DumpRecord
    | TokenNamesRecord
)


class Document(msgspec.Struct):
    """The whole file as one JSON value, for the JSON Schema."""

    format: Literal["strobe.collection"]
    version: Annotated[int, msgspec.Meta(ge=1)]
    run: Run
    layers: list[Layer]
    records: list[Record]
    probe: Probe | None = None
    insight: Insight | None = None
    similarity: Similarity | None = None
    augmentations: Augmentations | None = None
    projection: Projection | None = None
    stories: Stories | None = None
    flow: list[FlowNode] | None = None
    checksums: Literal["", "crc32"] = ""
    header_crc: str = ""
    """CRC-32 of the first line, up to this field."""
    summary: Summary | None = None
    index: list[IndexEntry] | None = None
    summary_crc: str = ""
    """CRC-32 of the last line, up to this field."""
    index_at: Count | None = None


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a finished collection."""
    schema = msgspec.json.schema(Document)
    for each in (schema, *schema["$defs"].values()):
        if "description" in each:
            each["description"] = inspect.cleandoc(each["description"])  # as Python 3.13 keeps docstrings
    return schema
