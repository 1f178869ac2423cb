"""What the network gives for the sample where it is no class: figures, bars, pictures or text."""

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from app.analysis.token_words import visible
from app.views.sample.analysis.shown_output import CaptionedPicture, FigureRow, ShareRow, ShownOutput
from app.views.sample.analysis.tokens import Tokens
from app.views.sample.figure_rows import FigureRows
from app.views.sample.picture_row import PictureRow
from app.views.sample.probability_bars import ProbabilityBars
from app.views.sample.probability_row import ProbabilityRow
from app.views.sample.token_text import TokenText
from app.widgets.plain_text import PlainLabel

_MOST_WORDS = 4


class OutputReadout(QWidget):
    """Shows the output of a sample, of two networks that of B beside that of A."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures, self.shares = FigureRows(), ProbabilityBars()
        self.pictures, self.text = PictureRow(), TokenText()
        self.place_label = PlainLabel()
        self.place_label.setWordWrap(True)
        self._tokens: Tokens | None = None
        self._beside: Tokens | None = None
        self._word: int | None = None
        self.text.word_chosen.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (self.pictures, self.text, self.place_label, self.shares, self.figures):
            column.addWidget(widget)

    def show_output(self, output: ShownOutput | None, beside: ShownOutput | None, names: tuple[str, str]) -> None:
        """Show the output of A, and what B gives; None hides all."""
        self.setVisible(output is not None)
        if output is None:
            return
        self.shares.name_networks(names)
        figures = _figures(output, beside)
        self.figures.setVisible(bool(figures))
        self.figures.show_rows(figures, output.more)
        pictures = _pictures(output, beside, names)
        self.pictures.setVisible(bool(pictures))
        self.pictures.show_pictures(pictures)
        self._tokens, self._beside = output.tokens, None if beside is None else beside.tokens
        has_text = self._tokens is not None
        self.text.setVisible(has_text)
        self.place_label.setVisible(has_text)
        if has_text:
            self._show_word()
        else:
            self.shares.setVisible(bool(output.shares))
            self.shares.show_rows(_shares(output.shares, () if beside is None else beside.shares), rest=output.more)

    def _choose(self, word: int) -> None:
        self._word = word
        self._show_word()

    def _show_word(self) -> None:
        """What is likely in the place of the chosen word, which holds across samples and passes."""
        tokens = self._tokens
        if tokens is None:
            return
        word = tokens.first if self._word is None else self._word
        word = min(max(word, 0), len(tokens.words) - 1)
        self.text.show_tokens(tokens, word)
        likely = tokens.likely[word] if word < len(tokens.likely) else ()
        other = self._beside.likely[word] if self._beside is not None and word < len(self._beside.likely) else ()
        self.shares.setVisible(bool(likely))
        before = tokens.words[max(0, word - _MOST_WORDS) : word] if tokens.are_following else ()
        self.place_label.setText(_place_words(tokens, word, before, has_likely=bool(likely)))
        rest = f"top {len(likely)} of {tokens.n_kinds:,}" if len(likely) < tokens.n_kinds else ""
        rows = [ShareRow(visible(each.name), each.share, each.is_wanted or None) for each in likely]
        beside = [ShareRow(visible(each.name), each.share, each.is_wanted or None) for each in other]
        self.shares.show_rows(_shares(rows, beside), rest=rest)


def _place_words(tokens: Tokens, word: int, before: Sequence[str], *, has_likely: bool) -> str:
    if not has_likely:
        return "The first token: nothing is before it."
    if tokens.are_following:
        return f"After “…{''.join(_spaced(each) for each in before).strip()}”:"
    wanted = f", where “{visible(tokens.wanted[word])}” is wanted" if tokens.wanted[word] else ""
    return f"At “{visible(tokens.words[word])}”{wanted}:"


def _spaced(word: str) -> str:
    return word if word.startswith((" ", "##")) else f" {word}"


def _figures(output: ShownOutput, beside: ShownOutput | None) -> list[FigureRow]:
    if beside is None or len(beside.figures) != len(output.figures):
        return list(output.figures)
    return [replace(one, beside=two.value) for one, two in zip(output.figures, beside.figures, strict=True)]


def _pictures(output: ShownOutput, beside: ShownOutput | None, names: tuple[str, str]) -> list[CaptionedPicture]:
    if beside is None:
        return list(output.pictures)
    wanted = [each for each in output.pictures if each.caption in ("target", "mask")]
    made = [
        replace(each, caption=f"{name}: {each.caption}")
        for name, one in zip(names, (output, beside), strict=True)
        for each in one.pictures
        if each.caption in ("output", "predicted", "generated")
    ]
    return wanted + made


def _shares(rows: Sequence[ShareRow], beside: Sequence[ShareRow]) -> list[ProbabilityRow]:
    """Of labels and actions row by row; of tokens by their names."""
    others = {each.name: each for each in beside}
    made = []
    for row in rows:
        one = _share(row)
        if beside:
            other = others.get(row.name)
            one = replace(one, beside=_share(other or ShareRow(row.name, float("nan"), row.is_true)))
        made.append(one)
    return made


def _share(row: ShareRow) -> ProbabilityRow:
    is_judged = row.is_true is not None and row.share >= 0.5
    return ProbabilityRow(row.name, row.share, bool(row.is_true), is_judged, is_judged and not row.is_true)
