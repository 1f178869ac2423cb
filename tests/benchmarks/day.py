"""What a day of training leaves at the defaults, by model: ``python -m tests.benchmarks.day``.

Writes ``resources/day.md``. Nothing is timed: what a record takes is measured on a short run, and multiplied.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.storage.lines import entry_of, whole_lines
from collector.storage.source import open_file
from collector.storage.thinning import NEWEST, kept_numbers
from models.build import build

PAGE = Path(__file__).parents[2] / "resources" / "day.md"
N_STEPS, SIGN_INTERVAL, INTERVAL = 61, 30, 50
STEP_SECONDS = (0.1, 1.0)
DAY = 86_400


class Language(nn.Module):
    """A transformer over characters, as small ones are."""

    def __init__(self, width: int, n_blocks: int, words: int = 1000, length: int = 64) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(length, width)
        block = nn.TransformerEncoderLayer(width, 4, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, n_blocks, enable_nested_tensor=False)
        self.head = nn.Linear(width, words)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of the word behind the last, ``[N, words]``."""
        given = self.words(x) + self.places(torch.arange(x.shape[1]))
        logits: Tensor = self.head(self.blocks(given).mean(dim=1))
        return logits


def trained() -> dict[str, tuple[nn.Module, Tensor, int]]:
    """Name → model, a batch, classes."""
    torch.manual_seed(0)
    pictures, words = torch.rand(32, 1, 28, 28), torch.randint(0, 1000, (8, 64))
    return {
        "MLP": (build("mlp", (1, 28, 28), 10), pictures, 10),
        "CNN": (build("cnn", (1, 28, 28), 10), pictures, 10),
        "CNN, large": (build("cnn_large", (1, 28, 28), 10), pictures, 10),
        "transformer, 4 blocks": (Language(128, 4), words[:4], 1000),
        "transformer, 8 blocks": (Language(256, 8), words[:4], 1000),
    }


@dataclass
class Left:
    """What a model leaves, in bytes.

    Attributes:
        n: parameters.
        once: that do not grow with the training.
        of_pass, of_row, of_step: of a pass, of a row of gradient signs, of a step's scalars, which are in the file
            twice: where they were written, and in the summary.
    """

    n: int
    once: float
    of_pass: float
    of_row: float
    of_step: float

    def of_day(self, seconds: float, n_passes: int | None = None, n_rows: int | None = None) -> float:
        """Of a day of steps that take so long, with so many passes and rows instead of those of the defaults."""
        n_steps = round(DAY / seconds)
        passes = n_steps // INTERVAL + 1 if n_passes is None else n_passes
        rows = n_steps // SIGN_INTERVAL + 1 if n_rows is None else n_rows
        return self.once + passes * self.of_pass + rows * self.of_row + n_steps * self.of_step


def measured(model: nn.Module, batch: Tensor, n_classes: int, path: Path) -> Left:
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    labels = torch.randint(0, n_classes, (len(batch),))
    with Collector(model, optimizer, path, probe=(batch[:16], labels[:16])) as collector:
        for _ in range(N_STEPS):
            loss = nn.functional.cross_entropy(model(batch), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss, accuracy=0.5)
    with open_collection(path) as collection, open_file(path) as file:
        taken: Counter[str] = Counter()
        for line in whole_lines(file, 0, file.size):
            entry = entry_of(file, line)
            taken["tail" if line.is_tail else "header" if entry is None else entry[0]] += line.length + 1
        n_passes, n_rows = len(collection.passes), len(collection.signs)
    rows = taken["signs"] + taken["sign_bits"]
    growing = taken["steps"] + taken["tail"]
    once = sum(taken.values()) - taken["pass"] - rows - growing
    n = sum(each.numel() for each in model.parameters())
    return Left(n, once, taken["pass"] / n_passes, rows / max(n_rows, 1), growing / N_STEPS)


def size(n_bytes: float) -> str:
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= least:
            return f"{n_bytes / least:,.3g} {unit}"
    return f"{n_bytes:.0f} B"


def lines_of(name: str, left: Left) -> list[str]:
    days = [size(left.of_day(seconds)) for seconds in STEP_SECONDS]
    thinned = []
    for seconds in STEP_SECONDS:
        n_steps = round(DAY / seconds)
        kept = [len(kept_numbers(range(0, n_steps + 1, each))) for each in (INTERVAL, SIGN_INTERVAL)]
        thinned.append(size(left.of_day(seconds, *kept)))
    each = [size(left.of_pass), size(left.of_row), size(left.of_step), size(left.once)]
    return [name, f"{left.n:,}", *each, *days, *thinned]


HEADS = ["model", "parameters", "a pass", "a row of signs", "a step's scalars", "once", "a day, 0.1 s a step",
         "a day, 1 s a step", "thinned, 0.1 s", "thinned, 1 s"]  # fmt: skip


def page() -> str:
    with tempfile.TemporaryDirectory() as folder:
        rows = [
            lines_of(name, measured(*of, Path(folder, f"{number}.json")))
            for number, (name, of) in enumerate(trained().items())
        ]
    table = "\n".join(f"| {' | '.join(each)} |" for each in [HEADS, ["---"] * len(HEADS), *rows])
    n_passes = [round(DAY / seconds) // INTERVAL + 1 for seconds in STEP_SECONDS]
    kept = [len(kept_numbers(range(0, round(DAY / seconds) + 1, INTERVAL))) for seconds in STEP_SECONDS]
    return f"""# What a day of training leaves

Made by `python -m tests.benchmarks.day`. What each record takes was measured on {N_STEPS} steps of a script of one's
own at the defaults (a pass each {INTERVAL} steps, gradients followed at two of ten, a row of gradient signs each
{SIGN_INTERVAL}, 16 probe samples), and multiplied: a day of steps of 0.1 s has {n_passes[0]:,} passes, of 1 s
{n_passes[1]:,}. Validation epochs, comparisons of layers and samples to be projected come on top where they are asked
for.

{table}

A pass is bounded by the unit plan, not by the model: 24 units of a layer at most. What grows with the model is the
number of layers.

## What thins it

- `interval=500` in place of 50: a tenth of the passes, all along the run.
- `python main.py thin run.json` writes a copy, `run-thin.json`, in which passes come further apart as they age: the
  newest {NEWEST} stay, of those up to twice as old every second, and so on, of passes and of rows of gradient signs
  alike. Of {n_passes[0]:,} passes {kept[0]} stay, of {n_passes[1]:,} {kept[1]}: the number grows with the logarithm of
  the run. Passes taken off the usual distance stay, and so do all scalars. The copy has a note that says how many were
  left out; the original stays as it is until you remove it.

A run is thinned when it has ended, and not while it records. How old a pass is, is known only then, and what broke a
run is mostly in its newest passes; a file that only grows could let passes come further apart only from the old to the
new, which would leave the least of the end.
"""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Written: {PAGE}")
