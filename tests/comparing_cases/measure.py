"""Trains the pairs and asks which of them are named."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from collector import open_collection
from collector.comparing import Comparison, compare, pair_of
from collector.comparing.difference_map import difference_map
from collector.comparing.engine import noise_of
from tests.comparing_cases.cases import CASES, Planted, training
from tests.faults.training import Training, run


@dataclass(frozen=True)
class Answer:
    """What the comparison says of a case."""

    case: Planted
    comparison: Comparison

    @property
    def is_right(self) -> bool:
        """Whether step, phase, layer and verdict are those that were planted."""
        first, case = self.comparison.first_difference, self.case
        if first is None:
            return False
        named = (first.step, first.phase, first.layer, first.verdict)
        return named == (case.step, case.phase, case.layer, case.verdict)

    def __str__(self) -> str:
        first = self.comparison.first_difference
        told = "identical" if first is None else first.text
        return f"{'right' if self.is_right else 'WRONG'}  {self.case.name}: {told}"


def recorded(made: Training, path: Path, seed: int = 0, *, numbers: Tensor | None = None, **options: Any) -> Path:
    """Train and record it.

    Args:
        numbers: state of the random numbers that it goes on with; None: they are seeded.
        options: of the collector.
    """
    if numbers is not None:
        usual = made.before

        def before(step: int) -> None:
            if step == 0:
                torch.set_rng_state(numbers)
            usual(step)

        made.before = before
    run(made, path, seed, **options)
    return path


def compared(a: Path, b: Path) -> Comparison:
    """The two, by their steps."""
    with open_collection(a) as one, open_collection(b) as other:
        return compare(one, other)


def answers(folder: Path, cases: Iterable[Planted] = CASES) -> Iterator[Answer]:
    """Each case against the training without its change; trained into a folder."""
    torch.set_num_threads(1)
    plain: dict[str, Path] = {}
    for number, case in enumerate(cases):
        if case.base not in plain:
            plain[case.base] = recorded(training(case.base), folder / f"{case.base}.json")
        changed = training(case.base)
        case.plant(changed)
        yield Answer(case, compared(plain[case.base], recorded(changed, folder / f"case{number}.json")))


def identical(folder: Path, base: str = "mlp") -> Comparison:
    """The same training twice."""
    torch.set_num_threads(1)
    one, other = (recorded(training(base), folder / f"same{number}.json") for number in range(2))
    return compared(one, other)


def other_threads(folder: Path, base: str = "cnn") -> Comparison:
    """The same training with one thread and with two."""
    threads = torch.get_num_threads()
    try:
        paths = []
        for number in (1, 2):
            torch.set_num_threads(number)
            paths.append(recorded(training(base), folder / f"threads{number}.json"))
    finally:
        torch.set_num_threads(threads)
    return compared(*paths)


COLOURED = ("gradient_norm", "update_norm", "weight_norm", "activation_std")


def coloured(folder: Path, base: str = "mlp", n_runs: int = 4) -> list[float]:
    """Of each of some runs with other seeds the share of cells, layers × steps, outside of the band of three others."""
    torch.set_num_threads(1)
    paths = [recorded(training(base, seed), folder / f"{base} seed {seed}.json", seed) for seed in range(n_runs)]
    with ExitStack() as stack:
        runs = [stack.enter_context(open_collection(path)) for path in paths]
        shares = []
        for one in runs:
            a, *repeats = [each for each in runs if each is not one][:3]
            pair, noise = pair_of(a, one), noise_of(a, repeats)
            maps = [difference_map(pair, metric, noise) for metric in COLOURED]
            shares.append(sum(int(each.differs.sum()) for each in maps) / sum(each.differs.size for each in maps))
    return shares
