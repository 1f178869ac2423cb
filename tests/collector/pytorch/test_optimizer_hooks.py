"""What a step is where there is more than one optimizer, and where another one takes over."""

import gc
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.optim.optimizer import _global_optimizer_pre_hooks

from collector import Collector, CollectorWarning, InsightOptions, open_collection
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.storage import Collection

EACH = InsightOptions(interval=1)


class Gan(nn.Module):
    """Points in a plane: real ones lie on a circle."""

    def __init__(self) -> None:
        super().__init__()
        self.generator = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2))
        self.discriminator = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.1), nn.Linear(8, 1))

    def forward(self, noise: Tensor) -> Tensor:
        return self.discriminator(self.generator(noise))


class ByHand:
    """Keeps each optimizer's gradients at its own updates, and all weights when a step begins and ends."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self.before: list[dict[str, Tensor]] = []
        self.after: list[dict[str, Tensor]] = []
        self.gradients: list[dict[str, Tensor]] = []

    def _now(self) -> dict[str, Tensor]:
        return {name: each.detach().clone() for name, each in self._model.named_parameters()}

    def begin(self) -> None:
        self.before.append(self._now())
        self.gradients.append({})

    def update(self, part: str) -> None:
        own = self._model.get_submodule(part).named_parameters(prefix=part)
        self.gradients[-1] |= {name: each.grad.clone() for name, each in own if each.grad is not None}

    def end(self) -> None:
        self.after.append(self._now())


def learn(
    path: Path | None, *, n_steps: int = 12, d_updates: int = 1, d_each: int = 1, **options: Any
) -> tuple[list[float], ByHand]:
    """A GAN's training, collected where there is a path: losses, and what was kept by hand."""
    torch.manual_seed(0)
    gan = Gan()
    opt_d = torch.optim.Adam(gan.discriminator.parameters(), 0.01, betas=(0.5, 0.9))
    opt_g = torch.optim.Adam(gan.generator.parameters(), 0.003, betas=(0.5, 0.9))
    bce = nn.functional.binary_cross_entropy_with_logits
    kept, losses = ByHand(gan), []
    probe = (torch.randn(5, 3), None)
    collector = path and Collector(gan, [opt_d, opt_g], path, probe=probe, interval=3, **options)
    for step in range(n_steps):
        kept.begin()
        for number in range(d_updates if step % d_each == 0 else 0):
            if number:  # the step before is over, as the discriminator updates again
                kept.end()
                kept.begin()
            angles = torch.rand(16) * 6.28
            real = torch.stack((angles.cos(), angles.sin()), 1)
            fake = gan.generator(torch.randn(16, 3)).detach()
            loss_d = bce(gan.discriminator(real), torch.ones(16, 1)) + bce(gan.discriminator(fake), torch.zeros(16, 1))
            opt_d.zero_grad()
            loss_d.backward()
            kept.update("discriminator")
            opt_d.step()
            losses.append(loss_d.item())
            if collector:
                collector.log(loss_d=loss_d)
        loss_g = bce(gan(torch.randn(16, 3)), torch.ones(16, 1))
        opt_g.zero_grad()
        loss_g.backward()  # which adds to the discriminator's gradients what belongs to nobody's update
        kept.update("generator")
        opt_g.step()
        kept.end()
        losses.append(loss_g.item())
        if collector:
            collector.log(loss_g=loss_g)
    if collector:
        collector.close()
    return losses + [each.sum().item() for each in gan.parameters()], kept


def norm(arrays: Any) -> float:
    return float(np.sqrt(sum((each.double() ** 2).sum().item() for each in arrays)))


