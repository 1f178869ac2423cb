"""Reads what two networks make of one sample, changed in many ways.

`A` augmentations, `L` layers.
"""

import numpy as np

from app.replay.comparing import Comparing
from app.views.correlations.analysis.flips import Flips
from collector.storage import Collection
from collector.storage.errors import CollectionError


def flips_of(comparing: Comparing, number: int) -> Flips:
    """What differs between A's measurement of this number and that of B next to it. Slow: for a background job."""
    files = comparing.a.collection, comparing.b.collection
    nothing = np.zeros((2, 0), np.int64), np.zeros((0, 0))
    headers = [each.augmentations for each in files]
    a, b = headers
    if a is None or b is None or a.kinds != b.kinds or not np.array_equal(a.pictures, b.pictures):
        return Flips(comparing.names, *nothing, "the other run has not the same changed samples.")
    beside = numbers_beside(comparing, number)
    if beside is None:
        return Flips(comparing.names, *nothing, "the other run has no measurement next to this one.")
    try:
        found = [_classes(*each) for each in zip(files, beside, strict=True)]
        measured = files[1].augmentation_records[beside[1]].stability
    except CollectionError as error:
        return Flips(comparing.names, *nothing, str(error))
    if found[0] is None or found[1] is None:
        return Flips(comparing.names, *nothing, "the outputs of the network were not kept.")
    partner = {name: name for name in a.layers} | dict(comparing.pair.partner)
    columns = {name: place for place, name in enumerate(b.layers)}
    stability = np.full((len(a.layers), len(a)), np.nan)
    for place, name in enumerate(a.layers):
        if partner[name] in columns:
            stability[place] = measured[columns[partner[name]]]
    return Flips(comparing.names, np.stack([found[0], found[1]]), stability)


def numbers_beside(comparing: Comparing, number: int) -> tuple[int, int] | None:
    """Numbers of the measurements of A and B, where that of the front has this number."""
    steps_a, steps_b = (each.collection.augmentation_records.steps for each in (comparing.a, comparing.b))
    if comparing.held is not None:
        held = np.searchsorted(steps_a, comparing.a.collection.passes.steps[comparing.held], side="right") - 1
        return (int(held), number) if held >= 0 else None
    aligned = comparing.pair.alignment.of(steps_a[number : number + 1], steps_b)
    return (number, int(np.searchsorted(steps_b, aligned.b[0]))) if len(aligned.b) else None


def _classes(collection: Collection, number: int) -> np.ndarray | None:
    """What the network takes each augmentation for, int ``[A]``; None where its outputs were not kept whole."""
    header = collection.augmentations
    assert header is not None
    last = list(header.layers.values())[-1]
    values = collection.augmentation_records[number].features(last.name)
    if values is None or len(last.kept) < last.features or values.shape[1] < 2:
        return None
    classes: np.ndarray = values.argmax(axis=1)
    return classes
