"""Two recordings on one clock: what differs, in which layer, and since which step.

`compare` tells it all; a `Pair` is what its parts are made of.
"""

from collector.comparing.clocks import CLOCKS, Aligned, Alignment, Clock, ClockError
from collector.comparing.comparison import Comparison, FirstDifference, MeasureDifference, NotCompared, OptionDifference
from collector.comparing.engine import compare, compared
from collector.comparing.pair import Column, Pair, pair_of
from collector.comparing.pairing import LayerPair, Pairing, paired

__all__ = [
    "CLOCKS",
    "Aligned",
    "Alignment",
    "Clock",
    "ClockError",
    "Column",
    "Comparison",
    "FirstDifference",
    "LayerPair",
    "MeasureDifference",
    "NotCompared",
    "OptionDifference",
    "Pair",
    "Pairing",
    "compare",
    "compared",
    "pair_of",
    "paired",
]
