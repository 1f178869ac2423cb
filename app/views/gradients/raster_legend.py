"""What the colours of the sign raster mean, and how many gradients have each at the playhead."""

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.analysis.probabilities import percent
from app.palette import SMALL_PX, active, font
from app.views.gradients.analysis.sign_words import OF_ONE, SignWords
from app.widgets.plain_text import plain_tooltip

_SWATCH_PX, _SPACE_PX = 10, 16

_OF_OLDER = "A run of an earlier Strobe counts NaN, Inf and missing gradients as larger."


class RasterLegend(QWidget):
    """A swatch, a name and a share for each class. Where room is short, the place goes, then the last entries."""

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
        self.update()

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
        lines = [self.place, *(text for _, text in self.entries()), _OF_OLDER] if self.shares else []
        self.setToolTip(plain_tooltip("\n".join(lines)))
        self.update()

    def entries(self) -> list[tuple[str, str]]:
        """Field of `sign_colours.SignColours` and text of each entry, in order."""
        told = {name: words.format(f"{self.threshold:g}") for name, words in self.words.legend.items()}
        names: tuple[tuple[str, str, int | None], ...] = (
            ("negative", told["negative"], 1),
            ("both", told["both"], None),
            ("positive", told["positive"], 2),
            ("zero", told["zero"], 3),
            ("ground", told["ground"], 0),
        )
        rare = (("not_finite", told["not_finite"], 4), ("no_gradient", told["no_gradient"], 5))
        if seen := tuple(each for each in rare if each[0] in self._seen):
            # in front, and what is a mixture last: where room is short, the last entries go
            names = (*seen, *(each for each in names if each[2] is not None), names[1])
        shares = self.shares
        return [
            (colour, name if at is None or shares is None else f"{name} {percent(shares[at])}")
            for colour, name, at in names
        ]

    def sizeHint(self) -> QSize:
        return QSize(400, int(QFontMetricsF(font(SMALL_PX)).height()) + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        palette = active()
        is_light = QColor(palette.background).lightnessF() > 0.5
        colours = self.words.on_light if is_light else self.words.on_dark
        painter.setFont(font(SMALL_PX))
        metrics = QFontMetricsF(painter.font())
        x = 0.0
        entries = [_SWATCH_PX + 5 + metrics.horizontalAdvance(text) + _SPACE_PX for _, text in self.entries()]
        place_px = metrics.horizontalAdvance(self.place) + _SPACE_PX
        if self.shares and place_px + sum(entries) - _SPACE_PX <= self.width():
            painter.setPen(QColor(palette.faint_text))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter, self.place)
            x = place_px
        for name, text in self.entries():
            width = _SWATCH_PX + 5 + metrics.horizontalAdvance(text)
            if x + width > self.width():
                break
            swatch = QRectF(x + 0.5, (self.height() - _SWATCH_PX) / 2 + 0.5, _SWATCH_PX - 1, _SWATCH_PX - 1)
            painter.fillRect(swatch, QColor(*getattr(colours, name)))
            if name == "ground":
                painter.setPen(QColor(palette.faint_text))
                painter.drawRect(swatch)
            painter.setPen(QColor(palette.text))
            room = QRectF(x + _SWATCH_PX + 5, 0, width, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
            x += width + _SPACE_PX
