"""The layers of a run as rows of a table."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import IntEnum
from heapq import nlargest

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from app.analysis.curve import NO_GRADIENT_MARK, NO_GRADIENT_TEXT, NOT_FINITE_MARK
from app.analysis.figures import NOT_RECORDED, figure
from app.views.layers.analysis.layer_rows import LayerRow, LayerRows, reasons
from app.widgets.plain_text import on_a_line, plain_tooltip
from collector.storage.layer import Layer


class LayerColumn(IntEnum):
    """The columns from left to right."""

    NAME = 0
    SPARK = 1
    KIND = 2
    SHAPE = 3
    PARAMETERS = 4
    UNITS = 5


HEADINGS = ("Layer", "Gradient norm", "Kind", "Output", "Parameters", "Units")

ROW_ROLE = Qt.ItemDataRole.UserRole
"""Under which the delegates find the `LayerRow`."""

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

_TO_THE_RIGHT = (LayerColumn.SHAPE, LayerColumn.PARAMETERS, LayerColumn.UNITS)


class LayerTableModel(QAbstractTableModel):
    """One row a layer, in order of execution."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: LayerRows | None = None
        self._step = 0
        self._last_step = 1

    @property
    def rows(self) -> Sequence[LayerRow]:
        """What is shown."""
        return self._rows or ()

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
        self._rows = rows
        self.endResetModel()
        return True

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
        return None if self._rows is None else self._rows.number_of(name)

    def _tell_of_sparks(self) -> None:
        if self.rows:
            first, last = (self.index(row, LayerColumn.SPARK) for row in (0, len(self.rows) - 1))
            self.dataChanged.emit(first, last)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

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
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        match role:
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
            case LayerColumn.NAME:
                return row.layer.name
            case LayerColumn.SPARK:
                return self._norm_text(row)
            case LayerColumn.KIND:
                return row.layer.kind
            case LayerColumn.SHAPE:
                return row.shape
            case LayerColumn.PARAMETERS:
                return f"{row.layer.n_parameters:,}" if row.layer.n_parameters else NO_PARAMETERS
            case _:
                return row.units

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
        lines = [row.layer.name, f"{row.layer.kind}, {row.units} units kept, {row.layer.n_parameters:,} parameters"]
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
