"""Words that are as wide as a room, so that a rule of what is cut can be told to the pixel whatever font there is."""

from itertools import product

from PyQt6.QtGui import QFontMetricsF

LETTERS = "milj.w"


def words_of_px(metrics: QFontMetricsF, px: float) -> str:
    """Words that are more than ``px - 1`` and at most ``px`` wide."""
    for first, last, third in product(LETTERS, LETTERS, LETTERS):
        words = ""
        for letter in (first, last, third):
            while metrics.horizontalAdvance(words + letter) <= px:
                words += letter
        if metrics.horizontalAdvance(words) > px - 1:
            return words
    raise ValueError(f"no words are {px} px wide in this font")
