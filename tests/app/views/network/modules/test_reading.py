"""Where modules stand is read in the background: when it is, and what of it is shown before the rest."""

from collections.abc import Callable
from unittest.mock import Mock

import pytest

from app.jobs import Lane, Progress
from app.views.network.frame import NAME
from app.views.network.modules.analysis.module_folding import FEWEST_BOXES, MOST_BOXES, open_at_first
from app.views.network.modules.analysis.module_layout import ModuleLayout
from app.views.network.modules.reading import LayoutReading
from tests.app.looks.pieces.network_modules import BLOCKS, CHAIN, FIRST
from tests.app.views.network.modules.made_up_modules import ModuleRun, chain_of, node

pytestmark = pytest.mark.usefixtures("qapp")


def session_of(run: ModuleRun) -> Mock:
    return Mock(opened=Mock(derived={NAME: run.readings()}, files=()))


def work_of(session: Mock) -> Callable[[Progress], ModuleLayout]:
    """What was put to work."""
    session.jobs.submit.assert_called_once()
    assert session.jobs.submit.call_args.kwargs["lane"] is Lane.FRAME
    return session.jobs.submit.call_args.args[1]


@pytest.mark.parametrize(("n", "is_shown_before"), [(298, False), (299, True)])
def test_that_of_very_many_boxes_places_are_shown_before_their_numbers_are_read(n: int, is_shown_before: bool) -> None:
    run = ModuleRun(chain_of(*(f"fc{number}" for number in range(n))), n_passes=1)
    session, parts = session_of(run), []
    LayoutReading(session).read(Mock(as_modules=True, open_modules=frozenset()))
    made = work_of(session)(Progress(on_part=parts.append))
    assert len(made.boxes) == n + 2
    assert parts == ([made] if is_shown_before else [])


def test_that_what_its_boxes_show_is_read_with_the_places() -> None:
    run = ModuleRun(BLOCKS)
    session = session_of(run)
    readings = session.opened.derived[NAME]
    readings._largest.clear()
    LayoutReading(session).read(Mock(as_modules=True, open_modules=None))
    made = work_of(session)(Progress())
    assert set(made.frames) == FIRST
    assert readings.largest_of("embedding") is not None and "blocks.1" in readings._frames


def test_that_nothing_is_laid_out_that_nobody_sees() -> None:
    session = session_of(ModuleRun(CHAIN))
    for as_modules in (False, None):
        LayoutReading(session).read(Mock(as_modules=as_modules, open_modules=None))
    nothing = Mock(opened=None)
    LayoutReading(nothing).read(Mock(as_modules=True, open_modules=None))
    session.jobs.submit.assert_not_called()
    nothing.jobs.submit.assert_not_called()


def opened_at_first(*names: str) -> set[str]:
    return set(open_at_first(ModuleRun(chain_of(*names), n_passes=1).graph))


def inside(frame: str, n: int) -> list[str]:
    return [f"{frame}.fc{number}" for number in range(n)]


def test_that_modules_are_opened_until_so_many_are_seen() -> None:
    n = FEWEST_BOXES - 1
    assert n == 6
    assert opened_at_first(*(f"fc{each}" for each in range(n - 1)), *inside("m", 2)) == {"m"}
    assert opened_at_first(*(f"fc{each}" for each in range(n)), *inside("m", 2)) == set()


def test_that_no_module_is_opened_that_makes_more_boxes_than_are_readable() -> None:
    assert MOST_BOXES == 40
    assert opened_at_first("first", *inside("m", 37)) == {"m"}
    assert opened_at_first("first", *inside("m", 38)) == set()
    assert opened_at_first("first", *inside("m", 38), *inside("n", 3)) == {"n"}


def test_that_outer_modules_are_opened_before_inner_ones_and_large_before_small() -> None:
    assert opened_at_first(*inside("small", 2), *inside("large", 8)) == {"large"}
    assert opened_at_first(*inside("a.inner", 5), "a.fc", *inside("b", 3)) == {"a", "b", "a.inner"}


def test_that_ends_and_operations_are_no_modules_that_are_counted() -> None:
    flow = chain_of(*inside("m", 2), *(f"fc{each}" for each in range(4)))
    joins = [node(f"sum{each}", "input", "fc0", kind="add") for each in range(5)]
    graph = ModuleRun([*flow, *joins], n_passes=1).graph
    assert open_at_first(graph) == {"m"}
