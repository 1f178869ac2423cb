"""The layers of the network, and how strongly each of them learns."""

from collections.abc import Mapping
from math import ceil

import numpy as np
from PyQt6.QtCore import QEvent, QItemSelectionModel, Qt, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QTableView, QVBoxLayout, QWidget

from app.analysis.axis import last_step
from app.analysis.curve import NO_GRADIENT_TEXT
from app.analysis.health import Health
from app.analysis.two_curves import SAME
from app.replay.comparing import Comparing
from app.views.layers.analysis.layer_rows import LayerRow, LayerRows
from app.views.layers.layer_delegates import HealthDelegate, NameDelegate, SparkDelegate
from app.views.layers.layer_table_model import HEADINGS, SHORT_FIGURE, SORTED, LayerColumn, LayerTableModel
from app.views.layers.layers_beside import layers_beside
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.plain_text import PlainLabel, width_of
from app.widgets.table_of_rows import choose_rows
from collector.storage import Collection

_LEAST_SPARK_PX = 128
_MARK_PX = 34
"""Width of a mark and a number of one digit."""

_SPACE_PX, _PADDING_PX = 6, 12
_NAME_PX = (70, 220)
_SCROLL_BAR_PX = 20
_OF_TWO = (LayerColumn.CHANGE, LayerColumn.A, LayerColumn.B)
_BY_USE = (LayerColumn.KIND, LayerColumn.PARAMETERS, LayerColumn.SHAPE, LayerColumn.UNITS)
"""What a narrow table does without, the last first; tooltips tell it all the same."""