@pytest.mark.parametrize("setup", [{}, {"d_updates": 3}, {"d_each": 2}, {"insight": None}])
def test_that_each_part_of_a_gan_has_the_gradients_of_its_own_update_and_all_that_the_step_changed(
    path: Path, setup: dict[str, Any], recwarn: pytest.WarningsRecorder
) -> None:
    losses, kept = learn(path, **({"insight": EACH} | setup))
    setup.pop("insight", None)
    assert losses == learn(None, **setup)[0]

    with open_collection(path) as collection:
        assert collection.run.optimizer == "Adam, Adam"
        n_steps = len(kept.before)
        assert [one.step for one in collection.passes] == [*range(0, n_steps, 3), n_steps]
        for one in list(collection.passes)[:-1]:
            for layer, arrays in one.layers.items():
                at = one.step if arrays.updated_at is None else arrays.updated_at
                before, after, gradients = kept.before[at], kept.after[at], kept.gradients[at]
                for kind in collection.layers[layer].parameters:
                    name = f"{layer}.{kind}"
                    np.testing.assert_array_equal(getattr(arrays, kind), kept.before[one.step][name])
                    np.testing.assert_array_equal(getattr(arrays, f"{kind}_update"), after[name] - before[name])
                    gradient = getattr(arrays, f"{kind}_gradient")
                    if name in gradients:
                        np.testing.assert_array_equal(gradient, gradients[name])
                    else:
                        assert gradient is None
        for number, step in enumerate(collection.series.recorded("gradient_norm/total")[0].tolist()):
            values = collection.series.recorded("gradient_norm/total")[1]
            assert values[number] == pytest.approx(norm(kept.gradients[step].values()), rel=1e-5)
            changes = [after - kept.before[step][name] for name, after in kept.after[step].items()]
            assert collection.series.recorded("update_norm/total")[1][number] == pytest.approx(norm(changes), rel=1e-4)
        assert collection.series["learning_rate"][0] == pytest.approx(0.01)
        assert collection.series["learning_rate/optimizer1"][0] == pytest.approx(0.003)
        assert not [note.text for note in collection.notes if "comes and goes" not in note.text]
    assert not recwarn


def test_that_moments_are_those_before_each_optimizers_own_update(path: Path) -> None:
    learn(path, insight=EACH)
    _, kept = learn(None)

    gradients = [torch.cat([each.flatten() for each in step.values()]) for step in kept.gradients]
    moment = torch.zeros_like(gradients[0])
    with open_collection(path) as collection:
        angles = collection.series["moment_angle/total"]
        for step, gradient in enumerate(gradients):
            if step:
                cosine = torch.nn.functional.cosine_similarity(moment, gradient, 0).clamp(-1, 1)
                assert angles[step] == pytest.approx(np.degrees(np.arccos(cosine.item())), abs=0.1)
            moment = moment * 0.5 + gradient * 0.5


def a_model() -> nn.Sequential:
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 3))


def one_step(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    model(torch.ones(2, 4)).square().sum().backward()
    optimizer.step()


MORE = " It updates, as the other did not, 0.weight and 0.bias."
FEWER = " It no longer updates 0.weight and 0.bias."


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (lambda m: m.parameters(), lambda m: m.parameters(), ""),
        (lambda m: m[2].parameters(), lambda m: m.parameters(), MORE),
        (lambda m: m.parameters(), lambda m: m[2].parameters(), FEWER),
    ],
    ids=["the same parameters", "more", "fewer"],
)
def test_that_an_optimizer_that_takes_over_is_followed_from_its_first_step(
    path: Path, first: Any, second: Any, words: str
) -> None:
    model = a_model()
    optimizer = torch.optim.Adam(first(model), 0.01)
    with pytest.warns(CollectorWarning), Collector(model, optimizer, path, interval=1) as c:
        for _ in range(3):
            one_step(model, optimizer)
        optimizer = torch.optim.SGD(second(model), 0.5)
        before = {name: each.detach().clone() for name, each in model.named_parameters()}
        one_step(model, optimizer)
        gradient = model[2].weight.grad.clone()
        update = model[2].weight.detach() - before["2.weight"]
        one_step(model, optimizer)
        assert c.steps_taken == 5
        assert len(optimizer._optimizer_step_pre_hooks) == 1

    assert not optimizer._optimizer_step_pre_hooks
    assert not _global_optimizer_pre_hooks
    with open_collection(path) as collection:
        assert collection.series["learning_rate"].tolist() == pytest.approx([0.01] * 3 + [0.5] * 2)
        np.testing.assert_array_equal(collection.passes[3].layers["2"].weight_gradient, gradient)
        np.testing.assert_array_equal(collection.passes[3].layers["2"].weight_update, update)
        (note,) = [note for note in collection.notes if "place of" in note.text]
        assert len(collection.notes) == 1 + (words == MORE), "beside it only what the first did not update"
        text = "The optimizer SGD has taken the place of Adam, and is followed from here on."
        assert (note.step, note.text) == (3, text + words)


