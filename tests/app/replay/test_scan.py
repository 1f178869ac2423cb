"""One run through the passes for all that have to see each of them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.jobs import Progress
from app.replay.scan import Scan
from app.views.features.analysis.feature_history import FeatureHistoryReader
from app.views.features.analysis.feature_stages import feature_stages
from app.views.unit.analysis.unit_history import UnitHistoryReader
from collector.storage import Collection, CollectionError, open_collection
from tests.app.scanning import read_all
from tests.app.views.features.features_run import DEAD, write_features_run

N = 6


class Passes(Sequence[Any]):
    """Numbers in place of passes, each of which writes down when it is read; some things happen then."""

    def __init__(self, n: int = N, damaged: frozenset[int] = frozenset()) -> None:
        self.n, self.damaged = n, damaged
        self.read: list[int] = []
        self.events: dict[int, Callable[[], object]] = {}

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, number: Any) -> Any:
        self.read.append(number)
        if event := self.events.pop(len(self.read), None):
            event()
        if number in self.damaged:
            raise CollectionError("run.json", "is damaged here.")
        return number


@dataclass
class Reader:
    """Gathers what it sees."""

    n_passes: int = 0
    seen: list[Any] = field(default_factory=list)

    def take(self, pass_: Any) -> None:
        self.n_passes += 1
        self.seen.append(pass_)

    def result(self) -> list[Any]:
        return list(self.seen)


class Over(list):
    """What a scan told at the end."""

    def __call__(self, result: Any, error: Exception | None) -> None:
        self.append((result, error))


def test_that_readers_share_one_run_through_the_file() -> None:
    passes, readers, over = Passes(), [Reader(), Reader(), Reader()], Over()
    scan = Scan(passes)
    assert [scan.add(each, Progress(), over) for each in readers] == [True, False, False]
    scan.run(Progress())
    assert passes.read == list(range(N))
    assert over == [(list(range(N)), None)] * 3


def test_that_a_reader_that_comes_later_sees_what_it_lacks_and_the_rest_is_shared() -> None:
    passes, first, late, over = Passes(), Reader(), Reader(), Over()
    scan = Scan(passes)
    scan.add(first, Progress(), over)
    passes.events[4] = lambda: scan.add(late, Progress(), over)
    scan.run(Progress())
    assert (first.seen, late.seen) == (list(range(N)), list(range(N)))
    assert passes.read == [0, 1, 2, 3, 0, 1, 2, 3, 4, 5]


def test_that_a_reader_that_knows_the_first_passes_is_shown_the_others() -> None:
    passes, over = Passes(), Over()
    scan = Scan(passes)
    scan.add(Reader(n_passes=4), Progress(), over)
    scan.run(Progress())
    assert passes.read == [4, 5]
    assert over == [([4, 5], None)]


def test_that_a_pass_that_cannot_be_read_is_told_of_and_the_others_are_read() -> None:
    assert read_all(Passes(damaged=frozenset({2})), Reader()) == [0, 1, None, 3, 4, 5]


def test_that_who_is_not_wanted_any_more_sees_nothing_more_and_the_others_go_on() -> None:
    passes, gone, stays, over = Passes(), Reader(), Reader(), Over()
    scan, progress = Scan(passes), Progress()
    scan.add(gone, progress, over)
    scan.add(stays, Progress(), over)
    passes.events[3] = lambda: setattr(progress, "is_wanted", False)
    scan.run(Progress())
    assert gone.seen == [0, 1, 2]
    assert over == [(list(range(N)), None)]


def test_that_nothing_is_read_where_nobody_wants_it() -> None:
    passes, progress = Passes(), Progress()
    scan = Scan(passes)
    scan.add(Reader(), progress, Over())
    progress.is_wanted = False
    scan.run(Progress())
    assert passes.read == []


def test_that_a_scan_ends_when_the_file_is_given_back() -> None:
    passes, over, whole = Passes(), Over(), Progress()
    scan = Scan(passes)
    scan.add(Reader(), Progress(), over)
    passes.events[3] = lambda: setattr(whole, "is_wanted", False)
    scan.run(whole)
    assert passes.read == [0, 1, 2]
    assert over == []


def test_that_an_error_of_a_reader_is_its_own() -> None:
    class Bad(Reader):
        def take(self, pass_: Any) -> None:
            if pass_ == 2:
                raise ZeroDivisionError("unforeseen")
            super().take(pass_)

    passes, over = Passes(), Over()
    scan = Scan(passes)
    scan.add(Bad(), Progress(), over)
    scan.add(Reader(), Progress(), over)
    scan.run(Progress())
    assert isinstance(over[0][1], ZeroDivisionError)
    assert over[1:] == [(list(range(N)), None)]


def test_that_passes_that_come_while_it_is_read_are_read_too() -> None:
    passes = Passes()
    passes.events[N] = lambda: setattr(passes, "n", N + 2)
    assert read_all(passes, Reader()) == list(range(N + 2))


def test_that_a_scan_that_is_over_can_be_begun_again() -> None:
    passes, over = Passes(), Over()
    scan = Scan(passes)
    for _ in range(2):
        assert scan.add(Reader(), Progress(), over)
        scan.run(Progress())
    assert len(over) == 2


def test_that_of_many_that_come_at_once_each_sees_all() -> None:
    passes, over = Passes(50), Over()
    scan = Scan(passes)
    start = threading.Barrier(8)

    def come() -> None:
        start.wait(10)
        if scan.add(Reader(), Progress(), over):
            scan.run(Progress())

    threads = [threading.Thread(target=come) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(10)
    assert over == [(list(range(50)), None)] * 8


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(write_features_run(tmp_path / "run.json")) as collection:
        yield collection


def test_that_what_is_gathered_together_is_what_is_gathered_apart(collection: Collection) -> None:
    from app.analysis.graph.graph import build_graph

    stages, column = feature_stages(collection.layers), build_graph(collection.layers, collection.probe).columns[1]
    make = (
        lambda: UnitHistoryReader(column, 1),
        lambda: FeatureHistoryReader(stages, len(DEAD)),
        lambda: UnitHistoryReader(column, 3),
    )
    scan, over = Scan(collection.passes), Over()
    for each in make:
        scan.add(each(), Progress(), over)
    scan.run(Progress())
    for (together, _), each in zip(over, make, strict=True):
        apart = read_all(collection.passes, each())
        assert repr(vars(together)) == repr(vars(apart))
