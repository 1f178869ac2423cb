"""How good the estimates of a sampled model are: ``python -m tests.estimates`` prints the table, in some minutes.

Of a real step of two real trainings every total is measured on all values, and on 200 samples drawn by 200 seeds. Each
row: the truth, the mean of the draws, its distance from the truth in its own standard errors, the spread of the draws
beside the mean of the standard errors that were told, and how often the truth was within 1.96 of those.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from collector.capture.insight_rows import InsightRows
from collector.capture.layer_sums import LayerSums
from collector.metrics.flat_layout import FlatLayout
from collector.metrics.norms import Sizes
from collector.metrics.step_measure import StepMeasure
from collector.metrics.step_results import joined

THRESHOLDS = (1e-7, 1e-5)
Arrays = list[np.ndarray]


@dataclass(frozen=True)
class Course:
    """Two steps of a training: gradients and moments of each, and the weights before, between and after."""

    layers: list[str]
    gradients: tuple[Arrays, Arrays]
    moments: Arrays
    weights: tuple[Arrays, Arrays, Arrays]


@dataclass(frozen=True)
class Line:
    """What the draws say of one number."""

    name: str
    truth: float
    values: np.ndarray
    errors: np.ndarray

    @property
    def bias(self) -> float:
        """Mean of the draws minus truth, in standard errors of that mean."""
        return float((self.values.mean() - self.truth) / (self.values.std(ddof=1) / len(self.values) ** 0.5))

    @property
    def coverage(self) -> float:
        """The share of draws whose interval of 1.96 standard errors holds the truth."""
        return float(np.mean(np.abs(self.values - self.truth) <= 1.96 * self.errors))

    def __str__(self) -> str:
        told, found = np.sqrt(np.square(self.errors).mean()), self.values.std(ddof=1)
        numbers = f"{self.truth:12.6g} {self.values.mean():12.6g} {self.bias:+6.2f} {found:10.3g} {told:10.3g}"
        return f"{self.name:36} {numbers} {self.coverage:7.1%}"


class Embedded(nn.Module):
    """An embedding of 50,000 words in 64 numbers, and 12 small blocks."""

    def __init__(self, n_words: int = 50_000) -> None:
        super().__init__()
        self.words = nn.Embedding(n_words, 64)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(64), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64)) for _ in range(12)
        )
        self.head = nn.Linear(64, 10)

    def forward(self, words: Tensor) -> Tensor:
        x = self.words(words)
        for block in self.blocks:
            x = x + block(x)
        return self.head(x.mean(1))


def resnet18() -> nn.Module:
    """As torchvision makes it."""
    from data.torchvision_import import import_torchvision

    import_torchvision()
    from torchvision.models import resnet18 as make

    return make(weights=None, num_classes=10)


def words(n_words: int = 50_000) -> Callable[[torch.Generator], Tensor]:
    """Batches of 32 sentences of 32 words."""
    return lambda chance: torch.randint(0, n_words, (32, 32), generator=chance)


def pictures(chance: torch.Generator) -> Tensor:
    return torch.rand(32, 3, 32, 32, generator=chance)


MODELS: dict[str, tuple[Callable[[], nn.Module], Callable[[torch.Generator], Tensor]]] = {
    "embedding 50,000 x 64 and 12 blocks": (Embedded, words()),
    "resnet18": (resnet18, pictures),
}


def course_of(make: Callable[[], nn.Module], batch: Callable[[torch.Generator], Tensor], n_steps: int = 12) -> Course:
    """The last two of so many steps of a real training."""
    torch.manual_seed(0)
    chance = torch.Generator().manual_seed(1)
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    named = dict(model.named_parameters())

    def copied(tensors: Sequence[Tensor]) -> Arrays:
        return [each.detach().numpy().reshape(-1).copy() for each in tensors]

    gradients, moments, weights = [], [], []
    for step in range(n_steps):
        loss = nn.functional.cross_entropy(model(batch(chance)), torch.randint(0, 10, (32,), generator=chance))
        optimizer.zero_grad()
        loss.backward()
        if step >= n_steps - 2:
            gradients.append(copied([each.grad for each in named.values()]))  # type: ignore[misc]
            moments.append(copied([optimizer.state[each]["exp_avg"] for each in named.values()]))
            weights.append(copied(list(named.values())))
        optimizer.step()
    weights.append(copied(list(named.values())))
    layers = [name.rpartition(".")[0] for name in named]
    return Course(layers, (gradients[0], gradients[1]), moments[1], (weights[0], weights[1], weights[2]))


def measured(course: Course, sample: int, seed: int = 0) -> dict[str, float]:
    """Column → its number at the second step."""
    sizes = [each.size for each in course.gradients[0]]
    layout = FlatLayout(sizes, sample, seed)
    layers = LayerSums([(layer,) for layer in course.layers])
    rows = InsightRows(layers, layout, THRESHOLDS, averages=False)
    measure = StepMeasure(layout, THRESHOLDS, averages=False)
    nothing = Sizes(np.zeros(len(sizes)), np.zeros(len(sizes), np.int64))
    exact = (nothing, nothing) if layout.is_sampled else None
    measure.before_update(course.gradients[0], course.weights[0], None, exact, follows=False)
    measure.after_update(course.weights[1], nothing if exact else None)
    measure.before_update(course.gradients[1], None, course.moments, exact, follows=True)
    pending = measure.after_update(course.weights[2], nothing if exact else None)
    measure.settle()
    assert pending is not None
    return dict(zip(rows.columns, rows.table(joined([pending]))[0].tolist(), strict=True))


def lines(course: Course, sample: int, n_draws: int) -> list[Line]:
    """Every number that has a standard error."""
    truth = measured(course, 0)
    draws = [measured(course, sample, seed) for seed in range(n_draws)]
    found = []
    for column in (each for each in draws[0] if "~se/" in each):
        name = column.replace("~se", "")
        values, errors = (np.array([draw[each] for draw in draws]) for each in (name, column))
        there = ~np.isnan(values)
        errors = np.where(np.isnan(errors), 0, errors)
        if there.any() and values[there].std() > 0:
            found.append(Line(name, truth[name], values[there], errors[there]))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--sample", type=int, default=2**15)
    parser.add_argument("--layers", action="store_true", help="also the layers' numbers")
    given = parser.parse_args()
    for model, (make, batch) in MODELS.items():
        print(f"\n{model}: {given.draws} samples of {given.sample:,}")
        print(f"{'':36} {'truth':>12} {'mean':>12} {'bias':>6} {'spread':>10} {'told':>10} {'covered':>7}")
        for line in lines(course_of(make, batch), given.sample, given.draws):
            if given.layers or line.name.endswith("/total"):
                print(line)


if __name__ == "__main__":
    main()