def test_that_a_layer_that_joins_with_a_new_optimizer_is_said_not_to_be_recorded(path: Path) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with pytest.warns(CollectorWarning), Collector(model, optimizer, path):
        one_step(model, optimizer)
        model[2] = nn.Linear(6, 5)
        one_step(model, torch.optim.SGD(model.parameters(), 0.1))
    with open_collection(path) as collection:
        assert [note.text for note in collection.notes] == [
            "The optimizer SGD has taken the place of SGD, and is followed from here on.",
            "Replaced in the model before step 1: 2, a Linear of weight [3, 6], by a Linear of weight [5, 6]. What "
            "went is recorded no more, and what came is not, as it is of another kind or shape.",
        ]


def test_that_an_optimizer_inside_an_optimizer_belongs_to_its_step(path: Path) -> None:
    class Outer(torch.optim.SGD):
        def __init__(self, parameters: Any) -> None:
            super().__init__(parameters, 0.1)
            self.base = torch.optim.Adam(self.param_groups, 0.1)

        def step(self, closure: Any = None) -> None:  # type: ignore[override]
            self.base.step()

    model = a_model()
    optimizer = Outer(list(model.parameters()))
    with Collector(model, optimizer, path) as collector:
        for _ in range(2):
            one_step(model, optimizer)
        assert collector.steps_taken == 2
    with open_collection(path) as collection:
        assert not collection.notes


def test_that_a_wrapper_around_an_optimizer_is_seen_through(path: Path) -> None:
    class Wrapper(torch.optim.Optimizer):
        """As libraries have them: without hooks of its own."""

        def __init__(self, optimizer: torch.optim.Optimizer) -> None:
            self.optimizer = optimizer

        def step(self, closure: Any = None) -> None:  # type: ignore[override]
            self.optimizer.step()

    model = a_model()
    inner = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, Wrapper(inner), path) as collector:
        one_step(model, inner)
        assert collector.steps_taken == 1


def test_that_a_further_optimizer_is_said_not_to_be_followed_and_how_it_would_be(path: Path) -> None:
    model = a_model()
    first, second = (torch.optim.SGD(model[number].parameters(), 0.1) for number in (0, 2))
    others = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
    told = pytest.warns(CollectorWarning, match=r"updates 2\.weight and 2\.bias.*\[first, second\]")
    with told as caught, Collector(model, first, path) as collector:
        for _ in range(30):
            one_step(model, first)
            second.step()
            others.step()
        assert collector.steps_taken == 30
    assert len(caught) == 1


def test_that_a_further_optimizer_is_followed_where_only_it_goes_on(path: Path) -> None:
    model = a_model()
    first, second = (torch.optim.SGD(model[number].parameters(), rate) for number, rate in ((0, 0.1), (2, 0.2)))
    with pytest.warns(CollectorWarning) as caught, Collector(model, first, path) as collector:
        one_step(model, first)
        for _ in range(25):
            one_step(model, second)
        assert collector.steps_taken == 1 + 6
    further, replaced = (str(each.message) for each in caught)
    assert further.startswith("A further optimizer, SGD, updates 2.weight")
    assert replaced.endswith(MORE.replace("0.", "2.") + FEWER)
    with open_collection(path) as collection:
        assert collection.series["learning_rate"].tolist() == pytest.approx([0.1] + [0.2] * 6)


