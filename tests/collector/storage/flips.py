"""Bits of three files flipped one by one: nothing that a reader gives may change without a word.

``python -m tests.collector.storage.flips`` flips 20,000 of them in files that real trainings left, and says how many
of the flips were told of, how many changed nothing, and which changed something in silence.
"""

import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from collector.storage import Collection, CollectionError, open_collection
from collector.storage.similarities import MEASURES
from collector.storage.snapshot import KINDS
from collector.storage.stories import QUANTITIES
from tests.collector.storage.small_parts import small_parts

SAME, TOLD, SILENT = "nothing changed", "told", "changed in silence"


def everything(path: Path) -> tuple[list[Any], list[str]]:
    """All that a reader gives, in comparable form, and the words on damage, of which an error is one."""
    words: list[str] = []
    given: list[Any] = []

    def ask(question: Callable[[], Any]) -> None:
        try:
            given.append(comparable(question()))
        except CollectionError as error:
            words.append(str(error))

    try:
        with open_collection(path) as collection:
            for question in _questions(collection):
                if words or collection.damaged:
                    break  # what is told need not be compared
                ask(question)
            words += collection.damaged
    except CollectionError as error:
        words.append(str(error))
    return given, words


def _questions(collection: Collection) -> Iterator[Callable[[], Any]]:
    names = (
        "finished run layers flow insight probe similarity augmentations projection stories.header epochs notes price "
        "resumes dumps n_steps"
    )
    for name in names.split():
        yield lambda name=name: attrgetter(name)(collection)
    yield lambda: [(name, *collection.series.recorded(name)) for name in collection.series]
    yield lambda: [collection.series[name] for name in collection.series]
    yield lambda: (collection.passes.steps, collection.signs.steps, collection.similarities.steps)
    yield lambda: (collection.augmentation_records.steps, collection.projections.steps)
    for number in range(len(collection.passes)):
        yield lambda number=number: _of_pass(collection.passes[number])
    for row in range(len(collection.signs)):
        yield lambda row=row: (collection.signs.overview(row), collection.signs.not_finite_overview(row))
        for start in range(0, collection.signs.n_columns, 40_000):
            yield lambda row=row, start=start: collection.signs.columns(row, start, start + 40_000)
    for measure in MEASURES:
        yield lambda measure=measure: collection.similarities.series(measure)
    for measured, header in (
        (collection.similarities, collection.similarity),
        (collection.augmentation_records, collection.augmentations),
        (collection.projections, collection.projection),
    ):
        for number in range(len(measured)):
            yield lambda measured=measured, number=number, header=header: _of_measurement(measured[number], header)
    yield lambda: collection.projection_samples
    yield lambda: collection.stories.samples
    for quantity in QUANTITIES:
        yield lambda quantity=quantity: (collection.stories.steps, collection.stories.scan(quantity))


def _of_pass(one: Any) -> Any:
    arrays = [[getattr(layer, kind) for kind in KINDS] for layer in one.layers.values()]
    head = one.number, one.step, one.epoch, one.seconds, one.logits, one.unit_states
    return head, list(one.layers), arrays, one.histograms


def _of_measurement(one: Any, header: Any) -> Any:
    plain = {name: value for name, value in vars(one).items() if not name.startswith("_")}
    return plain, [one.features(layer) for layer in header.layers], getattr(one, "logits", None)


def comparable(value: Any) -> Any:
    """The value as something that ``==`` compares whole, NaN with NaN too."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, msgspec.Struct):
        return comparable(msgspec.to_builtins(value, enc_hook=comparable))
    if is_dataclass(value) and not isinstance(value, type):
        return [comparable(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, dict):
        return [(comparable(name), comparable(each)) for name, each in value.items()]
    if isinstance(value, list | tuple):
        return [comparable(each) for each in value]
    return repr(value) if isinstance(value, float) else value


def flipped(path: Path, n_flips: int, seed: int) -> Iterator[tuple[int, int, str]]:
    """Byte, bit and what came of flipping it, for some bits of the file."""
    content = path.read_bytes()
    before, words = everything(path)
    assert not words
    chosen = random.Random(seed)
    spoiled = path.with_name(f"spoiled_{path.name}")
    spoiled.write_bytes(content)
    file = os.open(spoiled, os.O_WRONLY)
    for _ in range(n_flips):
        at, bit = chosen.randrange(len(content)), chosen.randrange(8)
        os.pwrite(file, bytes([content[at] ^ (1 << bit)]), at)
        after, told = everything(spoiled)
        os.pwrite(file, content[at : at + 1], at)
        yield at, bit, TOLD if told else SAME if after == before else SILENT
    os.close(file)
    spoiled.unlink()


def real_runs(folder: Path) -> list[Path]:
    """A small run with the defaults, one with all that can be recorded and its passes in parts, and that one before its
    end."""
    import torch
    from torch import nn

    from collector import AugmentedSample, Collector, InsightOptions

    def run(path: Path, **options: Any) -> Path:
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 20), nn.ReLU(), nn.Linear(20, 3)
        )
        optimizer = torch.optim.AdamW(model.parameters())
        images, labels = torch.randn(64, 1, 8, 8), torch.arange(64) % 3
        probe = images[:4], labels[:4]
        with Collector(model, optimizer, path, probe=probe, interval=10, **options) as collector:
            for step in range(40):
                loss = nn.functional.cross_entropy(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                collector.log(loss=loss)
                if step % 20 == 19:
                    collector.end_epoch(test_loss=float(loss.detach()))
        return path

    images, labels = torch.randn(32, 1, 8, 8), torch.arange(32) % 3
    changed = AugmentedSample(
        inputs=images[:5],
        pictures=np.zeros((5, 1, 8, 8), np.uint8),
        kinds=["none", *["blur"] * 4],
        strengths=np.zeros(5),
        largest={},
    )
    insight = InsightOptions(interval=1, sign_interval=10)
    more = {"similarity": (images, labels), "projection": (images, labels), "augmented": changed, "insight": insight}
    small = run(folder / "small.json")
    with small_parts():
        rich = run(folder / "rich.json", **more)
    content = rich.read_bytes()
    (folder / "unfinished.json").write_bytes(content[: content.index(b'],"summary":')])
    return [small, rich, folder / "unfinished.json"]


def main(n_flips: int) -> int:
    """The figures for real runs; the exit code."""
    with tempfile.TemporaryDirectory() as name:
        paths = real_runs(Path(name))
        n_silent = 0
        for seed, path in enumerate(paths):
            counts: Counter[str] = Counter()
            for at, bit, result in flipped(path, n_flips // len(paths) + (seed < n_flips % len(paths)), seed):
                counts[result] += 1
                if result == SILENT:
                    print(f"{path.name}: bit {bit} of byte {at:,} changed something in silence")
            print(f"{path.name}, {path.stat().st_size:,} bytes: {dict(counts)}", flush=True)
            n_silent += counts[SILENT]
    return int(n_silent > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
