"""Which changes of one sample flip it, and in which layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QCheckBox, QSplitter, QWidget

from app.analysis.augmentation_text import NONE, augmentation_text
from app.analysis.axis import place_text
from app.analysis.figures import signed
from app.analysis.layer_names import tails
from app.analysis.probabilities import percent
from app.analysis.same_samples import seen_picture
from app.views.stories.analysis.changes import Changes
from app.views.stories.analysis.data_map import mean_of
from app.views.stories.analysis.story_cells import scale_colours
from app.views.stories.cell_grid import CellGrid
from app.views.stories.colour_key import Scale, Swatch
from app.views.stories.panes import keep_whole
from app.views.stories.tile_list import Line, TileList, Tiles
from app.views.stories.time_page import theme_colours
from app.widgets.below import below
from app.widgets.empty_state import EmptyStateLayout
from app.widgets.heading_line import HeadingLine
from app.widgets.picture_view import to_image

_OUTPUT = "output"
_MOST_OTHERS = 50


class ChangesPage(QWidget):
    """At the left the changed pictures, those that flip first; at the right which kinds flip which layers.

    Signals:
        layer_requested(str): the user chose a layer.
    """

    layer_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: Changes | None = None
        self._names: tuple[str, ...] = ()
        self._images: dict[int, QImage] = {}
        self._kind_rows: list[int | None] = []
        self._chosen: int | None = None
        self._is_own_choice = False
        self.heading = HeadingLine("Changes")
        self.only_flips = QCheckBox("Flips only")
        self.only_flips.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.only_flips.toggled.connect(lambda _: self._draw_tiles())
        self.tiles = TileList("Changes of the sample")
        self.tiles.chosen.connect(self._on_chosen)
        self.kinds_heading = HeadingLine("Flips by layer")
        self.kinds = CellGrid("Share of the changes of a kind that flip a layer")
        self.kinds.clicked.connect(self._on_kind_clicked)
        self.layers_heading = HeadingLine("Of one change")
        self.layers = CellGrid("What each layer makes of the change that is chosen")
        self.layers.clicked.connect(lambda row, _: self._on_layer(row))
        left = below((self.heading, self.only_flips), self.tiles)
        right = QSplitter(Qt.Orientation.Vertical)
        right.addWidget(below(self.kinds_heading, self.kinds))
        right.addWidget(below(self.layers_heading, self.layers))
        whole = QSplitter(Qt.Orientation.Horizontal)
        whole.addWidget(left)
        whole.addWidget(right)
        keep_whole(whole)
        whole.setSizes([540, 460])
        right.setSizes([420, 580])  # the lower one has all layers
        self.pages = EmptyStateLayout(self, whole, "")

    @property
    def shown(self) -> Changes | None:
        """What is shown."""
        return self._found

    def show_changes(self, found: Changes | str, class_names: tuple[str, ...]) -> None:
        """Show what the network made of the changed sample, or say why there is nothing."""
        if isinstance(found, str):
            self._found = None
            self.pages.show_text(found)
            return
        if self._found is None or self._found.header is not found.header:
            self._images, self._is_own_choice = {}, False
        self._found, self._names = found, class_names
        self.pages.show_content()
        self._draw()

    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        n_flipped, n = int(found.flipped.sum()), len(found.header) - 1
        where = place_text(found.epoch, found.step)
        self.heading.show_title(f"{n_flipped:,} of {n:,} changes flip the prediction")
        self.heading.show_about(f"{where}; unchanged: predicted {self._name_of(int(found.classes[0]))}")
        if not self._is_own_choice:
            flips = found.order[1:2]
            self._chosen = int(flips[0]) if len(flips) else 0
        self._draw_tiles()
        self._draw_kinds(found)
        self._draw_layers(found)

    def _draw_tiles(self) -> None:
        found = self._found
        if found is None:
            return
        order = found.order
        if self.only_flips.isChecked():
            order = order[found.flipped[order] | (order == 0)]
        others = [f"→ {name}" for name in self._names[:_MOST_OTHERS]]
        self.tiles.show_tiles(
            Tiles(order.tolist(), self._image_of, self._lines_of, words_of=self._words_of, others=others)
        )
        self.tiles.show_current(self._chosen)

    def _draw_kinds(self, found: Changes) -> None:
        kinds = [kind for kind in dict.fromkeys(found.header.kinds) if kind != NONE]
        of_kind = np.array(kinds, str)[:, None] == np.array(found.header.kinds, str)
        asked = np.flatnonzero((found.votes >= 0).any(axis=1))
        flips = np.concatenate([found.flipped_votes[asked], found.flipped[None]])
        counts = (flips[:, None] & of_kind[None]).sum(axis=2)
        totals = of_kind.sum(axis=1)
        shares = counts / np.maximum(totals, 1)
        table = scale_colours()
        colours = table[np.rint(shares * 254).astype(int)]
        # whole ones, which fit into narrow cells; the tooltip has the counts
        figures = np.array(
            [["<1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %" for share in row] for row in shares]
        )
        rows = [*(found.layers[each] for each in asked), _OUTPUT]
        self._kind_rows = [*asked.tolist(), None]

        def words(row: int, column: int) -> str:
            return (
                f"{kinds[column]}: {counts[row, column]:,} of {totals[column]:,} changes flip "
                f"{'the output' if row == len(asked) else f'the vote by {rows[row]}'}"
            )

        self.kinds.show_cells(
            colours,
            [*tails(rows[:-1]), _OUTPUT],
            kinds,
            words,
            figures=figures,
            key=[Scale("0", percent(1.0), table[None])],
            has_name_each=True,
        )
        self.kinds_heading.show_about(found.votes_about)

    def _draw_layers(self, found: Changes) -> None:
        """Of the change that is chosen, layer by layer: how far the output stayed, and how the neighbours vote."""
        change = self._chosen or 0
        others = ~found.flipped & (np.arange(len(found.header)) > 0)
        columns = [("stability", "this change", found.stability[:, change])]
        for name, whose, are_of in (
            ("flips", "mean of those that flip it", found.flipped),
            ("others", "mean of the others", others),
        ):
            if are_of.any():
                columns.append((name, whose, mean_of(found.stability[:, are_of].T)))
        n = len(columns)
        stability = np.stack([values for _, _, values in columns], axis=1)
        stability = np.concatenate([stability, np.full((1, n), np.nan)])
        votes = np.append(found.votes[:, change], found.classes[change])
        first = np.append(found.votes[:, 0], found.classes[0])
        theme, table = theme_colours(), scale_colours()
        colours = np.empty((len(votes), n + 1, 3), np.uint8)
        scale = table[np.rint(np.clip(np.nan_to_num(stability), 0, 1) * 254).astype(int)]
        colours[:, :n] = np.where(np.isfinite(stability)[..., None], scale, np.array(theme.nothing))
        said = np.where((votes == first)[:, None], np.array(theme.right), np.array(theme.wrong))
        colours[:, n] = np.where(((votes < 0) | (first < 0))[:, None], np.array(theme.nothing), said)
        told = [[signed(each, 2) if np.isfinite(each) else "" for each in row] for row in stability.tolist()]
        names = ["" if each < 0 else self._name_of(int(each)) for each in votes.tolist()]
        figures = np.array([[*row, name] for row, name in zip(told, names, strict=True)])
        rows = [*found.layers, _OUTPUT]

        def words(row: int, column: int) -> str:
            if column < n:
                whose = columns[column][1]
                return f"{rows[row]}: correlation with the unchanged sample, {whose}: {told[row][column] or 'none'}"
            return f"{rows[row]}: {names[row] or 'no vote'}; unchanged {self._name_of(int(first[row]))}"

        self.layers.show_cells(
            colours,
            [*tails(found.layers), _OUTPUT],
            [*(name for name, _, _ in columns), "vote"],
            words,
            figures=figures,
            key=[
                Scale("≤ 0", "1", table[None]),
                Swatch("same vote", theme.right),
                Swatch("another", theme.wrong),
            ],
            has_name_each=True,
        )
        self.layers_heading.show_title(augmentation_text(found.header, change))
        where = found.first_flipped(change)
        self.layers_heading.show_about(f"the vote flips first by {where}" if where else "")

    def _name_of(self, number: int) -> str:
        return self._names[number] if 0 <= number < len(self._names) else f"class {number}" if number >= 0 else "none"

    def _lines_of(self, change: int) -> Sequence[Line]:
        kind, (said, colour), first = self._words_of(change)
        return [kind, (f"→ {said.removeprefix('predicted ')}", colour), first]

    def _words_of(self, change: int) -> Sequence[Line]:
        found = self._found
        assert found is not None
        is_flipped = bool(found.flipped[change])
        where = found.first_flipped(change) if is_flipped else ""
        return [
            (_short_text(found, change), "faint_text"),
            (f"predicted {self._name_of(int(found.classes[change]))}", "wrong" if is_flipped else "text"),
            (f"first by {where}" if where else "", "faint_text"),
        ]

    def _image_of(self, change: int) -> QImage:
        if change not in self._images:
            assert self._found is not None
            self._images[change] = to_image(seen_picture(self._found.header.pictures[change][:3]))
        return self._images[change]

    def _on_chosen(self, change: int) -> None:
        self._chosen, self._is_own_choice = change, True
        self.tiles.show_current(change)
        assert self._found is not None
        self._draw_layers(self._found)

    def _on_kind_clicked(self, row: int, column: int) -> None:
        found = self._found
        assert found is not None
        kinds = [kind for kind in dict.fromkeys(found.header.kinds) if kind != NONE]
        layer = self._kind_rows[row]
        flips = found.flipped if layer is None else found.flipped_votes[layer]
        fitting = [each for each in found.order.tolist() if found.header.kinds[each] == kinds[column] and flips[each]]
        if layer is not None:
            self._on_layer(layer)
        if fitting:
            self._on_chosen(fitting[0])

    def _on_layer(self, row: int) -> None:
        assert self._found is not None
        if row < len(self._found.layers):
            self.layer_requested.emit(self._found.layers[row])

    def changeEvent(self, event: QEvent | None) -> None:
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and hasattr(self, "_found"):
            self._draw()


def _short_text(found: Changes, change: int) -> str:
    kind = found.header.kinds[change]
    return "unchanged" if kind == NONE else f"{kind} {signed(float(found.header.strengths[change]), 2)}"