def test_that_a_collector_that_is_given_up_keeps_neither_its_hook_nor_the_model(path: Path) -> None:
    model = a_model()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    collector = Collector(model, optimizer, path)
    assert len(_global_optimizer_pre_hooks) == 1
    gone = weakref.ref(model)
    del model, optimizer, collector
    gc.collect()

    assert gone() is None
    assert not _global_optimizer_pre_hooks


def test_that_with_one_optimizer_nothing_is_copied() -> None:
    model = a_model()
    stepping = OptimizerHooks(model, [torch.optim.SGD(model.parameters(), 0.1)])
    parameters = list(model.parameters())
    model(torch.ones(2, 4)).sum().backward()

    assert stepping.weights(parameters) is parameters
    assert all(given is each.grad for given, each in zip(stepping.gradients(parameters), parameters, strict=True))


def scaled_steps(
    path: Path | None, infinite_at: int, **options: Any
) -> tuple[list[Any], list[dict[str, Tensor]], Collection | None]:
    """Five steps under a scaler: losses and weights, and the true gradients of the steps that were made."""
    torch.manual_seed(0)
    model = a_model()
    optimizer = torch.optim.Adam(model.parameters(), 0.1, **options)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    collector = path and Collector(model, optimizer, path, probe=(torch.ones(2, 4), None), interval=1, insight=EACH)
    ends, gradients = [], []
    for number in range(5):
        with torch.autocast("cpu", torch.bfloat16):
            loss = model(torch.full((2, 4), 1.0 + number)).float().square().mean()
        if number == infinite_at:
            loss = loss * torch.inf
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        if number != infinite_at:
            gradients.append({name: each.grad / scaler.get_scale() for name, each in model[2].named_parameters()})
        scaler.step(optimizer)
        scaler.update()
        ends.append(loss.item())
        if collector and number != infinite_at:
            collector.log(loss=loss)
    if collector:
        collector.close()
    return ends + [each.tolist() for each in model.parameters()], gradients, path and open_collection(path)


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("infinite_at", [-1, 2])
def test_that_a_gradient_scaler_is_recorded_without_its_factor_and_what_it_skips_is_no_step(
    path: Path, fused: bool, infinite_at: int
) -> None:
    ends, gradients, collection = scaled_steps(path, infinite_at, fused=fused)
    assert ends == scaled_steps(None, infinite_at, fused=fused)[0]

    assert collection is not None
    with collection:
        n_steps = 5 if infinite_at < 0 else 4
        assert [one.step for one in collection.passes] == list(range(n_steps + 1))
        for one, gradient in zip(list(collection.passes)[:-1], gradients, strict=True):
            np.testing.assert_array_equal(one.layers["2"].weight_gradient, gradient["weight"])
            assert one.layers["2"].weight_update.any()
        norms = collection.series.recorded("gradient_norm/2")[1].tolist()
        assert norms == pytest.approx([norm(step.values()) for step in gradients], rel=1e-5)
        told = ["Before step 2 an iteration was skipped by a GradScaler: a gradient was not finite in 0 and 2."]
        assert len(collection.notes) == (infinite_at >= 0)
        assert all(note.text.startswith(told[0]) for note in collection.notes)


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        ([], "an empty list"),
        ("adam", "of type str; give a torch.optim.Optimizer"),
        ([torch.optim.SGD([torch.zeros(1)], 0.1)] * 2, "names one optimizer twice"),
    ],
)
def test_that_what_is_no_optimizer_is_refused_in_words(path: Path, optimizer: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Collector(a_model(), optimizer, path)
    assert not path.exists()


def test_that_several_models_are_told_how_to_be_one(path: Path) -> None:
    with pytest.raises(ValueError, match=r"several are one as torch\.nn\.ModuleDict"):
        Collector([a_model(), a_model()], torch.optim.SGD([torch.zeros(1)], 0.1), path)  # type: ignore[arg-type]