class LayersPanel(QWidget):
    """A table with a row for each layer, in order of execution.

    Signals:
        layer_requested(str): the user chose the layer of this name.
    """

    layer_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = LayerTableModel(self)
        self.table = _Table()
        self.table.resized.connect(self._fit_columns)
        self.table.font_changed.connect(self._measure_columns)
        self._wanted_px = dict.fromkeys(LayerColumn, 0)
        self._is_fitting = False
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(LayerColumn.NAME, NameDelegate(self.table))
        self.table.setItemDelegateForColumn(LayerColumn.HEALTH, HealthDelegate(self.table))
        self.table.setItemDelegateForColumn(LayerColumn.SPARK, SparkDelegate(self.table))
        choose_rows(self.table)
        self.table.setAccessibleName("Layers")
        rows, columns = self.table.verticalHeader(), self.table.horizontalHeader()
        assert rows is not None
        assert columns is not None
        rows.hide()
        rows.setDefaultSectionSize(self.fontMetrics().height() + 10)
        columns.setHighlightSections(False)
        columns.setTextElideMode(Qt.TextElideMode.ElideRight)
        columns.setMinimumSectionSize(_MARK_PX)
        columns.sectionResized.connect(self._on_section_resized)
        columns.sectionClicked.connect(self._on_heading_clicked)
        self._columns = columns
        selection = self.table.selectionModel()
        assert selection is not None
        self._selection = selection
        self._is_told = False
        # not the current row, which comes with the keyboard's focus alone
        selection.selectionChanged.connect(self._on_selection_changed)
        self.about_label = PlainLabel()
        self.about_label.setObjectName("faint")
        self.about_label.setWordWrap(True)
        self.about_label.hide()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self.about_label)
        self._pages = EmptyStateLayout(self, content, "Open a collection to see its layers.")
        self.empty_state = self._pages.state
        self.setMinimumWidth(_NAME_PX[0] + _MARK_PX + _LEAST_SPARK_PX + _SCROLL_BAR_PX)

    def show_collection(self, collection: Collection, comparing: Comparing | None = None) -> None:
        """Show the layers of a run, or how it has grown, or what it is compared with."""
        last, selected = last_step(collection), self.selected
        rows = LayerRows(collection.layers, collection.series, last)
        beside = layers_beside(None if comparing is None else comparing.beside)
        are_others = self.model.show_rows(rows, last, beside)
        self._tell_of_two()
        self.about_label.setVisible(beside is not None)
        if self.model.rows:
            self._pages.show_content()
        else:
            self._pages.show_text("This collection names no layers.")
        if are_others:
            self.table.setColumnHidden(LayerColumn.HEALTH, not self.model.health)
            self._measure_columns()
            if selected is not None and selected in collection.layers:
                self.show_layer(selected)

    def show_health(self, health: Mapping[str, Health]) -> None:
        """Mark the layers of which something is found; where nothing is, there is no column for it."""
        self.model.show_health(health)
        self.table.setColumnHidden(LayerColumn.HEALTH, not health)
        self._fit_columns()

    def show_step(self, step: int) -> None:
        """Move the playhead."""
        self.model.show_step(step)

    def show_layer(self, name: str) -> None:
        """Select a layer; none for a name that no layer has."""
        number = self.model.number_of(name)
        self._is_told = True
        if number is None:
            self._selection.clear()
        else:
            index = self.model.index(number, LayerColumn.NAME)
            flags = QItemSelectionModel.SelectionFlag
            self._selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.table.scrollTo(index)
        self._is_told = False

    @property
    def selected(self) -> str | None:
        """Name of the layer that is selected."""
        rows = self._selection.selectedRows()
        return self.model.rows[rows[0].row()].layer.name if rows else None

    def numbers(self) -> tuple[tuple[str, ...], list[tuple[str | int | float | None, ...]]]:
        """Column names and a row for each layer; its gradient norm is that at the playhead, None if not recorded.

        ``gradient_norm_is`` says in words what it is: ``estimate``, ``no gradient`` or nothing; ``health`` the worst
        that is found of the layer.
        """
        names: tuple[str, ...] = (
            "layer",
            "kind",
            "output_shape",
            "parameters",
            "units",
            "units_kept",
            "gradient_norm",
            "gradient_norm_is",
            "health",
        )
        rows: list[tuple[str | int | float | None, ...]] = [
            (
                row.layer.name,
                row.layer.kind,
                row.shape,
                row.layer.n_parameters,
                row.layer.units,
                len(row.layer.kept),
                self.model.norm_of(row),
                self._kind_of_norm(row),
                self.model.text(row, LayerColumn.HEALTH) or None,
                *self._of_two_runs(row),
            )
            for row in self.model.rows
        ]
        if self.model.beside is not None:
            names += ("a:gradient_norm", "b:gradient_norm", "log2_b_by_a", "layer_of_b", "only_in")
        return names, rows

    def _of_two_runs(self, row: LayerRow) -> tuple[str | float | None, ...]:
        beside = self.model.beside
        if beside is None:
            return ()
        change, partner = self.model.change_of(row), beside.partner_of(row)
        ratio = None if np.isnan(change.log2_ratio) else change.log2_ratio
        name = None if partner is None else partner.layer.name
        return change.a, change.b, ratio, name, beside.side_of(row) or None

    def _kind_of_norm(self, row: LayerRow) -> str | None:
        if self.model.norm_text(row) == NO_GRADIENT_TEXT:
            return NO_GRADIENT_TEXT
        return "estimate" if row.norm is not None and row.norm.is_estimate else None

    def _measure_columns(self) -> None:
        """How wide each column can be read at. The texts tell: a hidden column or row has no width to be asked for."""
        for column in (LayerColumn.NAME, *_BY_USE, *self._of_two()):
            self._wanted_px[column] = self.table.wanted_px(column) + (0 if column in _OF_TWO else _SPACE_PX)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Show as many columns as fit beside each other; the spark lines get what is left."""
        viewport = self.table.viewport()
        assert viewport is not None
        least = _LEAST_SPARK_PX
        name_px = int(np.clip(self._wanted_px[LayerColumn.NAME], *_NAME_PX))
        of_two = self._of_two()  # whose numbers are worth more than the small curves
        health_px = 0 if self.table.isColumnHidden(LayerColumn.HEALTH) else self._health_px()
        if viewport.width() < _NAME_PX[0] + health_px + least:
            health_px = min(health_px, _MARK_PX)
        of_two_px = {column: self._wanted_px[column] for column in of_two}
        if viewport.width() < name_px + health_px + sum(of_two_px.values()):
            short = {LayerColumn.CHANGE: SAME, LayerColumn.A: SHORT_FIGURE, LayerColumn.B: SHORT_FIGURE}
            of_two_px = {column: min(px, self.table.px_of(short[column])) for column, px in of_two_px.items()}
        taken = health_px + sum(of_two_px.values())
        name_px = max(min(name_px, viewport.width() - taken - (0 if of_two else least)), _NAME_PX[0])
        left = viewport.width() - name_px - taken
        # a scroll bar does not decide: what is said of the curves takes of its height
        bar_px = max(viewport.width() - self.table.width() + _SCROLL_BAR_PX, 0)
        has_spark = not of_two or left - bar_px >= least
        left -= least if has_spark else 0
        self._is_fitting = True
        self.table.setColumnHidden(LayerColumn.SPARK, not has_spark)
        for column, px in of_two_px.items():
            self.table.setColumnWidth(column, px)
        if health_px:
            self.table.setColumnWidth(LayerColumn.HEALTH, health_px)
        self.table.setColumnWidth(LayerColumn.NAME, name_px)
        for column in _BY_USE:
            fits = self._wanted_px[column] <= left
            self.table.setColumnHidden(column, not fits)
            if fits:
                self.table.setColumnWidth(column, self._wanted_px[column])
                left -= self._wanted_px[column]
        # no part of the heading is left out at its end
        if has_spark:
            self.table.setColumnWidth(LayerColumn.SPARK, least + max(left, 0))
        else:
            self.table.setColumnWidth(LayerColumn.NAME, name_px + max(left, 0))
        self._is_fitting = False
        self._tell_of_two()

    def _tell_of_two(self) -> None:
        has_curves = not self.table.isColumnHidden(LayerColumn.SPARK)
        self.about_label.setText(self.model.about_two(has_curves=has_curves))

    def _of_two(self) -> tuple[LayerColumn, ...]:
        """The columns that there are while something is compared."""
        return () if self.model.beside is None else _OF_TWO

    def _health_px(self) -> int:
        wanted = self.table.px_of(HEADINGS[LayerColumn.HEALTH] + SORTED) + _SPACE_PX
        return wanted if self.model.beside is None else min(wanted, _MARK_PX)

    def _on_heading_clicked(self, column: int) -> None:
        """By health or change, the largest first, and by the next click in order of execution again."""
        if column in (LayerColumn.HEALTH, LayerColumn.CHANGE):
            wanted = LayerColumn(column)
            self.model.sort_by(None if self.model.sorted_by == wanted else wanted)
            if self.selected is not None:
                self.show_layer(self.selected)

    def _on_section_resized(self, column: int, before: int, after: int) -> None:
        """What the user has drawn wider or narrower stays so."""
        if not self._is_fitting and before and after:
            self._wanted_px[LayerColumn(column)] = after

    def _on_selection_changed(self, *_: object) -> None:
        if not self._is_told and self.selected is not None:
            self.layer_requested.emit(self.selected)


class _Table(QTableView):
    """Tells when its room has changed, or the size of its letters."""

    resized = pyqtSignal()
    font_changed = pyqtSignal()

    def wanted_px(self, column: LayerColumn) -> int:
        """Width at which a column's heading and all that it says can be read, also while it is hidden."""
        model = self.model()
        assert isinstance(model, LayerTableModel)
        inside = max((ceil(width_of(self.fontMetrics(), text)) for text in model.longest_texts(column)), default=0)
        mark = SORTED if column == LayerColumn.CHANGE else ""
        return max(inside + _PADDING_PX, self.px_of(model.headings[column] + mark))

    def px_of(self, text: str) -> int:
        """Width at which a heading or a figure can be read."""
        return self.fontMetrics().horizontalAdvance(text) + _PADDING_PX

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self.font_changed.emit()
