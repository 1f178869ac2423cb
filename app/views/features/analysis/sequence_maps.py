"""What a layer gives along the sequence of one sample, and what each head of an attention attends to, as matrices.

`T` kept positions, queries; `S` kept keys; `U` kept units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import figure, figures_of_two, true_signs
from app.analysis.graph.scales import largest
from app.analysis.token_words import token_name, visible
from app.views.features.analysis.tiles import ScaleRule, Tiles
from collector.comparing.subtracted import PassDifference

if TYPE_CHECKING:
    from collector.storage.layer import Axis, Layer
    from collector.storage.passes import Pass
    from collector.storage.probe import Probe

BEYOND = 0.98
"""This share of an attention's weights that are not 0 lies below the full colour: a first token has all of its own."""

NOT_IN_BOTH = "not in both is one kept of this sample"


@dataclass(frozen=True, eq=False)
class NamedMatrix:
    """A matrix whose rows and columns have names.

    Attributes:
        values: float32 ``[rows, columns]``.
        rows, columns: what stands beside them, as ``the``.
        row_words, column_words: the same in words, as ``position 3, “the”``.
        column_numbers: true numbers of what the columns are.
        scale: the value of the full colour.
        sides: the values of A and of B where these are B less A.
    """

    values: np.ndarray
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_words: tuple[str, ...]
    column_words: tuple[str, ...]
    column_numbers: tuple[int, ...]
    scale: float
    sides: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def is_signed(self) -> bool:
        """Whether any value is negative, or may be as a difference."""
        return self.sides is not None or bool(np.nanmin(self.values, initial=0) < 0)

    def tell(self, row: int, column: int) -> str:
        """A value in words, and what the full colour is."""
        value = float(self.values[row, column])
        told = figure(value)
        if self.sides is not None:
            a, b = (float(each[row, column]) for each in self.sides)
            told = figures_of_two(a, b, value)
        return f"{self.row_words[row]}\n{self.column_words[column]}\n{told}\nfull colour at {figure(self.scale)}"


Rows = list[tuple[str | int | float | None, ...]]
"""A row of a table for each value."""


def matrix_rows(layer: str, matrix: NamedMatrix) -> Rows:
    """Layer, what stands beside the row, what stands above the column, and the value, or those of both and how they
    differ."""
    shown = [matrix.values] if matrix.sides is None else [*matrix.sides, matrix.values]
    return [
        (layer, row, column, *(float(each[down, across]) for each in shown))
        for down, row in enumerate(matrix.row_words)
        for across, column in enumerate(matrix.column_words)
    ]


