"""No rule fails on any recording: what cannot be judged is said, and what is found can be shown and written."""

from pathlib import Path

import msgspec
import pytest

from collector.findings import Recording, Report, findings, first_movers
from collector.storage import open_collection
from tests.collector.findings.odd_recordings import odd_recording

SEEDS = 80
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_that_no_rule_fails_on_any_recording(tmp_path: Path, part: int) -> None:
    for seed in range(part, SEEDS, PARTS):
        with open_collection(odd_recording(seed, tmp_path)) as collection:
            report = findings(collection)
        failed = [each for each in report.not_judged if "the rule failed" in each.why]
        assert failed == [], seed
        assert msgspec.json.decode(msgspec.json.encode(report), type=Report) == report, seed
        for each in report.findings:
            first, last = each.since_range
            assert first <= each.since <= last, (seed, each)
            assert each.until is None or each.until >= each.since, (seed, each)


@pytest.mark.parametrize("part", range(PARTS))
def test_that_who_moved_first_can_be_asked_of_any_recording(tmp_path: Path, part: int) -> None:
    for seed in range(part, SEEDS, PARTS):
        with open_collection(odd_recording(seed, tmp_path)) as collection:
            recording = Recording(collection)
            for step in (-1, 0, 25, 60, 10**12):
                found = first_movers(recording, step)
                assert b"null" not in msgspec.json.encode(found), seed
                for each in found.movers:
                    first, last = each.since_range
                    assert first < each.since == last, (seed, each)
                    assert each.size > 4, (seed, each)
