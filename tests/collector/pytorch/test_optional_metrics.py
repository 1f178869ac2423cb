"""Metrics that are asked for: their numbers are those of slow versions, and the training does not notice them."""

import copy
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import (
    ActivationKurtosis,
    ActivationSpectra,
    ClippedGradients,
    Collector,
    CollectorWarning,
    DormantUnits,
    GradientNoiseScale,
    Metric,
    Sharpness,
    Spectra,
    open_collection,
)
from collector.capture.step_state import ACTIVATIONS, MOST_VALUES, StepState
from collector.metrics.dormant_units import dormant_fraction
from collector.metrics.kurtosis import kurtosis
from collector.pytorch.gradient_parts import NO_HALVES
from collector.storage import Collection

Collect = Callable[..., Collection]
Batches = Callable[..., list[tuple[Any, Tensor]]]


def a_model() -> nn.Sequential:
    torch.manual_seed(0)
    parts = [
        *(("conv", nn.Conv2d(1, 6, 3)), ("norm", nn.BatchNorm2d(6)), ("act", nn.ReLU(inplace=True))),
        *(("flat", nn.Flatten()), ("drop", nn.Dropout(0.3)), ("fc", nn.Linear(6 * 16, 60)), ("gelu", nn.GELU())),
        ("last", nn.Linear(60, 3)),
    ]
    return nn.Sequential(OrderedDict(parts))


def all_metrics(interval: int) -> list[Metric]:
    kinds: tuple[Any, ...] = (
        *(GradientNoiseScale, Sharpness, Spectra, ActivationSpectra, DormantUnits),
        *(ActivationKurtosis, ClippedGradients),
    )
    return [kind(interval=interval) for kind in kinds]


@pytest.mark.parametrize("n_parts", [1, 3])
@pytest.mark.parametrize("is_compiled", [False, True])
def test_that_a_training_is_bit_for_bit_the_same_with_all_of_them(
    path: Path, make_batches: Batches, n_parts: int, is_compiled: bool
) -> None:
    batches = make_batches(12, 1, 6, 6, size=16)
    ends = []
    for metrics in (None, all_metrics(2)):
        model = a_model()
        called = torch.compile(model, backend="aot_eager") if is_compiled else model
        optimizer = torch.optim.AdamW(model.parameters(), 0.01)
        collector = None
        if metrics is not None:
            loss_of = nn.functional.cross_entropy
            collector = Collector(called, optimizer, path, probe=batches[0], loss=loss_of, interval=3, metrics=metrics)
        losses = []
        for step in range(0, 12, n_parts):
            optimizer.zero_grad()
            for inputs, labels in batches[step : step + n_parts]:
                loss = nn.functional.cross_entropy(called(inputs), labels)
                loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            losses.append(loss.item())
        if collector is not None:
            collector.close()
        ends.append((losses, copy.deepcopy(model.state_dict()), torch.get_rng_state(), model.training))

    (plain, weights, chance, mode), (other, other_weights, other_chance, other_mode) = ends
    assert plain == other
    assert all(torch.equal(weights[name], other_weights[name]) for name in weights)
    assert torch.equal(chance, other_chance)
    assert mode == other_mode
    with open_collection(path) as collection:
        found = {name.partition("/")[0] for name in collection.series}
        by_halves_alone = {"gradient_noise_scale", "gradient_snr"}
        assert set(collection.metrics) - (by_halves_alone if is_compiled or n_parts == 1 else set()) <= found
        told = [note.text for note in collection.notes]
        assert told == ([NO_HALVES] if is_compiled and n_parts == 1 else [])


