"""The specification and the code say the same."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from collector.storage import Collection, blocks, compared, header, lines, plain_lists, projections, schema, stories
from collector.storage.format_page import PAGE, rewrite, with_schema
from collector.storage.writer import INDEX_AT_DIGITS


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text("utf-8")


def test_that_the_schema_on_the_page_is_that_of_the_code(page: str) -> None:
    assert page == with_schema(page), "run python -m collector.storage.format_page"


def test_that_an_old_schema_is_replaced_and_the_text_before_it_kept(page: str, tmp_path: Path) -> None:
    copy = tmp_path / "FORMAT.md"
    copy.write_text(page[:-500] + "old", "utf-8")
    rewrite(copy)
    assert copy.read_text("utf-8") == page


def test_that_a_page_without_the_marker_is_not_overwritten(tmp_path: Path) -> None:
    copy = tmp_path / "FORMAT.md"
    copy.write_text("text")
    with pytest.raises(ValueError, match="has lost the line"):
        rewrite(copy)
    assert copy.read_text() == "text"


def test_that_the_golden_collection_is_valid_under_the_schema(golden: Path) -> None:
    validator = jsonschema.Draft202012Validator(schema.json_schema())
    validator.check_schema(schema.json_schema())
    document = json.loads((golden / "finished.json").read_bytes())
    validator.validate(document)
    document["records"][0]["step"] = -1
    assert not validator.is_valid(document)


def test_that_the_example_is_a_collection_a_reader_opens(page: str, opened_as: Callable[[bytes], Collection]) -> None:
    example = page[page.index("## An example") : page.index("## Lines")]
    text = "".join(f"{line[4:]}\n" for line in example.splitlines() if line.startswith("    "))
    jsonschema.validate(json.loads(text), schema.json_schema())
    with opened_as(text.encode()) as collection:
        assert collection.finished
        assert not collection.damaged
        assert collection.passes[0].layers["fc1"].weight.shape == (3, 2)
        assert collection.series["loss"].tolist() == [2.5, 1.5]
    assert re.search(r'"index_at": *\d+}', text)[0] in page[page.index("## Last line") :]


@pytest.mark.parametrize(
    "kind",
    [
        schema.Run,
        schema.Layer,
        schema.Probe,
        schema.PassRecord,
        schema.LayerRecord,
        schema.StepsRecord,
        schema.SignsRecord,
        schema.SignBitsRecord,
        schema.Insight,
        schema.Similarity,
        schema.ComparedLayer,
        schema.Augmentations,
        schema.SimilarityRecord,
        schema.AugmentationRecord,
        schema.Projection,
        schema.ProjectionSamplesRecord,
        schema.ProjectionRecord,
        schema.Stories,
        schema.StorySamplesRecord,
        schema.StoryRecord,
        schema.Band,
        schema.EpochRecord,
        schema.NoteRecord,
        schema.ResumeRecord,
        schema.Summary,
        schema.Tail,
        blocks.Block,
    ],
)
def test_that_every_field_stands_in_a_table(page: str, kind: type) -> None:
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("|")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert set(kind.__struct_encode_fields__) <= named


def test_that_the_limits_are_those_of_the_code(page: str) -> None:
    limits = page[page.index("## Limits") : page.index("## JSON Schema")]
    assert header.LONGEST_HEADER == 2**28
    assert "| first line | 2^28 bytes |" in limits
    assert lines.LONGEST_LINE == 2**32
    assert "| line of a record | 2^32 bytes |" in limits
    assert (blocks.MAX_BLOCK_BYTES, blocks.MAX_INFLATED_BYTES) == (2**31, 2**28)
    assert "| block | 2^31 bytes; 2^28 if it is compressed |" in limits
    assert compared.MOST_LAYERS == 256
    assert "| compared layers | 256 |" in limits
    assert projections.MOST_SAMPLES == 10**6
    assert "| samples that can be laid out in a plane | 10^6 |" in limits
    assert stories.MOST_SAMPLES == 10**6
    assert "| samples whose stories are told | 10^6 |" in limits
    assert (plain_lists.MAX_DIMENSIONS, blocks.MAX_COUNT) == (8, 2**53 - 1)
    assert "| dimensions of an array | 8, each at most 2^53 − 1 |" in limits
    assert f"to {INDEX_AT_DIGITS} characters" in page
    assert f"1 to {plain_lists.PLAIN_LIMIT} finite numbers" in page
