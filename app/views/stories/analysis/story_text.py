"""What is said of a sample's story."""

from __future__ import annotations

import numpy as np

from app.analysis.axis import place_text
from app.analysis.figures import signed
from app.analysis.probabilities import percent
from app.views.stories.analysis.learning import NEVER
from app.views.stories.analysis.story_run import StoryRun
from app.views.stories.analysis.suspicion import loss_text

Line = tuple[str, str]
"""Words, and a field of `app.palette.Palette` for their colour."""

Row = tuple[str, str, str]
"""A name, a figure, and a field of `app.palette.Palette` for its colour."""


def run_text(run: StoryRun) -> str:
    """What the stories are of, as ``2,000 training samples, 11 measurements``."""
    of = f"{run.of} " if run.of else ""
    n = run.n_measurements
    told = f"{len(run):,} {of}sample{'s' * (len(run) != 1)} · {n:,} measurement{'s' * (n != 1)}"
    if run.is_from_projection:
        told += " · those of the projection: --story_samples 2000 also records probabilities, margins and losses"
    return told


def moment_text(run: StoryRun, number: int | None) -> str:
    """The measurement, as ``epoch 2, step 400``."""
    return "" if number is None else place_text(int(run.epochs[number]), int(run.steps[number]))


def sample_title(run: StoryRun, sample: int) -> str:
    """A sample by its place in the user's data, from 0; one of the probe is told by another number, from 1."""
    return f"sample #{int(run.numbers[sample]):,}"


def said_lines(run: StoryRun, sample: int, number: int | None) -> list[Line]:
    """A sample's label and what the network says of it at a measurement."""
    label, said = run.label_text(sample), run.prediction_text(sample, number)
    lines = [(f"label {label}", "text")] if label else []
    if said:
        lines.append((f"predicted {said}", _said_colour(run, sample, number)))
    elif run.losses is not None and number is not None and np.isfinite(run.losses[number, sample]):
        lines.append((f"loss {loss_text(float(run.losses[number, sample]))}", "text"))
    return lines


def hovered_lines(run: StoryRun, sample: int, number: int | None) -> list[Line]:
    """What a card beside the pointer says."""
    lines = [(sample_title(run, sample), "faint_text"), *said_lines(run, sample, number)]
    if number is not None:
        lines += [(f"{name} {value}", "faint_text") for name, value in figures_at(run, sample, number)]
        lines.append((moment_text(run, number), "faint_text"))
    return lines


def figures_at(run: StoryRun, sample: int, number: int) -> list[tuple[str, str]]:
    """What was measured of a sample, by name."""
    found = []
    for name, values, told in (
        ("confidence", run.confidences, percent),
        ("p(label)", run.label_probabilities, percent),
        ("margin", run.margins, lambda value: signed(value, 2)),
        ("loss", run.losses, loss_text),
    ):
        if values is not None and np.isfinite(values[number, sample]):
            found.append((name, told(float(values[number, sample]))))
    return found


def story_rows(run: StoryRun, sample: int, number: int | None) -> list[Row]:
    """What became of a sample."""
    label, said = run.label_text(sample), run.prediction_text(sample, number)
    told = [("label", label, "text")] if label else []
    if said:
        told.append(("predicted", said, _said_colour(run, sample, number)))
    rows = []
    if run.learnt is not None and run.forgotten is not None:
        learnt, times = int(run.learnt[sample]), int(run.forgotten[sample])
        rows.append(("learnt", "never" if learnt == NEVER else moment_text(run, learnt)))
        if learnt != NEVER:
            rows.append(("forgotten", f"{times:,}×" if times else "never"))
    if number is not None:
        rows += figures_at(run, sample, number)
    if (suspect := run.suspicion) is not None and np.isfinite(suspect.figures[sample]):
        place = int(run.suspicion_places[sample]) + 1
        rows.append((suspect.title, f"{suspect.figure_text(sample)} · rank {place:,} of {len(run):,}"))
    if run.depths is not None and number is not None and run.depths[number, sample] >= 0:
        rows.append(("depth", depth_text(run, int(run.depths[number, sample]))))
    return told + [(name, value, "text") for name, value in rows]


def _said_colour(run: StoryRun, sample: int, number: int | None) -> str:
    if run.right is None or number is None:
        return "text"
    return "right" if run.right[number, sample] else "wrong"


def depth_text(run: StoryRun, depth: int) -> str:
    """A prediction depth by the layer from which on all agree."""
    return run.layers[depth] if depth < len(run.layers) else "output only"


def selection_text(run: StoryRun, selected: np.ndarray, *, most: int = 3) -> str:
    """A selection by the counts of its labels, as ``214 selected: 180 of 4, 30 of 9, 4 of others``."""
    told = f"{len(selected):,} selected"
    if run.labels is None or not len(selected):
        return told
    classes, counts = np.unique(run.labels[selected], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    parts = [f"{counts[at]:,} of {run.name_of(int(classes[at]))}" for at in order[:most]]
    rest = int(counts[order[most:]].sum())
    return f"{told}: {', '.join([*parts, *([f'{rest:,} of others'] if rest else [])])}"
