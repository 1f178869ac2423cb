"""Scalars on their way to the file: one buffer for all, which gives each column in the order of its steps."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

Names = tuple[str, ...]
Finish = Callable[[Sequence[Any]], np.ndarray]
"""Makes the table ``[S, names]`` of what was put at ``S`` steps: of all at once that costs little more than of one."""

Part = tuple[range, dict[str, np.ndarray]]
"""Steps at even distances ``[S]`` and the columns ``[S]`` recorded at them."""


@dataclass(slots=True)
class _Source:
    """What was put under the same names: step → place in the order of all that was put, and the values."""

    names: Names
    finish: Finish
    is_row: bool
    put: dict[int, tuple[int, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Table:
    """What is taken of a source: steps int ``[S]``, their places in the order of puts int ``[S]``, ``[S, names]``."""

    names: Names
    is_row: bool
    steps: np.ndarray
    order: np.ndarray
    values: np.ndarray

    def of(self, names: Sequence[str]) -> np.ndarray:
        """The values of these columns, ``[S, names]``."""
        if tuple(names) == self.names:
            return self.values
        places = {name: place for place, name in enumerate(self.names)}
        return self.values[:, [places[name] for name in names]]


class ScalarBuffer:
    """Scalars by name and step, until they are written. A row of many costs one entry, not one a name.

    A column is written at the steps at which it was put and no others, each once and rising, wherever its values come
    from: of several values of one step the one put last counts, and one that comes when its step or a later one is
    written already is left out, and told in `late`.

    Args:
        first_step: of what is below it, an earlier part of the run has written.

    Attributes:
        late: name → the first step whose value came too late.
    """

    def __init__(self, first_step: int = 0) -> None:
        self.late: dict[str, int] = {}
        self._earlier = first_step - 1
        self._sources: dict[Names | str, _Source] = {}
        self._order = count()
        self._written: dict[str, int] = {}
        self._begun: set[str] = set()

    def put(self, name: str, step: int, value: object) -> None:
        """One scalar: a number, or what `float` makes one of when it is written."""
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = _Source((name,), _floats, is_row=False)
        source.put[step] = next(self._order), value

    def put_row(self, names: Names, step: int, values: Any, finish: Finish = np.stack) -> None:
        """Many scalars of one step, float64 ``[names]``, or what ``finish`` makes them of; NaN: there is no number.

        Not to be changed afterwards. Give the same ``finish`` with the same names.
        """
        source = self._sources.get(names)
        if source is None:
            source = self._sources[names] = _Source(names, finish, is_row=True)
        source.put[step] = next(self._order), values

    def take(self, up_to: int, *, rows: bool) -> Iterator[Part]:
        """What waits of the steps below ``up_to``, columns of the same steps together; it is taken out.

        Numbers are float32 where that loses nothing, those of rows where it keeps whole numbers as they are and of
        others seven digits. A column of rows begins with the first flush that has a number for it, so that what is
        never there is not in the file.

        Args:
            rows: the rows too; else only what comes one by one, and in no row that waits.
        """
        of_steps: dict[tuple[int, ...], dict[str, np.ndarray]] = {}
        for steps, columns in self._columns([self._taken(key, up_to) for key in self._due(up_to, rows=rows)]):
            of_steps.setdefault(tuple(steps.tolist()), {}).update(columns)
        for together, columns in of_steps.items():
            start = 0
            for part in _even(together):
                yield part, {name: values[start : start + len(part)] for name, values in columns.items()}
                start += len(part)

    def unwritten(self, names: Iterable[str], step: int) -> list[str]:
        """Those that have no value in the file at this step or a later one; they count as written from now on."""
        left = [name for name in names if self._written.get(name, self._earlier) < step]
        self._written.update(dict.fromkeys(left, step))
        return left

    def _due(self, up_to: int, *, rows: bool) -> list[Names | str]:
        waiting = {key: source for key, source in self._sources.items() if rows or not source.is_row}
        if not rows:
            held = {name for source in self._sources.values() if source.is_row for name in source.names}
            waiting = {key: source for key, source in waiting.items() if source.names[0] not in held}
        return [key for key, source in waiting.items() if source.names and min(source.put) < up_to]

    def _taken(self, key: Names | str, up_to: int) -> _Table:
        source = self._sources.pop(key)
        steps = sorted(step for step in source.put if step < up_to)
        order, values = zip(*(source.put.pop(step) for step in steps), strict=True)
        if source.put:
            self._sources[key] = source
        return _Table(source.names, source.is_row, np.array(steps), np.array(order), source.finish(values))

    def _columns(self, tables: Sequence[_Table]) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """Rising steps ``[S]`` and columns ``[S]``. Those that come from the same tables are joined at once."""
        sources: dict[str, int] = {}
        for number, table in enumerate(tables):
            for name in table.names:
                sources[name] = sources.get(name, 0) | 1 << number
        alike: dict[tuple[int, int], list[str]] = {}
        for name, own in sources.items():
            alike.setdefault((own, self._written.get(name, self._earlier)), []).append(name)
        for (own, last), names in alike.items():
            own_tables = [table for number, table in enumerate(tables) if own >> number & 1]
            steps, values = _joined(own_tables, names)
            if steps[0] <= last:
                self.late.update({name: int(steps[0]) for name in names if name not in self.late})
                steps, values = steps[steps > last], values[:, steps > last]
            if len(steps):
                self._written.update(dict.fromkeys(names, int(steps[-1])))
                is_row = all(table.is_row for table in own_tables)
                columns = self._begun_columns(names, values) if is_row else _exact_columns(names, values)
                yield steps, dict(columns)

    def _begun_columns(self, names: Sequence[str], values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        has_number = ~np.isnan(values).all(axis=1)
        self._begun.update(name for name, has_any in zip(names, has_number.tolist(), strict=True) if has_any)
        return (each for each in zip(names, _seven_digits(values), strict=True) if each[0] in self._begun)


def _joined(tables: Sequence[_Table], names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Steps ``[S]`` and values ``[names, S]`` of columns that all of the tables have: of each step those put last."""
    steps = np.concatenate([table.steps for table in tables])
    rising = np.lexsort((np.concatenate([table.order for table in tables]), steps))
    rising = rising[np.append(np.diff(steps[rising]) > 0, True)]
    values = np.concatenate([table.of(names) for table in tables])
    return steps[rising], values[rising].T


