"""Where a run of another seed leaves what repeats of A differ by."""

from collections.abc import Sequence

import msgspec
import numpy as np

from collector.comparing.comparison import FirstDifference, Phase, Verdict
from collector.comparing.noise import Noise
from collector.comparing.pair import Pair

ROWS = 3
"""So many recorded steps in a row: of single ones 5 in 100 lie outside by chance."""

_MEASURES: dict[str, tuple[Phase, str]] = {
    "learning_rate": ("options", "learning rate"),
    "activation_std": ("forward", "spread of the output"),
    "loss": ("forward", "loss"),
    "gradient_norm": ("backward", "gradient norm"),
    "update_norm": ("update", "update norm"),
    "weight_norm": ("update", "weight norm"),
}
"""Those that are judged, in the order of a step."""


def first_outside(pair: Pair, noise: Noise, parted: FirstDifference) -> FirstDifference:
    """The first measure that lies outside of the band for some steps in a row; where none does, it is noise.

    Args:
        parted: where the two part bit by bit, which with other seeds they do from the start.
    """
    found: list[tuple[int, int, str, str]] = []
    for place, metric in enumerate(_MEASURES):
        for layer in ("", *pair.partner):
            name = f"{metric}/{layer}" if layer else metric
            column, band = pair.column(name), noise.band(name)
            if column is None or band is None:
                continue
            rows = _first_row(band.outside(column.steps_a, column.b))
            if rows is not None:
                found.append((int(column.steps_a[rows]), place, metric, layer))
    of = noise.text.partition(";")[0]
    if not found:
        text = f"{parted.text}; nothing lies outside of {of} for {ROWS} steps in a row"
        return msgspec.structs.replace(parted, verdict="noise", text=text)
    step, _, metric, layer = min(found)
    phase, quantity = _MEASURES[metric]
    where = f" of {layer}" if layer else ""
    text = f"{parted.text}; first outside of {of}: {quantity}{where} from step {step:,} on"
    verdict: Verdict = "options" if phase == "options" else "computation"
    return FirstDifference(
        step=step, phase=phase, layer=layer, quantity=quantity, verdict=verdict, text=text, equal_at=parted.equal_at
    )


def _first_row(outside: Sequence[bool] | np.ndarray) -> int | None:
    """Where the first of so many in a row lies; None: there are not so many."""
    if len(outside) < ROWS:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(outside, bool), ROWS).all(axis=1)
    return int(np.argmax(windows)) if windows.any() else None
