"""The layers of a run as rows of a table."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import IntEnum
from heapq import nlargest

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.analysis.curve import NO_GRADIENT_MARK, NO_GRADIENT_TEXT, NOT_FINITE_MARK
from app.analysis.figures import NOT_RECORDED, figure
from app.analysis.health import Health, rank
from app.views.layers.analysis.layer_rows import LayerRow, LayerRows, reasons
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


HEADINGS = ("Layer", "Health", "Gradient norm", "Kind", "Output", "Parameters", "Units")

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

_TO_THE_RIGHT = (LayerColumn.SHAPE, LayerColumn.PARAMETERS, LayerColumn.UNITS)


class LayerTableModel(QAbstractTableModel):
    """One row a layer, in order of execution, or those of which something is found first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: LayerRows | None = None
        self._health: Mapping[str, Health] = {}
        self._is_by_health = False
        self._order: list[int] | None = None
        self._step = 0
        self._last_step = 1

    @property
    def rows(self) -> Sequence[LayerRow]:
        """What is shown, from top to bottom."""
        if self._rows is None or self._order is None:
            return self._rows or ()
        return [self._rows[number] for number in self._order]

    @property
    def playhead(self) -> float:
        """Where the playhead is: 0 at the run's first step, 1 at its last."""
        return self._step / max(self._last_step, 1)

    def show_rows(self, rows: LayerRows, last_step: int) -> bool:
        """Show these rows; whether they are of other layers. Of the same ones only the curves change."""
        self._last_step = last_step
        if self._rows is not None and rows.layers is self._rows.layers:
            self._rows = rows
            self._tell_of_sparks()
            return False
        self.beginResetModel()
        self._rows, self._health = rows, {}
        self._order = self._ordered()
        self.endResetModel()
        return True

    @property
    def health(self) -> Mapping[str, Health]:
        """What is found of layers, by their names."""
        return self._health

    @property
    def is_by_health(self) -> bool:
        """Whether the layers of which something is found come first, the worst in front."""
        return self._is_by_health

    def show_health(self, health: Mapping[str, Health]) -> None:
        """Mark the layers of which something is found."""
        self._health = health
        self._reorder()
        if self.rows:
            self.dataChanged.emit(*(self.index(row, LayerColumn.HEALTH) for row in (0, self.rowCount() - 1)))

    def sort_by_health(self, is_by_health: bool) -> None:
        """Have the layers of which something is found first, or all in order of execution."""
        self._is_by_health = is_by_health
        self._reorder()

    def _ordered(self) -> list[int] | None:
        if not self._is_by_health or self._rows is None:
            return None
        ranks = [rank(self._health.get(name)) for name in self._rows.layers]
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
            self._tell_of_sparks()

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
            first, last = (self.index(row, LayerColumn.SPARK) for row in (0, n - 1))
            self.dataChanged.emit(first, last)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or self._rows is None else len(self._rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object | None:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(HEADINGS):
            if role == Qt.ItemDataRole.DisplayRole:
                return HEADINGS[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(section)
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object | None:
        if not index.isValid() or self._rows is None or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row() if self._order is None else self._order[index.row()]]
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
                return self._norm_text(row)
        return _TEXTS[LayerColumn(column)](row)

    def longest_texts(self, column: LayerColumn) -> list[str]:
        """What takes the most room of a column, one of which is the widest."""
        if self._rows is None:
            return []
        if column == LayerColumn.NAME:
            rows = self._rows.with_longest_names(_MEASURED)
            return ["   " * row.depth + (row.layer.name if row.is_first else row.short_name) for row in rows]
        texts = (self.text(row, column) for row in self._rows.that_differ(_TOLD[column]))
        return nlargest(_MEASURED, texts, key=len)

    def _norm_text(self, row: LayerRow) -> str:
        if row.norm is None and not row.layer.n_parameters:
            return NO_PARAMETERS
        return self.norm_text(row)

    def _tip(self, row: LayerRow) -> str:
        found = self._health.get(row.layer.name)
        lines = [row.layer.name, *([] if found is None else found.lines)]
        lines += [f"{row.layer.kind}, {row.units} units kept, {row.layer.n_parameters:,} parameters"]
        lines += [f"output {row.shape}"] if row.shape else []
        spark = row.spark
        if spark is not None and row.norm is not None:
            scale = ", log scale" if spark.is_log else ""
            estimate = " (estimate)" if row.norm.is_estimate else ""
            span = f", {figure(spark.low)} to {figure(spark.high)}{scale}" if spark.low == spark.low else ""
            lines.append(f"gradient norm{estimate} now {self._norm_text(row)}{span}")
            lines += _at_steps(f"{NOT_FINITE_MARK} NaN or Inf", spark.n_not_finite)
            lines += _at_steps(f"{NO_GRADIENT_MARK} {NO_GRADIENT_TEXT}", spark.n_without_gradient)
        elif row.layer.n_parameters:
            lines.append("gradient norm: not recorded")
        return "\n".join(lines + reasons(row.layer.not_recorded))


def _at_steps(what: str, n_steps: int) -> list[str]:
    return [f"{what} at {n_steps:,} {'step' if n_steps == 1 else 'steps'}"] if n_steps else []


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _TO_THE_RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