def _floats(values: Sequence[Any]) -> np.ndarray:
    return np.array([[float(value)] for value in values])


def _exact_columns(names: Sequence[str], values: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    return zip(names, map(_exact, values), strict=True)


def _exact(column: np.ndarray) -> np.ndarray:
    """The same numbers as float32 where it holds them all exactly, and there is more than one."""
    with np.errstate(over="ignore", under="ignore"):
        narrow = column.astype(np.float32)
    return narrow if len(column) > 1 and np.array_equal(narrow, column, equal_nan=True) else column


def _seven_digits(table: np.ndarray) -> list[np.ndarray]:
    """Each column as float32, where that keeps whole numbers as they are and of others seven digits."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        narrow = table.astype(np.float32)
        loses = (narrow != table) & ((table == np.rint(table)) | (np.abs(narrow) < np.finfo(np.float32).tiny))
    is_wide = (loses & ~np.isnan(table)).any(axis=1)
    return [wide if is_it else slim for slim, wide, is_it in zip(narrow, table, is_wide, strict=True)]


def _even(steps: Sequence[int]) -> Iterator[range]:
    """Rising steps as ranges of even distances."""
    start = 0
    while start < len(steps):
        every = steps[start + 1] - steps[start] if start + 1 < len(steps) else 1
        stop = start + 1
        while stop < len(steps) and steps[stop] - steps[stop - 1] == every:
            stop += 1
        yield range(steps[start], steps[stop - 1] + 1, every)
        start = stop
