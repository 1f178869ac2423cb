"""What differs, in sections of which one is read: a choice with how many there are of each, and a list."""

from collections.abc import Mapping, Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.analysis.row import Row
from app.views.compare.analysis.pass_rows import PassRow
from app.views.compare.analysis.sections import Entry, LayerNames
from app.views.compare.pass_table import PassTable
from app.widgets.choice_box import ChoiceBox
from app.widgets.elided_text import ElidedLabel
from app.widgets.row_list import RowList
from app.widgets.segments import Segments
from collector.findings import Evidence

LAYERS, THIS_PASS = "Layers", "This pass"
NOTHING = "nothing"
_LEAST_PX = 84


class SectionsList(QWidget):
    """The section that is read stays, as long as there is anything in it.

    Signals:
        entered(Entry): the user goes to where one is seen.
        partner_chosen(str, object): the user pairs a layer of A with one of B; None: with none.
    """

    entered = pyqtSignal(object)
    partner_chosen = pyqtSignal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: Mapping[str, Sequence[Entry]] = {}
        self._names: LayerNames | None = None
        self._chosen: tuple[str, str] | None = None
        self.current = ""
        self.choice = Segments()
        self.choice.chosen.connect(lambda text: self._show(self._of_text(text)))
        self.list = RowList("What differs")
        self.list.setMinimumHeight(_LEAST_PX)
        self.list.entered_row.connect(lambda number: self.entered.emit(self._sections[self.current][number]))
        self.list.chosen_changed.connect(self._on_chosen_changed)
        self.pass_table = PassTable()
        self.pass_table.setMinimumHeight(_LEAST_PX)
        self.pass_table.entered_row.connect(lambda number: self.entered.emit(self.entries[number]))
        self.pass_table.hide()
        self.partner_label = ElidedLabel()
        self.partner_box = ChoiceBox("Which layer of B it is compared with")
        self.partner_box.chosen.connect(self._on_partner_chosen)
        self._partners = QWidget()
        row = QHBoxLayout(self._partners)
        row.setContentsMargins(8, 0, 8, 2)
        row.addWidget(self.partner_label)
        row.addWidget(self.partner_box)
        row.addStretch()
        self._partners.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.choice, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.list, stretch=1)
        column.addWidget(self.pass_table, stretch=1)
        column.addWidget(self._partners)

    @property
    def entries(self) -> Sequence[Entry]:
        """What is read."""
        return self._sections.get(self.current, ())

    @property
    def body(self) -> QWidget:
        """What the section that is read is shown by."""
        return self.pass_table if self.current == THIS_PASS else self.list

    @property
    def sections(self) -> Mapping[str, Sequence[Entry]]:
        """All sections, by what they are called."""
        return self._sections

    def show_sections(
        self, sections: Mapping[str, Sequence[Entry]], names: LayerNames | None, of_pass: Sequence[PassRow]
    ) -> None:
        """Show these, without those that are empty.

        Args:
            sections: rows by what they are called, without the pass.
            names: which layers there are to be paired; None: they are not.
            of_pass: how the two passes differ.
        """
        self.pass_table.show_rows(of_pass)
        with_pass = dict(sections)
        with_pass[THIS_PASS] = [Entry(Row("", each.layer), Evidence(layer=each.layer or None)) for each in of_pass]
        self._sections = {title: entries for title, entries in with_pass.items() if entries}
        self._names = names
        self.choice.show_options([self._text(title) for title in self._sections])
        self.choice.setVisible(len(self._sections) > 1)
        self._show(self.current if self.current in self._sections else next(iter(self._sections), ""))

    def choose(self, title: str) -> None:
        """Read a section."""
        if title in self._sections:
            self._show(title)

    def _text(self, title: str) -> str:
        # what is paired and what a pass has are no differences
        return title if title in (LAYERS, THIS_PASS) else f"{title} {len(self._sections[title]):,}"

    def _of_text(self, text: str) -> str:
        return next(title for title in self._sections if self._text(title) == text)

    def _show(self, title: str) -> None:
        is_other, self.current = title != self.current, title
        if title:
            self.choice.show_chosen(self._text(title))
        self._chosen = None if is_other else self._chosen
        self.list.setVisible(title != THIS_PASS)
        self.pass_table.setVisible(title == THIS_PASS)
        rows = [each.row for each in self.entries] if title != THIS_PASS else []
        keys = [_key(each) for each in self.entries]
        self.list.show_rows(rows, keys.index(self._chosen) if rows and self._chosen in keys else None)
        if is_other:
            self.list.scrollToTop()
        self._offer_partners()

    def _on_chosen_changed(self) -> None:
        number = self.list.chosen
        self._chosen = None if number is None else _key(self.entries[number])
        self._offer_partners()

    def _offer_partners(self) -> None:
        number, names = self.list.chosen, self._names
        entry = None if number is None or self.current != LAYERS or names is None else self.entries[number]
        is_there = entry is not None and names is not None and bool(entry.layer)
        self._partners.setVisible(is_there)
        if entry is not None and names is not None and is_there:
            self.partner_label.setText(f"{entry.layer} of A is compared with")
            self.partner_box.offer({"": NOTHING, **{name: name for name in names.b}})
            self.partner_box.choose(names.partner.get(entry.layer, ""))

    def _on_partner_chosen(self) -> None:
        number = self.list.chosen
        if number is not None:
            self.partner_chosen.emit(self.entries[number].layer, self.partner_box.choice or None)


def _key(entry: Entry) -> tuple[str, str]:
    """What stays the same of a row when all are made anew: what it is about, wherever it stands then."""
    return (entry.layer, "") if entry.layer else ("", entry.row.text)
