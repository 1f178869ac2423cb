"""The layers of a run as rows of a table."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import IntEnum
from heapq import nlargest

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.analysis.curve import NO_GRADIENT_MARK, NO_GRADIENT_TEXT, NOT_FINITE_MARK
from app.analysis.figures import NOT_RECORDED, figure
from app.analysis.health import Health, rank
from app.analysis.two_curves import SAME
from app.views.layers.analysis.layer_rows import LayerRow, LayerRows, reasons
from app.views.layers.layers_beside import ONLY_A, LayersBeside, NormChange, order_by_change, words_of_both
from app.widgets.plain_text import on_a_line, plain_tooltip
from collector.storage.layer import Layer


class LayerColumn(IntEnum):
    """The columns from left to right."""

    NAME = 0
    HEALTH = 1
    SPARK = 2
    KIND = 3
    SHAPE = 4
    PARAMETERS = 5
    UNITS = 6
    A = 7
    B = 8
    CHANGE = 9


HEADINGS = ("Layer", "Health", "Gradient norm", "Kind", "Output", "Parameters", "Units")
OF_TWO = ("A", "B", "Change")
"""Further ones, of the gradient norm, where something is compared."""

SORTED = " ▾"
"""Behind the heading that the rows are sorted by."""

ROW_ROLE = Qt.ItemDataRole.UserRole
"""Under which the delegates find the `LayerRow`."""

HEALTH_ROLE = Qt.ItemDataRole.UserRole + 1
"""Under which they find what is found of the layer, its `Health`; None where nothing is."""

NO_PARAMETERS = "–"

_MEASURED = 50
"""The widest text is one of the longest: nobody has to measure those of thousands of layers."""

_TOLD: Mapping[LayerColumn, Callable[[Layer], Hashable]] = {
    LayerColumn.KIND: lambda layer: layer.kind,
    LayerColumn.SHAPE: lambda layer: layer.output_shape,
    LayerColumn.PARAMETERS: lambda layer: layer.n_parameters,
    LayerColumn.UNITS: lambda layer: (len(layer.kept), layer.units),
}
"""What a cell tells of its layer: most of thousands of layers say the same."""

_TEXTS: Mapping[LayerColumn, Callable[[LayerRow], str]] = {
    LayerColumn.NAME: lambda row: row.layer.name,
    LayerColumn.KIND: lambda row: row.layer.kind,
    LayerColumn.SHAPE: lambda row: row.shape,
    LayerColumn.PARAMETERS: lambda row: f"{row.layer.n_parameters:,}" if row.layer.n_parameters else NO_PARAMETERS,
    LayerColumn.UNITS: lambda row: row.units,
}
"""What a cell says that is the same at every step."""

_OF_TWO = (LayerColumn.A, LayerColumn.B, LayerColumn.CHANGE)
_TO_THE_RIGHT = (LayerColumn.SHAPE, LayerColumn.PARAMETERS, LayerColumn.UNITS, *_OF_TWO)

_ROLES = frozenset(
    {
        HEALTH_ROLE,
        ROW_ROLE,
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.TextAlignmentRole,
    }
)
"""What a cell has an answer to."""

_USUAL_OF_TWO = ("0.000000", ONLY_A, SAME)
"""What a cell of `_OF_TWO` needs room for, whatever the step."""

SHORT_FIGURE = "0.0000"
"""What one of A and B needs room for where there is little."""


class LayerTableModel(QAbstractTableModel):
    """One row a layer, in order of execution, or those of which something is found first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: LayerRows | None = None
        self._health: Mapping[str, Health] = {}
        self._sorted_by: LayerColumn | None = None
        self._beside: LayersBeside | None = None
        self._order: list[int] | None = None
        self._step = 0
        self._last_step = 1
        self._changes: dict[LayerRow, NormChange] = {}
        """Those that were asked for at this step: a cell is asked several times while it is painted."""

    @property
    def rows(self) -> Sequence[LayerRow]:
        """What is shown, from top to bottom."""
        every = self._all
        return every if self._order is None else [every[number] for number in self._order]

    @property
    def playhead(self) -> float:
        """Where the playhead is: 0 at the run's first step, 1 at its last."""
        return self._step / max(self._last_step, 1)

    def show_rows(self, rows: LayerRows, last_step: int, beside: LayersBeside | None = None) -> bool:
        """Show these rows; whether others are to be seen than before. Of the same ones only the curves change.

        Args:
            rows: of the run.
            last_step: of it.
            beside: what they are compared with; layers that only that has come behind them.
        """
        self._last_step = last_step
        self._changes.clear()
        is_same_run = self._rows is not None and rows.layers is self._rows.layers
        if is_same_run and _shape(beside) == _shape(self._beside):
            self._rows, self._beside = rows, beside
            self._tell_of_sparks()
            return False
        self.beginResetModel()
        self._rows, self._beside = rows, beside
        if not is_same_run:
            self._health = {}
        if beside is None and self._sorted_by == LayerColumn.CHANGE:
            self._sorted_by = None
        self._order = self._ordered()
        self.endResetModel()
        return True

    @property
    def beside(self) -> LayersBeside | None:
        """What the layers are compared with; None where nothing is."""
        return self._beside

    @property
    def _all(self) -> Sequence[LayerRow]:
        """In order of execution; what only the other run has at the end."""
        own = () if self._rows is None else self._rows
        return own if self._beside is None or not self._beside.only_b else [*own, *self._beside.only_b]

    @property
    def health(self) -> Mapping[str, Health]:
        """What is found of layers, by their names."""
        return self._health

    @property
    def sorted_by(self) -> LayerColumn | None:
        """What comes first: the worst health, or the largest change; None: all in order of execution."""
        return self._sorted_by

    def show_health(self, health: Mapping[str, Health]) -> None:
        """Mark the layers of which something is found."""
        self._health = health
        self._reorder()
        if self.rows:
            self.dataChanged.emit(*(self.index(row, LayerColumn.HEALTH) for row in (0, self.rowCount() - 1)))

    def sort_by(self, column: LayerColumn | None) -> None:
        """Have the worst health first, or the largest change, or all in order of execution."""
        self._sorted_by = column
        self._reorder()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def _ordered(self) -> list[int] | None:
        if self._sorted_by is None or self._rows is None:
            return None
        if self._sorted_by == LayerColumn.CHANGE and self._beside is not None:
            return order_by_change({number: self.change_of(row) for number, row in enumerate(self._all)})
        ranks = [rank(self._health.get(row.layer.name)) for row in self._all]
        return sorted(range(len(ranks)), key=lambda number: -ranks[number])

    def _reorder(self) -> None:
        """Put the rows into their order; what is selected stays so."""
        after = self._ordered()
        if after == self._order:
            return
        self.layoutAboutToBeChanged.emit()
        before, places = self._order, {row: place for place, row in enumerate(after or ())}
        old = self.persistentIndexList()
        rows = [each.row() if before is None else before[each.row()] for each in old]
        self._order = after
        places_of = [row if after is None else places[row] for row in rows]
        new = [self.index(place, each.column()) for place, each in zip(places_of, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        if step != self._step:
            self._step = step
            self._changes.clear()
            if self._sorted_by == LayerColumn.CHANGE:
                self._reorder()
            self._tell_of_sparks()

    def change_of(self, row: LayerRow) -> NormChange:
        """A layer's gradient norm in both at the playhead."""
        if self._beside is None:
            return NormChange()
        if row not in self._changes:
            self._changes[row] = self._beside.change_at(row, self._step)
        return self._changes[row]

    @property
    def held(self) -> float | None:
        """Where the step is that is held, as `playhead`; None where none is."""
        step = None if self._beside is None else self._beside.beside.held_step
        return None if step is None else step / max(self._last_step, 1)

    def norm_of(self, row: LayerRow) -> float | None:
        """A layer's gradient norm at the playhead; None where none was recorded up to there, or it had no gradient."""
        return None if row.norm is None else row.norm.value_at(self._step)

    def norm_text(self, row: LayerRow) -> str:
        """The same in words, with its uncertainty where it is an estimate."""
        words = "" if row.norm is None else row.norm.text_at(self._step)
        return words or NOT_RECORDED

    def number_of(self, name: str) -> int | None:
        """Number of a layer's row."""
        number = None if self._rows is None else self._rows.number_of(name)
        return number if number is None or self._order is None else self._order.index(number)

    def _tell_of_sparks(self) -> None:
        if n := self.rowCount():
            self.dataChanged.emit(self.index(0, LayerColumn.SPARK), self.index(n - 1, LayerColumn.SPARK))
            if self._beside is not None:
                self.dataChanged.emit(self.index(0, LayerColumn.A), self.index(n - 1, LayerColumn.CHANGE))

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._all)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.headings)

    @property
    def headings(self) -> tuple[str, ...]:
        """Of the columns that there are."""
        if self._beside is None:
            return HEADINGS
        return (
            tuple("" if each == HEADINGS[LayerColumn.HEALTH] else each for each in HEADINGS) + OF_TWO
        )  # a mark's room

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        usual = super().flags(index)
        is_of_b = self._beside is not None and index.isValid() and self.rows[index.row()] in self._beside.only_b
        return usual & ~Qt.ItemFlag.ItemIsSelectable if is_of_b else usual  # no view of A has such a layer

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object | None:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self.headings):
            if role == Qt.ItemDataRole.DisplayRole:
                return self.headings[section] + (SORTED if section == self._sorted_by else "")
            if role == Qt.ItemDataRole.ToolTipRole and section in _OF_TWO:
                return plain_tooltip(self._tip_of_two())
            if role == Qt.ItemDataRole.ToolTipRole and section == LayerColumn.HEALTH:
                return HEADINGS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object | None:
        if role not in _ROLES or not index.isValid() or index.row() >= self.rowCount():
            return None
        row = self._all[index.row() if self._order is None else self._order[index.row()]]
        match role:
            case _ if role == HEALTH_ROLE:
                return self._health.get(row.layer.name)
            case Qt.ItemDataRole.DisplayRole:
                return on_a_line(self.text(row, index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(self._tip(row))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
        return row if role == ROW_ROLE else None

    def text(self, row: LayerRow, column: int) -> str:
        """What a cell says."""
        match column:
            case LayerColumn.HEALTH:
                found = self._health.get(row.layer.name)
                return "" if found is None else found.words
            case LayerColumn.SPARK:
                return self._norm_text(row) if self._beside is None else ""
            case LayerColumn.A | LayerColumn.B | LayerColumn.CHANGE:
                return self._text_of_two(row, LayerColumn(column))
        partner = None if self._beside is None else self._beside.partner_of(row)
        tell = _TEXTS[LayerColumn(column)]
        return tell(row) if partner is None or column == LayerColumn.NAME else words_of_both(tell(row), tell(partner))

    def _text_of_two(self, row: LayerRow, column: LayerColumn) -> str:
        assert self._beside is not None
        change, side = self.change_of(row), self._beside.side_of(row)
        if column == LayerColumn.CHANGE:
            return side or change.words
        told = change.figures.a if column == LayerColumn.A else change.figures.b
        return told or ("" if row.layer.n_parameters else NO_PARAMETERS)

    def _tip_of_two(self) -> str:
        assert self._beside is not None
        beside = self._beside.beside
        a, b = beside.names
        where = "at the playhead" if beside.held_step is None else f"at step {beside.held_step:,} and at the playhead"
        return f"Gradient norm {where}. A: {a}, B: {b}. log₂ B ÷ A: +1 is twice as much; a click sorts by it."

    def about_two(self, *, has_curves: bool) -> str:
        """What figures and changes are of, and the curves where they are seen; empty where nothing is compared."""
        if self._beside is None:
            return ""
        held = self._beside.beside.held_step
        what = "A —, B ╌: gradient norm, in figures at the playhead" if has_curves else "Gradient norm at the playhead"
        if held is not None:
            what = f"Gradient norm, A: at step {held:,}{' ┆' if has_curves else ''}, B: at the playhead"
        return f"{what} · Change:\xa0log₂\xa0B\xa0÷\xa0A"  # a formula stays on one line

    def longest_texts(self, column: LayerColumn) -> list[str]:
        """What takes the most room of a column, one of which is the widest."""
        if self._rows is None:
            return []
        if column == LayerColumn.NAME:
            rows = self._rows.with_longest_names(_MEASURED)
            return ["   " * row.depth + (row.layer.name if row.is_first else row.short_name) for row in rows]
        if column in _OF_TWO:
            return list(_USUAL_OF_TWO[:1] if column != LayerColumn.CHANGE else _USUAL_OF_TWO[1:])
        texts = (self.text(row, column) for row in self._rows.that_differ(_TOLD[column]))
        return nlargest(_MEASURED, texts, key=len)

    def _norm_text(self, row: LayerRow) -> str:
        if row.norm is None and not row.layer.n_parameters:
            return NO_PARAMETERS
        return self.norm_text(row)

    def _lines_of_two(self, row: LayerRow) -> list[str]:
        if self._beside is None:
            return []
        change, side, partner = self.change_of(row), self._beside.side_of(row), self._beside.partner_of(row)
        lines = [side] if side else []
        if partner is not None and partner.layer.name != row.layer.name:
            lines.append(f"in B: {partner.layer.name}")
        if change.figures.b:
            ratio = f", log₂ B ÷ A {change.words}" if change.words else ""
            lines.append(f"gradient norm: A {change.figures.a or 'none'}, B {change.figures.b}{ratio}")
        return lines

    def _tip(self, row: LayerRow) -> str:
        found = self._health.get(row.layer.name)
        lines = [row.layer.name, *([] if found is None else found.lines)]
        lines += [f"{row.layer.kind}, {row.units} units kept, {row.layer.n_parameters:,} parameters"]
        lines += [f"output {row.shape}"] if row.shape else []
        lines += self._lines_of_two(row)
        if row.norm is not None:
            spark = row.spark
            assert spark is not None
            scale = ", log scale" if spark.is_log else ""
            estimate = " (estimate)" if row.norm.is_estimate else ""
            span = f", {figure(spark.low)} to {figure(spark.high)}{scale}" if spark.low == spark.low else ""
            lines.append(f"gradient norm{estimate} now {self._norm_text(row)}{span}")
            lines += _at_steps(f"{NOT_FINITE_MARK} NaN or Inf", spark.n_not_finite)
            lines += _at_steps(f"{NO_GRADIENT_MARK} {NO_GRADIENT_TEXT}", spark.n_without_gradient)
        elif row.layer.n_parameters:
            lines.append("gradient norm: not recorded")
        return "\n".join(lines + reasons(row.layer.not_recorded))


def _shape(beside: LayersBeside | None) -> object:
    """What decides which rows and columns there are."""
    return None if beside is None else [row.layer.name for row in beside.only_b]


def _at_steps(what: str, n_steps: int) -> list[str]:
    return [f"{what} at {n_steps:,} {'step' if n_steps == 1 else 'steps'}"] if n_steps else []


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _TO_THE_RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
