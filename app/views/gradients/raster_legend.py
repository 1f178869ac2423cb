"""What the colours of the sign raster mean, and how many gradients have each at the playhead."""

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.analysis.figures import true_signs
from app.analysis.probabilities import percent
from app.palette import SMALL_PX, active, font
from app.views.gradients.analysis.sign_words import OF_ONE, SignWords
from app.widgets.plain_text import plain_tooltip

_SWATCH_PX, _SPACE_PX, _LINE_PX = 10, 16, 6
_LONGEST = "<0.1 %"

_PALER = "Paler: fewer of the gradients that share a pixel."
_OF_OLDER = "A run of an earlier Strobe counts NaN, Inf and missing gradients as larger."


class RasterLegend(QWidget):
    """A swatch, a name and a share for each class. Where room is short, the place goes, then some words of the names,
    then there are more lines; how many does not depend on the shares, which change while it plays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.threshold = 1e-5
        self.place = ""
        self.shares: tuple[float, ...] | None = None
        self.words = OF_ONE
        self._seen: set[str] = set()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_threshold(self, threshold: float) -> None:
        """Up to what absolute value a gradient is near zero."""
        self.threshold = threshold
        self.update()  # as high as before: a word that is short does not name it

    def show_words(self, words: SignWords) -> None:
        """What the classes are called, and their colours."""
        self.words = words
        self._update_readout()

    def show_shares(self, place: str, shares: tuple[float, ...] | None) -> None:
        """Shares of larger, negative, positive, exactly zero, not finite and no gradient at a place, 0…1, or None."""
        self.place, self.shares = place, shares
        self._update_readout()

    def show_seen(self, *, not_finite: bool, no_gradient: bool) -> None:
        """What was seen of the run from now on has its entry too: most runs have neither."""
        seen = {name for name, is_it in (("not_finite", not_finite), ("no_gradient", no_gradient)) if is_it}
        if not seen <= self._seen:
            self._seen |= seen
            self._update_readout()

    def forget_seen(self) -> None:
        """Another run is shown."""
        self._seen = set()
        self._update_readout()

    def _update_readout(self) -> None:
        lines = [self.place, *(text for _, text in self.entries()), _PALER, _OF_OLDER] if self.shares else []
        self.setToolTip(plain_tooltip("\n".join(lines)))
        self._fit()
        self.update()

    def entries(self, *, are_short: bool = False) -> list[tuple[str, str]]:
        """Field of `sign_colours.SignColours` and text of each entry, in order."""
        words = {**self.words.legend, **self.words.short} if are_short else self.words.legend
        told = {name: each.format(true_signs(f"{self.threshold:g}")) for name, each in words.items()}
        names: tuple[tuple[str, str, int | None], ...] = (
            ("negative", told["negative"], 1),
            ("both", told["both"], None),
            ("positive", told["positive"], 2),
            ("zero", told["zero"], 3),
            ("ground", told["ground"], 0),
        )
        rare = (("not_finite", told["not_finite"], 4), ("no_gradient", told["no_gradient"], 5))
        if seen := tuple(each for each in rare if each[0] in self._seen):
            # in front, and what is a mixture last
            names = (*seen, *(each for each in names if each[2] is not None), names[1])
        shares = self.shares
        return [
            (colour, name if at is None or shares is None else f"{name} {percent(shares[at])}")
            for colour, name, at in names
        ]

    def _px(self, text: str) -> float:
        """Width of an entry; of a share that of the longest."""
        if self.shares is not None and text.endswith("%"):
            text = f"{text.rsplit(' ', 2)[0]} {_LONGEST}"
        return _SWATCH_PX + 5 + QFontMetricsF(font(SMALL_PX)).horizontalAdvance(text)

    def _lines(self) -> list[list[tuple[str, str]]]:
        """The entries that stand on each line."""
        entries = self.entries()
        if sum(self._px(text) + _SPACE_PX for _, text in entries) - _SPACE_PX > self.width():
            entries = self.entries(are_short=True)
        lines: list[list[tuple[str, str]]] = [[]]
        x = 0.0
        for name, text in entries:
            if lines[-1] and x + self._px(text) > self.width():
                lines.append([])
                x = 0.0
            lines[-1].append((name, text))
            x += self._px(text) + _SPACE_PX
        return lines

    def _fit(self) -> None:
        """Be as high as the lines."""
        self.setFixedHeight(int(QFontMetricsF(font(SMALL_PX)).height() + _LINE_PX) * len(self._lines()))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(400, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.minimumHeight())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        palette = active()
        is_light = QColor(palette.background).lightnessF() > 0.5
        colours = self.words.on_light if is_light else self.words.on_dark
        painter.setFont(font(SMALL_PX))
        metrics = QFontMetricsF(painter.font())
        x, lines = 0.0, self._lines()
        place_px = metrics.horizontalAdvance(self.place) + _SPACE_PX
        if self.shares and place_px + sum(self._px(text) + _SPACE_PX for _, text in self.entries()) <= self.width():
            painter.setPen(QColor(palette.faint_text))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter, self.place)
            x = place_px
        high = self.height() / len(lines)
        for number, line in enumerate(lines):
            for name, text in line:
                middle = (number + 0.5) * high
                swatch = QRectF(x + 0.5, middle - _SWATCH_PX / 2 + 0.5, _SWATCH_PX - 1, _SWATCH_PX - 1)
                painter.fillRect(swatch, QColor(*getattr(colours, name)))
                if name == "ground":
                    painter.setPen(QColor(palette.faint_text))
                    painter.drawRect(swatch)
                painter.setPen(QColor(palette.text))
                width = _SWATCH_PX + 5 + metrics.horizontalAdvance(text)
                room = QRectF(x + _SWATCH_PX + 5, number * high, width, high)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
                x += width + _SPACE_PX
            x = 0.0
