"""The collections that are changed: sound ones, which between them hold everything that the format has."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.app.insight_run import write_insight_run
from tests.app.odd_collections import ODD
from tests.app.three_states_run import write_three_states
from tests.app.whole_run import record_whole_run

GOLDEN = Path(__file__).parents[1] / "golden"

BASES: dict[str, Callable[[Path], object]] = {
    "golden": lambda path: shutil.copy(GOLDEN / "finished.json", path),
    "cut_off": lambda path: shutil.copy(GOLDEN / "cut_off.json", path),
    "whole": record_whole_run,
    "whole_again": record_whole_run,
    "three_states": write_three_states,
    "insight": write_insight_run,
    "not_finite": ODD["numbers that are not finite"],
    "no_probe": ODD["no probe"],
    "words": ODD["samples that are words"],
}
