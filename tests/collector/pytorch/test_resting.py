"""Steps that nobody looks at, as a budget asks for it: they are counted, what is logged of them is kept, and all else
is told as left out."""

import re
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

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


def trained(path: Path | None, n_steps: int, **options: Any) -> tuple[list[float], nn.Module]:
    """Losses of the steps, and the model at the end; without a path nothing is recorded."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 5), nn.Dropout(0.5), nn.Linear(5, 3))
    optimizer = torch.optim.Adam(model.parameters())
    losses = []
    collector = None if path is None else Collector(model, optimizer, path, **options)
    for _ in range(n_steps):
        loss = nn.functional.cross_entropy(model(torch.randn(4, 6)), torch.randint(0, 3, (4,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if collector is not None:
            collector.log(loss=loss)
    if collector is not None:
        collector.close()
    return losses, model


OPTIONS: dict[str, Any] = {"interval": INTERVAL, "insight": InsightOptions(interval=EACH)}


def left_out(collection: Collection) -> dict[str, tuple[int, int]]:
    """What was left out → how often it was taken, and was due."""
    told = next(each.text for each in collection.notes if each.text.startswith("To stay within"))
    found = re.findall(r"([\d,]+) of ([\d,]+) (passes|measurements of gradients|steps had the metrics)", told)
    return {what: (int(taken.replace(",", "")), int(due.replace(",", ""))) for taken, due, what in found}


@pytest.mark.usefixtures("dear")
def test_that_a_training_of_which_most_steps_rest_is_what_it_is_without(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    losses, model = trained(path, N_STEPS, budget=0.01, **OPTIONS)
    plain_losses, plain = trained(None, N_STEPS)
    assert losses == plain_losses
    assert all(map(torch.equal, model.parameters(), plain.parameters()))
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
    trained(path, N_STEPS, budget=0.01, metrics=[Loudest()], **OPTIONS)
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
    trained(path, N_STEPS, **OPTIONS)
    with open_collection(path) as collection:
        assert collection.series.recorded("learning_rate")[0].tolist() == list(range(N_STEPS))


def test_what_belongs_to_each_step_is_left_out_too_where_the_budget_does_not_allow_it(tmp_path: Path) -> None:
    losses, model = trained(tmp_path / "run.json", 400, budget=1e-6)
    with open_collection(tmp_path / "run.json") as collection:
        of_batches = np.isfinite(collection.series["batch_crc32/total"])
        assert of_batches[:64].all()  # as long as it is not known what it costs
        assert of_batches[64:].sum() < 336 / 4
        assert collection.series["loss"].tolist() == pytest.approx(losses)
        assert any(note.text.startswith("From step 64 on, as the budget allows") for note in collection.notes)
    alone, other = trained(None, 400)
    assert losses == alone
    for mine, its in zip(model.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, its)


def test_steps_of_several_optimizers_are_all_looked_at(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(6, 5), nn.Linear(5, 3))
    optimizers = [torch.optim.SGD(each.parameters(), 0.1) for each in model]
    with Collector(model, optimizers, tmp_path / "run.json", budget=1e-6):
        for _ in range(150):
            nn.functional.cross_entropy(model(torch.randn(4, 6)), torch.randint(0, 3, (4,))).backward()
            for each in optimizers:
                each.step()
                each.zero_grad()
    with open_collection(tmp_path / "run.json") as collection:
        assert np.isfinite(collection.series["batch_crc32/total"]).all()
