"""Steps that nobody looks at, as a budget asks for it: they are counted, what is logged of them is kept, and all else
is told as left out."""

import re
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, InsightOptions, Metric, open_collection
from collector.capture import overhead
from collector.storage import Collection

N_STEPS, INTERVAL, EACH = 1000, 40, 10


class Loudest(Metric):
    """The largest gradient of all."""

    name = "loudest"
    title = "Largest gradient"
    unit = ""
    needs = frozenset({"gradients"})
    interval = 7

    def compute(self, state: object) -> dict[str, float]:
        return {"total": 1.0}


@pytest.fixture
def dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock by which recording takes as long as training: it goes on by one each time that it is read."""
    ticks = count()
    monkeypatch.setattr(overhead, "time", SimpleNamespace(perf_counter=lambda: float(next(ticks))))


def train(
    path: Path | None, budget: float | None, metrics: tuple[Metric, ...] = ()
) -> tuple[list[float], list[Tensor]]:
    """Losses of the steps, and the parameters at the end."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        inputs, labels = torch.randn(16, 6), torch.randint(3, (16,))
        model = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3))
        optimizer = torch.optim.Adam(model.parameters(), 0.01)
        collector = None
        if path is not None:
            insight = InsightOptions(interval=EACH)
            options = {"probe": (inputs, labels), "interval": INTERVAL, "insight": insight, "metrics": metrics}
            collector = Collector(model, optimizer, path, budget=budget, **options)
        losses = []
        for _ in range(N_STEPS):
            loss = nn.functional.cross_entropy(model(inputs), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            if collector is not None:
                collector.log(loss=loss)
        if collector is not None:
            collector.close()
    return losses, [each.detach().clone() for each in model.parameters()]


def left_out(collection: Collection) -> dict[str, tuple[int, int]]:
    """What was left out → how often it was taken, and was due."""
    told = next(each.text for each in collection.notes if each.text.startswith("To stay within"))
    found = re.findall(r"([\d,]+) of ([\d,]+) (passes|measurements of gradients|steps had the metrics)", told)
    return {what: (int(taken.replace(",", "")), int(due.replace(",", ""))) for taken, due, what in found}


@pytest.mark.usefixtures("dear")
def test_that_a_training_of_which_most_steps_rest_is_what_it_is_without(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    losses, parameters = train(path, 0.01)
    plain_losses, plain_parameters = train(None, None)
    assert losses == plain_losses
    assert all(map(torch.equal, parameters, plain_parameters))
    with open_collection(path) as collection:
        steps, values = collection.series.recorded("loss")
        assert steps.tolist() == list(range(N_STEPS))
        np.testing.assert_array_equal(values, losses)
        rates = collection.series.recorded("learning_rate")[0]
        assert rates[:64].tolist() == list(range(64))
        assert 2 <= len(rates[rates >= N_STEPS // 2]) < N_STEPS // 20, "few of the later steps are looked at"
        assert any("is looked at at some steps alone" in each.text for each in collection.notes)


@pytest.mark.usefixtures("dear")
def test_that_what_was_due_at_steps_that_rested_is_counted_as_left_out(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(path, 0.01, (Loudest(),))
    with open_collection(path) as collection:
        counts = left_out(collection)
        n_passes = sum(step < N_STEPS for step in collection.passes.steps)
        assert counts["passes"] == (n_passes, N_STEPS // INTERVAL)
        taken, due = counts["measurements of gradients"]
        assert taken < due <= 2 * N_STEPS // EACH
        taken, due = counts["steps had the metrics"]
        assert taken == len(collection.series.recorded("loudest/total")[0]) < due
        assert due == len(range(0, N_STEPS, Loudest.interval))


def test_that_nothing_rests_without_a_budget(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(path, None)
    with open_collection(path) as collection:
        assert collection.series.recorded("learning_rate")[0].tolist() == list(range(N_STEPS))
