"""What is shown of the output for one sample, where it is no class: figures, shares, pictures or tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.figures import figure
from app.analysis.task_outputs import TaskOutputs, sigmoid, task_outputs
from app.views.sample.analysis.as_picture import MASK_COLOURS, as_picture, difference_picture
from app.views.sample.analysis.tokens import Tokens, tokens_of

if TYPE_CHECKING:
    from collector.storage.passes import Pass
    from collector.storage.probe import Probe
    from collector.storage.task import Task

MOST_FIGURES = 64
"""Of more numbers for a sample the first ones, which are as good as any."""

TITLES = {
    "": "Outputs",
    "labels": "Labels",
    "values": "Values",
    "reconstruction": "Recon\N{SOFT HYPHEN}struction",
    "segmentation": "Segmen\N{SOFT HYPHEN}tation",
    "tokens": "Tokens",
    "q_values": "Q-values",
    "policy": "Policy",
    "scores": "Score",
    "embedding": "Embedding",
}

_WORDS = {"q_values": "action", "policy": "action", "scores": "score", "values": "value"}
"""What one number is."""

_NO_TARGETS = "no targets: probe=(inputs, targets) shows them beside the values"


@dataclass(frozen=True)
class FigureRow:
    """One number that the network gives.

    Attributes:
        name: of it.
        value: what it gives.
        target: what it is to give; None where that is not known.
        beside: what another network gives; None where there is none.
    """

    name: str
    value: float
    target: float | None = None
    beside: float | None = None


@dataclass(frozen=True)
class ShareRow:
    """A label or an action: how likely it is, and whether it is right; None where that is not known."""

    name: str
    share: float
    is_true: bool | None = None


@dataclass(frozen=True, eq=False)
class CaptionedPicture:
    """Pixels float ``[H, W]`` or ``[H, W, 3]`` in 0…1, and what they are."""

    caption: str
    pixels: np.ndarray


@dataclass(frozen=True, eq=False)
class ShownOutput:
    """What a panel shows.

    Attributes:
        title: what it is, in a word or two.
        told_by: how the task is known, or why it is not.
        lines: what there is to say of the sample.
        figures, shares, pictures: those there are.
        tokens: of text; None elsewhere.
        more: of figures that are not shown, in words.
    """

    title: str
    told_by: str
    lines: tuple[str, ...] = ()
    figures: tuple[FigureRow, ...] = ()
    shares: tuple[ShareRow, ...] = ()
    pictures: tuple[CaptionedPicture, ...] = ()
    tokens: Tokens | None = None
    more: str = ""


def shown_output(
    pass_: Pass, probe: Probe | None, task: Task, sample: int, token_names: Mapping[int, str]
) -> ShownOutput | None:
    """What is shown of a sample; None of classes, which have a display of their own.

    Args:
        token_names: number of a token → its text.
    """
    if task.kind == "classes" or probe is None or sample >= len(probe):
        return None
    found = task_outputs(pass_, probe, task)
    title, told_by, given = TITLES.get(task.kind, "Outputs"), task.told_by, found.given
    tokens = tokens_of(pass_, probe, sample, token_names) if task.kind == "tokens" else None
    if tokens is not None:
        return ShownOutput(title, told_by, tokens.lines, tokens=tokens)
    if given is None or sample >= len(given):
        return ShownOutput(title, told_by, (_not_kept(pass_, sample),))
    return _of_numbers(task, title, found, sample, pass_, probe)


def _of_numbers(task: Task, title: str, found: TaskOutputs, sample: int, pass_: Pass, probe: Probe) -> ShownOutput:
    assert found.given is not None
    given, wanted = found.given[sample], None if found.wanted is None else found.wanted[sample]
    match task.kind:
        case "labels":
            return _of_labels(title, task.told_by, given, wanted, probe.class_names)
        case "policy" if not task.is_continuous:
            return _of_policy(title, task.told_by, given, probe.class_names)
        case _ if given.ndim > 1:
            return _of_pictures(task, title, found, sample, probe)
    return _of_figures(task, title, found, sample, pass_, probe)


def _not_kept(pass_: Pass, sample: int) -> str:
    kept = next((len(each) for each in (pass_.outputs, pass_.logits) if each is not None), 0)
    kept = kept or (0 if pass_.token_logits is None else len(pass_.token_logits.numbers))
    if kept and sample >= kept:
        return f"The file holds the outputs of the first {f'{kept:,} samples' if kept > 1 else 'sample'}."
    return "The output was not recorded."


def _names(names: Sequence[str], n: int, word: str) -> list[str]:
    return list(names) if len(names) == n else [word] if n == 1 else [f"{word} {number}" for number in range(n)]


def _of_labels(
    title: str, told_by: str, shares: np.ndarray, wanted: np.ndarray | None, names: Sequence[str]
) -> ShownOutput:
    rows = [
        ShareRow(name, float(share), None if wanted is None else bool(wanted[number] >= 0.5))
        for number, (name, share) in enumerate(zip(_names(names, len(shares), "label"), shares, strict=True))
    ]
    lines: tuple[str, ...] = ()
    if wanted is not None:
        right = int(((shares >= 0.5) == (wanted >= 0.5)).sum())
        lines = (f"{right} of {len(shares)} labels right",)
    return ShownOutput(title, told_by, lines, shares=tuple(rows[:MOST_FIGURES]), more=_more(len(rows), "labels"))


def _of_policy(title: str, told_by: str, logits: np.ndarray, names: Sequence[str]) -> ShownOutput:
    known = logits[np.isfinite(logits)]
    are_shares = len(known) == len(logits) and (known >= 0).all() and abs(known.sum() - 1) < 1e-3
    if len(logits) == 1:
        shares = logits if known.size and 0 <= known[0] <= 1 else sigmoid(logits)
    else:
        powers = np.exp(logits.astype(float) - np.max(logits))
        shares = logits if are_shares else powers / powers.sum()
    rows = [
        ShareRow(name, float(each)) for name, each in zip(_names(names, len(shares), "action"), shares, strict=True)
    ]
    entropy = float(-(shares * np.log(np.maximum(shares, 1e-30))).sum())
    lines = (f"entropy {figure(entropy, 3)} nats",) if np.isfinite(entropy) and len(shares) > 1 else ()
    return ShownOutput(title, told_by, lines, shares=tuple(rows[:MOST_FIGURES]), more=_more(len(rows), "actions"))


def _of_figures(task: Task, title: str, found: TaskOutputs, sample: int, pass_: Pass, probe: Probe) -> ShownOutput:
    assert found.given is not None
    values = found.given[sample].reshape(-1).astype(float)
    wanted = None if found.wanted is None else found.wanted[sample].reshape(-1)
    word = _WORDS.get(task.kind, "output")
    rows = tuple(
        FigureRow(name, float(value), None if wanted is None else float(wanted[number]))
        for number, (name, value) in enumerate(
            zip(_names(probe.class_names, len(values), word)[:MOST_FIGURES], values[:MOST_FIGURES], strict=False)
        )
    )
    lines = []
    if wanted is not None:
        residuals = values - wanted
        if len(values) == 1:
            lines.append(f"residual {_signed(residuals[0])}")
        else:
            lines.append(f"root mean square of the residuals {figure(float(np.sqrt((residuals**2).mean())), 3)}")
    elif task.kind == "values":
        lines.append(_NO_TARGETS)
    if task.kind == "embedding":
        lines.append(f"length {figure(float(np.linalg.norm(values)), 3)}, {len(values):,} numbers")
    if task.kind == "q_values" and len(values) and np.isfinite(values).all():
        lines.append(f"best: {rows[int(values.argmax())].name}" if values.argmax() < len(rows) else "")
    pictures = _generated(pass_, sample) if task.kind in ("scores", "") else ()
    return ShownOutput(
        title if len(values) > 1 or task.kind != "values" else "Value",
        task.told_by,
        tuple(filter(None, lines)),
        figures=rows,
        pictures=pictures,
        more=_more(len(values), "numbers"),
    )


def _generated(pass_: Pass, sample: int) -> tuple[CaptionedPicture, ...]:
    """What was kept beside the score."""
    outputs = pass_.outputs if pass_.logits is not None else None
    picture = None if outputs is None or sample >= len(outputs) else as_picture(outputs[sample])
    return () if picture is None else (CaptionedPicture("generated", picture),)


def _of_pictures(task: Task, title: str, found: TaskOutputs, sample: int, probe: Probe) -> ShownOutput:
    assert found.given is not None
    given = found.given[sample]
    wanted = None if found.wanted is None else found.wanted[sample]
    lines: list[str] = []
    if task.kind == "segmentation":
        shown = [CaptionedPicture("predicted", MASK_COLOURS[given.astype(int) % len(MASK_COLOURS)])]
        if wanted is not None:
            shown.insert(
                0, CaptionedPicture("mask", MASK_COLOURS[np.maximum(wanted, 0).astype(int) % len(MASK_COLOURS)])
            )
            right = given == wanted
            shown.append(CaptionedPicture("wrong pixels", np.where(right, 0.0, 1.0)))
            lines.append(f"{100 * right[wanted >= 0].mean():.1f} % of pixels right, {_overlap(given, wanted)}")
        return ShownOutput(title, task.told_by, tuple(lines), pictures=tuple(shown))
    title = "Picture" if task.kind == "values" else title
    is_input = task.kind == "reconstruction"
    like = probe.inputs[sample] if given.size == probe.inputs[sample].size else wanted
    mapped = as_picture(given, probe, like)
    if mapped is None:
        return ShownOutput(title, task.told_by, (f"shape {'×'.join(map(str, given.shape))}, no picture",))
    shown = [CaptionedPicture("output", mapped)]
    if wanted is not None:
        target = None if is_input else as_picture(wanted, probe, like)
        if target is not None:
            shown.insert(0, CaptionedPicture("target", target))
        apart = difference_picture(given, wanted)
        if apart is not None:
            what, largest = "output − input" if is_input else "output − target", float(np.abs(given - wanted).max())
            shown.append(CaptionedPicture(f"|{what}|, white: {figure(largest, 2)}", apart))
        lines.append(f"mean squared error {figure(float(((given - wanted) ** 2).mean()), 3)}")
    elif task.kind == "values":
        lines.append(_NO_TARGETS)
    return ShownOutput(title, task.told_by, tuple(lines), pictures=tuple(shown))


def _overlap(given: np.ndarray, wanted: np.ndarray) -> str:
    """Mean over the classes that are there of |A ∩ B| ÷ |A ∪ B| (Jaccard 1912)."""
    is_counted = wanted >= 0
    shares = []
    for number in np.union1d(given[is_counted], wanted[is_counted]):
        a, b = (given == number) & is_counted, wanted == number
        shares.append((a & b).sum() / max((a | b).sum(), 1))
    return f"mean intersection over union {figure(float(np.mean(shares)), 3)}" if shares else "no pixel counts"


def _signed(value: float) -> str:
    return ("+" if value > 0 else "") + figure(float(value), 3)


def _more(n: int, what: str) -> str:
    return f"and {n - MOST_FIGURES:,} more {what}" if n > MOST_FIGURES else ""
