"""What programs read: the JSON of a report and of who moved first stays as it is, and what is written fits it."""

import inspect
import json
from pathlib import Path

import msgspec
import pytest

from collector.findings import FirstMovers, Report

SCHEMAS = Path(__file__).with_name("schemas.json")
"""Fields may be added to it, with a default. Names stay."""


def schemas() -> dict[str, object]:
    found = {kind.__name__: msgspec.json.schema(kind) for kind in (Report, FirstMovers)}
    return json.loads(json.dumps(found))  # a tuple is a list there


def test_that_the_json_is_what_it_was() -> None:
    assert dedented(json.loads(SCHEMAS.read_text("utf-8"))) == dedented(schemas())


def dedented(schema: object) -> object:
    """Without the indentation of docstrings, which Python 3.13 takes away."""
    if isinstance(schema, dict):
        return {
            name: inspect.cleandoc(each) if name == "description" and isinstance(each, str) else dedented(each)
            for name, each in schema.items()
        }
    return schema


@pytest.mark.parametrize(
    "unknown", [{"severity": "terrible"}, {"since": "soon"}, {"since_range": [1]}, {"rule": 3}, {"layers": "fc1"}]
)
def test_that_what_does_not_fit_is_refused(unknown: dict[str, object]) -> None:
    rests_on = {"formula": "f", "threshold": "t", "source": "s"}
    finding = {"rule": "a", "severity": "note", "title": "", "since": 1, "since_range": [0, 1], "rests_on": rests_on}
    report = {"collection": "", "global_events": [], "judged": [], "not_judged": []}
    assert msgspec.convert(report | {"findings": [finding]}, Report).findings[0].rule == "a"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(report | {"findings": [finding | unknown]}, Report)