def test_that_curvatures_are_those_of_the_hessian(path: Path, make_batches: Batches) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)).double()
    inputs, labels = make_batches(1, 4, size=12)[0]
    inputs = inputs.double()
    optimizer = torch.optim.SGD(model.parameters(), 0.5)
    before = [each.detach().clone() for each in model.parameters()]
    metric = Sharpness(directions=3, radius=1e-3, interval=1, seed=5)
    loss_of = nn.functional.cross_entropy
    with Collector(model, optimizer, path, probe=(inputs, labels), loss=loss_of, insight=None, metrics=[metric]):
        loss_of(model(inputs), labels).backward()
        optimizer.step()

    names = [name for name, _ in model.named_parameters()]
    flat = torch.cat([each.detach().ravel() for each in model.parameters()])

    def loss(values: Tensor) -> Tensor:
        parts = values.split([each.numel() for each in before])
        own = {name: part.view_as(like) for name, part, like in zip(names, parts, before, strict=True)}
        return loss_of(torch.func.functional_call(model, own, inputs), labels)

    hessian = torch.autograd.functional.hessian(loss, flat).numpy()
    update = (flat - torch.cat([each.ravel() for each in before])).numpy()
    update /= np.linalg.norm(update)
    chance, random = np.random.default_rng(5), []
    for _ in range(3):
        bytes_of = [chance.bytes((each.numel() + 7) // 8) for each in before]
        bits = [
            np.unpackbits(np.frombuffer(own, np.uint8))[: like.numel()]
            for own, like in zip(bytes_of, before, strict=True)
        ]
        signs = np.concatenate(bits).astype(float) * 2 - 1
        random.append(signs @ hessian @ signs / len(signs))
    with open_collection(path) as collection:
        assert collection.series["update_curvature/total"][0] == pytest.approx(update @ hessian @ update, rel=1e-3)
        assert collection.series["random_curvature/total"][0] == pytest.approx(np.mean(random), rel=1e-3)
        assert update @ hessian @ update <= np.linalg.eigvalsh(hessian)[-1]


def test_that_without_the_probes_loss_there_is_a_warning_and_no_sharpness(path: Path, make_batches: Batches) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with (
        pytest.warns(CollectorWarning, match="Metrics of the probe's loss have no numbers: .* as loss="),
        Collector(model, optimizer, path, probe=make_batches(1, 1, 6, 6)[0], metrics=[Sharpness(interval=1)]),
    ):
        model(torch.randn(4, 1, 6, 6)).sum().backward()
        optimizer.step()

    with open_collection(path) as collection:
        assert not [name for name in collection.series if "curvature" in name]


def test_that_weights_that_other_processes_share_are_not_moved(path: Path, make_batches: Batches) -> None:
    model = a_model().share_memory()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    options: dict[str, Any] = {"probe": make_batches(1, 1, 6, 6)[0], "loss": nn.functional.cross_entropy}
    with pytest.warns(CollectorWarning, match="its weights lie in memory that other processes share"):
        Collector(model, optimizer, path, metrics=[Sharpness(interval=1)], **options).close()


def test_that_a_tied_parameter_is_moved_once(path: Path) -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.head = nn.Embedding(5, 4), nn.Linear(4, 5, bias=False)
            self.head.weight = self.words.weight

        def forward(self, words: Tensor) -> Tensor:
            return self.head(self.words(words))

    model = Tied().double()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    words, labels = torch.arange(5), torch.arange(5).roll(1)
    loss_of = nn.functional.cross_entropy
    metric = Sharpness(directions=0, radius=1e-3, interval=1)
    with Collector(model, optimizer, path, probe=(words, labels), loss=loss_of, metrics=[metric]):
        before = model.head.weight.detach().clone()
        loss_of(model(words), labels).backward()
        optimizer.step()
    weight = model.head.weight.detach()
    direction = (weight - before) / (weight - before).norm()

    hessian = torch.autograd.functional.hessian(
        lambda w: loss_of(nn.functional.embedding(words, w) @ w.T, labels), weight
    )
    wanted = (hessian.reshape(20, 20) @ direction.ravel()) @ direction.ravel()
    with open_collection(path) as collection:
        assert collection.series["update_curvature/total"][0] == pytest.approx(float(wanted), rel=1e-3)


class KeptActivations(Metric):
    """Keeps what it is given."""

    name = "kept"
    needs = (ACTIVATIONS,)
    interval = 1

    def __init__(self) -> None:
        self.states: list[StepState] = []

    def compute(self, state: StepState) -> dict[str, float]:
        self.states.append(state)
        return {}


def test_that_activations_are_those_of_the_probe_in_evaluation_mode_a_row_for_each_position(
    collect: Collect, make_batches: Batches
) -> None:
    model, metric = a_model(), KeptActivations()
    batches = make_batches(2, 1, 6, 6)
    wanted: list[dict[str, Tensor]] = []

    def watch(step: int, when: str) -> None:
        if when == "before":
            twin, found = copy.deepcopy(model).eval(), dict[str, Tensor]()
            output = batches[0][0]
            for name, module in twin.named_children():
                output = module(output)
                found[name] = output.detach().clone()
            wanted.append({**found, "norm": twin.norm(twin.conv(batches[0][0])).detach()})

    collect(model, batches, watch=watch, metrics=[metric])

    for state, slow in zip(metric.states, wanted, strict=True):
        assert set(state.activations) == {"conv", "norm", "act", "fc", "gelu", "last"}
        assert state.kinds["act"] == "ReLU"
        for name, rows in state.activations.items():
            output = slow[name]
            by_unit = output.movedim(1, -1).reshape(-1, output.shape[1])
            assert np.array_equal(rows, by_unit.numpy()), name


def test_that_of_a_large_output_evenly_spread_positions_of_all_samples_are_given(collect: Collect) -> None:
    model, metric = (
        nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.Flatten(), nn.Linear(16 * 100 * 100, 3)),
        KeptActivations(),
    )
    inputs, labels = torch.randn(6, 1, 100, 100), torch.zeros(6, dtype=torch.long)

    collect(model, [(inputs, labels)], torch.optim.SGD(model.parameters(), 0.0), metrics=[metric], interval=100)

    rows = metric.states[0].activations["0"]
    output = model[0](inputs).detach()
    assert MOST_VALUES / 2 < rows.size <= MOST_VALUES
    assert np.array_equal(rows, output.movedim(1, -1)[:, ::2, ::2].reshape(-1, 16).numpy())


def test_that_numbers_of_activations_are_those_of_the_outputs(collect: Collect, make_batches: Batches) -> None:
    metrics = [DormantUnits(tau=0.3, interval=1), ActivationKurtosis(interval=1)]
    model, batches = a_model(), make_batches(1, 1, 6, 6)
    acted: list[Tensor] = []

    def watch(step: int, when: str) -> None:
        if when == "before":
            twin = copy.deepcopy(model).eval()
            acted.append(twin.act(twin.norm(twin.conv(batches[0][0]))).detach().clone())

    collection = collect(model, batches, watch=watch, metrics=metrics, interval=100)

    rows = acted[0].movedim(1, -1).reshape(-1, 6).numpy()
    assert collection.series["dormant_fraction/act"][0] == dormant_fraction(rows, 0.3)
    assert collection.series["activation_kurtosis/act"][0] == pytest.approx(kurtosis(rows))
    assert "dormant_fraction/conv" not in collection.series
    assert "dormant_fraction/gelu" in collection.series
    assert "0.3" in collection.metrics["dormant_fraction"].title


def test_that_spectra_are_those_of_the_weights_before_the_step(collect: Collect, make_batches: Batches) -> None:
    model = a_model()
    weights = {name: getattr(model, name).weight.detach().clone() for name in ("conv", "fc", "last")}

    collection = collect(model, make_batches(1, 1, 6, 6), metrics=[Spectra(interval=1)])

    for name, weight in weights.items():
        values = np.linalg.svd(weight.flatten(1).double().numpy(), compute_uv=False)
        assert collection.series[f"largest_singular_value/{name}"][0] == pytest.approx(values[0])
        stable = np.sum(values**2) / values[0] ** 2
        assert collection.series[f"stable_rank/{name}"][0] == pytest.approx(stable)
    assert {name for name in collection.series if name.startswith("power_law")} == {"power_law_exponent/fc"}
    assert "stable_rank/norm" not in collection.series


def test_that_norms_before_clipping_are_those_when_the_backward_pass_ended(path: Path, make_batches: Batches) -> None:
    model, before, after = a_model(), [], []
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    def norms() -> dict[str, float]:
        layers = ("conv", "norm", "fc", "last")
        return {
            name: float(torch.cat([p.grad.ravel() for p in getattr(model, name).parameters()]).norm())
            for name in layers
        }

    with Collector(model, optimizer, path, insight=None, metrics=[ClippedGradients(interval=1)]):
        for inputs, labels in make_batches(3, 1, 6, 6):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), labels).backward()
            before.append(norms())
            nn.utils.clip_grad_value_(model.parameters(), 0.01)
            after.append(norms())
            optimizer.step()

    with open_collection(path) as collection:
        for name in before[0]:
            one, other = (np.array([each[name] for each in norms]) for norms in (before, after))
            np.testing.assert_allclose(collection.series[f"norm_before_clipping/{name}"], one, rtol=1e-5)
            np.testing.assert_allclose(collection.series[f"kept_gradient_fraction/{name}"], other / one, rtol=1e-5)
        whole = [np.sqrt(sum(norm**2 for norm in each.values())) for each in before]
        np.testing.assert_allclose(collection.series["norm_before_clipping/total"], whole, rtol=1e-5)


def test_that_under_a_gradient_scaler_nothing_is_said_of_clipping(path: Path, make_batches: Batches) -> None:
    model = a_model()
    optimizer, scaler = torch.optim.SGD(model.parameters(), 0.1), torch.amp.GradScaler("cpu")
    with Collector(model, optimizer, path, insight=None, metrics=[ClippedGradients(interval=1)]):
        for inputs, labels in make_batches(3, 1, 6, 6):
            optimizer.zero_grad()
            scaler.scale(nn.functional.cross_entropy(model(inputs), labels)).backward()
            scaler.step(optimizer)
            scaler.update()

    with open_collection(path) as collection:
        assert not [name for name in collection.series if "clipping" in name]
