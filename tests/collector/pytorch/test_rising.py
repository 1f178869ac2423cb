"""Every series rises strictly, whatever the intervals, budgets and resumptions."""

import tempfile
from pathlib import Path

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from collector import Collector, InsightOptions, open_collection
from tests.collector.rising import assert_rising


def _train(path: Path, n_steps: int, stops: list[int], epoch: int = 8, **options: object) -> None:
    """Steps of a small network, in parts: each goes on where the one before was stopped, or anew from its start."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)
    samples = torch.randn(6, 4), torch.tensor([0, 1, 0, 1, 0, 1])
    for begin, end in zip([0, *stops], [*stops, n_steps], strict=True):
        with Collector(
            model, optimizer, path, probe=samples, similarity=samples, resume=begin if begin else False, **options
        ) as collector:
            for step in range(begin, max(begin, end)):
                loss = nn.functional.cross_entropy(model(samples[0]), samples[1])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                collector.log(loss=loss)
                if step % 3 == 0:
                    collector.log(third=step)
                if (step + 1) % epoch == 0:
                    collector.end_epoch(accuracy=0.5)


@settings(max_examples=15, deadline=None)
@given(
    n_steps=st.integers(0, 40),
    stops=st.lists(st.integers(1, 40), max_size=2),
    interval=st.integers(1, 12),
    insight_interval=st.integers(0, 12),
    sign_interval=st.integers(0, 7),
    similarity_interval=st.sampled_from([0, 0, 5]),
    budget=st.sampled_from([None, None, 0.03, 0.9]),
)
def test_that_series_rise_whatever_the_intervals(
    n_steps: int,
    stops: list[int],
    interval: int,
    insight_interval: int,
    sign_interval: int,
    similarity_interval: int,
    budget: float | None,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.json"
        insight = InsightOptions(interval=insight_interval, sign_interval=sign_interval)
        options = {"interval": interval, "similarity_interval": similarity_interval, "budget": budget}
        _train(path, n_steps, sorted(stop for stop in stops if stop <= n_steps), insight=insight, **options)
        with open_collection(path) as collection:
            assert_rising(collection)
            assert collection.series.get("loss", torch.zeros(0)).shape == (n_steps,)


def test_that_passes_between_the_steps_that_are_followed_are_among_them_in_order(path: Path) -> None:
    _train(path, 130, [], epoch=1000, interval=25)
    with open_collection(path) as collection:
        steps = collection.series.recorded("gradient_norm/total")[0].tolist()
        assert steps == sorted({*range(0, 130, 10), *range(0, 130, 25)})
        assert_rising(collection)
