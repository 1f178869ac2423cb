"""Samples by measurements as one picture. `N` samples, `M` measurements, `H` × `W` pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from app.analysis.class_groups import class_colours
from app.analysis.figures import figure, short_figure
from app.views.stories.analysis.story_run import StoryRun

NOT_RECORDED = 255
_TOP = 254
_MOST_IN_A_PIXEL = 8000
"""Rows of colours that are summed in 21 bits each."""

_HALF = np.float32(0.5)
_ROWS_AT_ONCE = 256

_CALM = 0.5
"""Of the colour of what is right, over the ground."""

_VIRIDIS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))


class Quantity(Enum):
    """What the colour of a cell tells."""

    RIGHT = "Right or wrong"
    PREDICTION = "Predicted class"
    CONFIDENCE = "Confidence"
    LABEL = "Probability of the label"
    MARGIN = "Margin"
    LOSS = "Loss"


@dataclass(frozen=True, eq=False)
class Cells:
    """Attributes:
    codes: number of a colour, uint8 ``[N, M]``.
    colours: uint8 ``[256, 3]``.
    names: what single colours mean, where they are few: number of a colour → words.
    span: what the ends of the scale are, where it is one.
    """

    codes: np.ndarray
    colours: np.ndarray
    names: dict[int, str]
    span: tuple[str, str] | None = None


@dataclass(frozen=True)
class CellColours:
    """Colours that depend on the theme, each as red, green and blue."""

    right: tuple[int, int, int]
    wrong: tuple[int, int, int]
    nothing: tuple[int, int, int]


def quantities_of(run: StoryRun) -> list[Quantity]:
    """Those that were recorded."""
    has = {
        Quantity.RIGHT: run.right,
        Quantity.PREDICTION: run.predictions,
        Quantity.CONFIDENCE: run.confidences,
        Quantity.LABEL: run.label_probabilities,
        Quantity.MARGIN: run.margins,
        Quantity.LOSS: run.losses,
    }
    return [quantity for quantity in Quantity if has[quantity] is not None]


def cells_of(run: StoryRun, quantity: Quantity, theme: CellColours) -> Cells:
    """The cells of a quantity that was recorded."""
    match quantity:
        case Quantity.RIGHT if run.right is not None and run.predictions is not None:
            codes = np.where(run.predictions < 0, NOT_RECORDED, run.right).astype(np.uint8)
            return Cells(codes.T.copy(), _table({0: theme.wrong, 1: _calm(theme)}, theme), {1: "right", 0: "wrong"})
        case Quantity.PREDICTION if run.predictions is not None:
            return _classes(run, run.predictions, theme)
        case Quantity.CONFIDENCE if run.confidences is not None:
            return _scaled(run.confidences, 0.0, 1.0, ("0", "1"), theme)
        case Quantity.LABEL if run.label_probabilities is not None:
            return _scaled(run.label_probabilities, 0.0, 1.0, ("0", "1"), theme)
        case Quantity.MARGIN if run.margins is not None:
            return _margins(run.margins, theme)
        case Quantity.LOSS if run.losses is not None:
            return _losses(run.losses, theme)
    raise ValueError(f"{quantity} was not recorded")


def scale_colours() -> np.ndarray:
    """From dark to light, uint8 ``[255, 3]``: five colours of viridis, and those between them."""
    places = np.linspace(0, len(_VIRIDIS) - 1, _TOP + 1)
    channels = [np.interp(places, np.arange(len(_VIRIDIS)), channel) for channel in np.array(_VIRIDIS).T]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def _calm(theme: CellColours) -> tuple[int, ...]:
    """The colour of right where most are: what is wrong is to be seen."""
    mixed = _CALM * np.array(theme.right, float) + (1 - _CALM) * np.array(theme.nothing, float)
    return tuple(np.rint(mixed).astype(int).tolist())


def _classes(run: StoryRun, predictions: np.ndarray, theme: CellColours) -> Cells:
    classes = run.classes
    places = np.searchsorted(classes, predictions)
    codes = np.where(predictions < 0, NOT_RECORDED, places % _TOP).astype(np.uint8)
    colours = class_colours(min(len(classes), _TOP))
    named = {place: run.name_of(int(number)) for place, number in enumerate(classes[:_TOP])}
    table = _table({place: tuple(colour) for place, colour in enumerate(colours.tolist())}, theme)
    return Cells(codes.T.copy(), table, named)


def _scaled(values: np.ndarray, low: float, high: float, span: tuple[str, str], theme: CellColours) -> Cells:
    with np.errstate(invalid="ignore"):
        places = np.clip((values - low) * (_TOP / max(high - low, 1e-12)), 0, _TOP)
    codes = np.where(np.isfinite(values), np.rint(np.nan_to_num(places)), NOT_RECORDED).astype(np.uint8)
    table = np.empty((256, 3), np.uint8)
    table[: _TOP + 1], table[NOT_RECORDED] = scale_colours(), theme.nothing
    return Cells(codes.T.copy(), table, {}, span)


def _margins(margins: np.ndarray, theme: CellColours) -> Cells:
    """From wrong over nothing to right: below 0 another class is above the label."""
    finite = np.abs(margins[np.isfinite(margins)])
    most = max(float(np.quantile(finite, 0.98)), 1e-6) if len(finite) else 1.0
    cells = _scaled(margins, -most, most, (f"≤ −{figure(most, 3)}", f"≥ {figure(most, 3)}"), theme)
    table = cells.colours.copy()
    share = np.linspace(-1, 1, _TOP + 1)[:, None]
    middle = np.array(theme.nothing, float)
    ends = np.where(share < 0, np.array(theme.wrong, float), np.array(theme.right, float))
    table[: _TOP + 1] = np.rint(middle + (ends - middle) * np.abs(share) ** 0.7)
    return Cells(cells.codes, table, {}, cells.span)


def _losses(losses: np.ndarray, theme: CellColours) -> Cells:
    """By its logarithm, from the 2nd to the 98th percentile: a loss spans powers of ten."""
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log10(losses.astype(float))
    finite = logs[np.isfinite(logs)]
    if not len(finite):
        return _scaled(losses, 0.0, 1.0, ("0", "1"), theme)
    low, high = np.quantile(finite, (0.02, 0.98))
    logs = np.where(losses == 0, low, logs)
    return _scaled(logs, float(low), float(high), (f"≤ {short_figure(10**low)}", f"≥ {short_figure(10**high)}"), theme)


def _table(colours: dict[int, tuple[int, ...]], theme: CellColours) -> np.ndarray:
    table = np.full((256, 3), theme.nothing, np.uint8)
    for number, colour in colours.items():
        table[number] = colour
    return table


class OrderedCells:
    """Cells whose rows stand in an order, of which pictures are made: a pixel is the mean colour of what lies in it.

    Red, green and blue lie in 21 bits each of one number, so that one sum is that of all three.

    Attributes:
        order: number of the sample in each row, int ``[R]``; may leave some out.
    """

    def __init__(self, cells: Cells, order: np.ndarray) -> None:
        red, green, blue = cells.colours.astype(np.uint64).T
        n_samples, self.n_columns = cells.codes.shape
        self._packed = np.zeros((n_samples + 1, self.n_columns), np.uint64)  # the last row counts for nothing
        np.take(red | green << np.uint64(21) | blue << np.uint64(42), cells.codes, out=self._packed[:-1])
        self.order = order

    def picture(self, top: float, bottom: float, left: float, right: float, width: int, height: int) -> np.ndarray:
        """Rows ``top`` to ``bottom`` and columns ``left`` to ``right``, uint32 ``[height, width]`` as ``0xffRRGGBB``.

        A pixel is the mean of the rows that begin in it, at the least of the one that it lies in, in the column that
        is at its middle. What lies beside the cells is 0.
        """
        n_rows = len(self.order)
        if not n_rows or not self.n_columns:
            return np.zeros((height, width), np.uint32)
        rows = np.floor(top + (bottom - top) * np.arange(height) / height + 1e-9).astype(int)
        columns = np.floor(left + (right - left) * (np.arange(width) + 0.5) / width).astype(int)
        is_row, is_column = (rows >= 0) & (rows < n_rows), (columns >= 0) & (columns < self.n_columns)
        starts, turn = np.unique(np.clip(rows, 0, n_rows - 1), return_inverse=True)
        stop = min(max(int(np.ceil(bottom - 1e-9)), int(starts[-1]) + 1), n_rows)
        counts = np.diff(starts, append=stop)
        n_most = int(counts.max())
        thin = -(-n_most // _MOST_IN_A_PIXEL)  # so that no colour overflows its bits
        within = np.arange(0, n_most, thin)
        is_inside = within < counts[:, None]
        places = self.order[np.minimum(starts[:, None] + within, n_rows - 1)]
        places[~is_inside] = -1
        first = max(int(columns.min()), 0)
        seen = self._packed[:, first : max(int(columns.max()), first) + 1]
        sums = np.empty((len(places), seen.shape[1]), np.uint64)
        # as many at once as stay in the processor's cache: twice as fast as all, and four times as `np.add.reduceat`
        n_pixels = max(_ROWS_AT_ONCE // places.shape[1], 1)
        for begin in range(0, len(places), n_pixels):
            some = slice(begin, begin + n_pixels)
            np.add.reduce(seen[places[some]], axis=1, out=sums[some])
        share = 1 / is_inside.sum(axis=1, dtype=np.float32)[:, None]
        mask = np.uint64(2**21 - 1)
        red, green, blue = (
            (((sums >> np.uint64(shift)) & mask).astype(np.float32) * share + _HALF).astype(np.uint32)
            for shift in (0, 21, 42)
        )
        colours = np.uint32(0xFF000000) | red << np.uint32(16) | green << np.uint32(8) | blue
        pixels = np.take(colours, np.clip(columns, first, first + seen.shape[1] - 1) - first, axis=1)
        if len(starts) != height:
            pixels = np.take(pixels, turn, axis=0)
        pixels[~is_row] = 0
        pixels[:, ~is_column] = 0
        return pixels
