"""The numbers of the stories, for other tools."""

from __future__ import annotations

import numpy as np

from app.views.stories.analysis.learning import NEVER
from app.views.stories.analysis.story_run import StoryRun

Cell = str | int | float | None
Numbers = tuple[tuple[str, ...], list[tuple[Cell, ...]]]


def story_table(run: StoryRun, number: int | None, selected: frozenset[int] | None) -> Numbers:
    """Headings and a row for each sample: what it is, what became of it, and what is said of it at a measurement."""
    columns: dict[str, list[Cell]] = {"sample": [int(each) for each in run.numbers]}
    columns["label"] = [run.label_text(sample) or None for sample in range(len(run))]
    if run.predictions is not None and number is not None:
        columns["prediction"] = [run.prediction_text(sample, number) or None for sample in range(len(run))]
    if run.learnt is not None and run.forgotten is not None:
        columns["learnt_step"] = [None if each == NEVER else int(run.steps[each]) for each in run.learnt.tolist()]
        columns["forgotten"] = run.forgotten.tolist()
    if (found := run.data_map) is not None:
        columns |= {"confidence": _cells(found.confidence), "variability": _cells(found.variability)}
        columns["correctness"] = _cells(found.correctness)
    if (suspect := run.suspicion) is not None:
        columns[suspect.name.lower()] = _cells(suspect.figures)
    for name, values in (("loss_now", run.losses), ("margin_now", run.margins)):
        if values is not None and number is not None:
            columns[name] = _cells(values[number])
    if run.depths is not None and number is not None:
        columns["depth"] = [None if each < 0 else each for each in run.depths[number].tolist()]
    columns["is_selected"] = [int(selected is not None and sample in selected) for sample in range(len(run))]
    return tuple(columns), list(zip(*columns.values(), strict=True))


def confusion_table(run: StoryRun, number: int) -> Numbers:
    """A row for each pair of classes that has samples now or had some at the measurement before."""
    if run.matrices is None:
        return (), []
    now = run.matrices[number]
    before = run.matrices[number - 1] if number else None
    rows: list[tuple[Cell, ...]] = []
    for row, column in np.argwhere((now > 0) | (now * 0 if before is None else before) > 0).tolist():
        names = [run.name_of(int(run.classes[each])) for each in (row, column)]
        change = None if before is None else int(now[row, column] - before[row, column])
        rows.append((*names, int(now[row, column]), change))
    return ("label", "prediction", "samples", "change"), rows


def _cells(values: np.ndarray) -> list[Cell]:
    return [float(value) if np.isfinite(value) else None for value in values]