def step_names(axis: Axis, probe: Probe | None, sample: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the kept positions of a sequence what stands beside them, and the same in words.

    They are the tokens of the sample where its positions are those that the network was given, else numbers.
    """
    kept = axis.kept.tolist()
    tokens = _tokens(axis, probe, sample)
    if tokens is None:
        return tuple(map(str, kept)), tuple(f"position {each:,}" for each in kept)
    shown = tuple(tokens[each] for each in kept)
    return shown, tuple(f"position {each:,}, “{name}”" for each, name in zip(kept, shown, strict=True))


def _tokens(axis: Axis, probe: Probe | None, sample: int) -> list[str] | None:
    if probe is None or not probe.whole_numbers or not 0 <= sample < len(probe.inputs):
        return None
    given = probe.inputs[sample]
    if given.ndim != 1 or len(given) != axis.size:
        return None
    names = probe.token_names
    return [visible(token_name(each, names)) for each in given.astype(np.int64).tolist()]


def sequence_matrix(
    pass_: Pass, layer: Layer, sample: int, run_scale: float, probe: Probe | None
) -> NamedMatrix | None:
    """What a layer gives for a sample: a row for each kept position, a column for each kept unit.

    Args:
        pass_: a pass, or how two differ.
        layer: one with a sequence.
        sample: of the probe.
        run_scale: the run's largest as far as it is known; this pass's own is never beyond the full colour.
        probe: where the tokens are from.
    """
    values, sides = _of_sample(pass_, layer, "sequence", sample)
    if values is None or layer.sequence is None:
        return None
    rows, row_words = step_names(layer.sequence, probe, sample)
    units = layer.kept.tolist()
    words = tuple(f"{layer.name} unit {unit}" for unit in units)
    scale = max(largest(values), run_scale)
    return NamedMatrix(values, rows, tuple(map(str, units)), row_words, words, tuple(units), scale, sides)


def head_tiles(pass_: Pass, layer: Layer, sample: int, probe: Probe | None) -> Tiles | None:
    """What each head attends to in a sample: ``[heads, T, S]``, queries down, keys across."""
    values, sides = _of_sample(pass_, layer, "attention", sample)
    own = layer.attention
    if values is None or own is None:
        return None
    heads = np.arange(own.heads)
    names = tuple(f"{layer.name} head {head}" for head in heads)
    queries, keys = step_names(own.queries, probe, sample)[1], step_names(own.keys, probe, sample)[1]
    return Tiles(
        values,
        heads,
        names,
        _scale(values, is_difference=sides is not None),
        ScaleRule.PASS,
        sides=sides,
        rows=tuple(f"from {each}" for each in queries),
        columns=tuple(f"to {each}" for each in keys),
        labels=_head_labels(pass_, layer),
    )


def head_matrix(tiles: Tiles, layer: Layer, head: int, probe: Probe | None, sample: int) -> NamedMatrix:
    """One head of `head_tiles`."""
    assert layer.attention is not None
    (rows, _), (columns, _) = (
        step_names(axis, probe, sample) for axis in (layer.attention.queries, layer.attention.keys)
    )
    sides = None if tiles.sides is None else (tiles.sides[0][head], tiles.sides[1][head])
    numbers = tuple(layer.attention.keys.kept.tolist())
    return NamedMatrix(tiles.values[head], rows, columns, tiles.rows, tiles.columns, numbers, tiles.scale, sides)


def head_figures(pass_: Pass, layer: Layer, head: int) -> str:
    """The entropy and the largest logit of a head over the whole probe, in words."""
    shown = []
    for kind, what in (("attention_entropy", "{} nats"), ("attention_logit", "logits up to {}")):
        number = _of_head(pass_, layer, kind, head)
        told = figure(number, 3)
        if isinstance(pass_, PassDifference):
            a, b = (_of_head(each, layer, kind, head) for each in (pass_.a, pass_.b))
            told = figures_of_two(a, b, number, 3)
        if number is not None:
            shown.append(what.format(told))
    return ", ".join(shown)


def _of_head(pass_: Pass, layer: Layer, kind: str, head: int) -> float | None:
    arrays = pass_.layers.get(layer.name)
    numbers = None if arrays is None else getattr(arrays, kind)
    return None if numbers is None else float(numbers[head])


def absence(pass_: Pass, layer: Layer, kind: str, sample: int) -> str:
    """Why there is no sequence or attention of a layer for a sample, and how it would be recorded."""
    what = "Sequences" if kind == "sequence" else "Attention weights"
    reason = pass_.why_missing(layer, kind) or pass_.why_missing(layer, "activation")
    if isinstance(pass_, PassDifference):
        return f"{what} of {layer.name} are not compared: {reason or NOT_IN_BOTH}."
    kept = getattr(pass_.layers[layer.name], kind) if layer.name in pass_.layers else None
    if kept is not None:
        of = f"the first {len(kept):,} samples" if len(kept) > 1 else "the first sample"
        return (
            f"{what} of {layer.name} are kept of {of} of the probe; this is sample {sample + 1:,}.\n\n"
            f"To keep more:\n--feature_samples {sample + 1}"
        )
    return f"{what} of {layer.name} were not recorded{f': {reason}' if reason else ''}."


def left_out(axis: Axis | None) -> str:
    """That not all positions are kept, in words; empty where they are."""
    if axis is None or len(axis.kept) == axis.size:
        return ""
    return f"{len(axis.kept):,} of {axis.size:,} positions, evenly spread"


def _scale(values: np.ndarray, *, is_difference: bool) -> float:
    above = values[np.isfinite(values) & (values > 0)]
    if is_difference or not above.size:
        return largest(values)
    return float(np.quantile(above, BEYOND))


def _head_labels(pass_: Pass, layer: Layer) -> tuple[str, ...]:
    """Of each head its number, and how widely it attends."""
    arrays = pass_.layers[layer.name]
    entropy = arrays.attention_entropy
    if entropy is None:
        return ()
    sign = "+" if isinstance(pass_, PassDifference) else ""
    return tuple(true_signs(f"{head} · {spread:{sign}.2f} nats") for head, spread in enumerate(entropy.tolist()))


def _of_sample(
    pass_: Pass, layer: Layer, kind: str, sample: int
) -> tuple[np.ndarray | None, tuple[np.ndarray, np.ndarray] | None]:
    """A kind of a sample, float32, and the same of A and of B where it is how they differ."""
    shown = _one(pass_, layer, kind, sample)
    if shown is None or not isinstance(pass_, PassDifference):
        return shown, None
    a, b = (_one(each, layer, kind, sample) for each in (pass_.a, pass_.b))
    return shown, None if a is None or b is None else (a, b)


def _one(pass_: Pass, layer: Layer, kind: str, sample: int) -> np.ndarray | None:
    arrays = pass_.layers.get(layer.name)
    rows = None if arrays is None or sample < 0 else arrays.rows(kind, sample, sample + 1)
    return None if rows is None or not rows.size else rows[0].astype(np.float32)
