"""The faults, each in a training whose healthy twin is the same without it."""

from typing import Any

import numpy as np
import torch
from sklearn import datasets
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.bases import (
    BATCH,
    AddingGru,
    accuracy_of,
    batches,
    cnn,
    digits,
    he,
    loss_of,
    m1,
    m2,
    m3,
    m4,
    m5,
    m6,
    m8,
    m9,
    mlp,
)
from tests.faults.training import VALIDATE_EACH, Training, case

ONSET = 150


def one_softmax(seed: int, broken: bool) -> Training:
    """F01: one output unit with a softmax."""
    inputs, labels, held, held_labels = digits()
    targets, held_targets = ((each < 5).float()[:, None] for each in (labels, held_labels))
    torch.manual_seed(seed)
    model = he(mlp((64, 128, 64, 1)))
    model.add_module("out", nn.Softmax(dim=1) if broken else nn.Sigmoid())
    return m1(
        seed,
        model=model,
        batch=batches(inputs, targets, seed),
        loss=functional.binary_cross_entropy,
        score=lambda model: float(((model(held) > 0.5) == (held_targets > 0.5)).float().mean()),
        held_out=loss_of(held, held_targets, functional.binary_cross_entropy),
        probe=(held[:64], None),
    )


def relu_output(seed: int, broken: bool) -> Training:
    """F03: a ReLU on the logits."""
    torch.manual_seed(seed)
    model = he(mlp())
    if broken:
        model.add_module("out", nn.ReLU())
    return m1(seed, model=model)


def no_activation(seed: int, broken: bool) -> Training:
    """F05: no activation between the layers, on circles."""
    points, labels = datasets.make_circles(1500, noise=0.05, factor=0.5, random_state=0)
    inputs, classes = torch.from_numpy(points.astype(np.float32)) * 1.5, torch.from_numpy(labels.astype(np.int64))
    torch.manual_seed(seed)
    model = he(mlp((2, 32, 32, 2), nn.Identity if broken else nn.ReLU))
    return m1(
        seed,
        model=model,
        batch=batches(inputs[:1000], classes[:1000], seed),
        score=accuracy_of(inputs[1000:], classes[1000:]),
        held_out=loss_of(inputs[1000:], classes[1000:], functional.cross_entropy),
        probe=(inputs[1000:1064], classes[1000:1064]),
    )


def sigmoids(seed: int, broken: bool) -> Training:
    """F07: 20 sigmoid layers."""
    torch.manual_seed(seed)
    if not broken:
        return m3(seed)
    sizes = (*[64] * 21, 10)
    model = mlp(sizes, nn.Sigmoid)
    for each in model:
        if isinstance(each, nn.Linear):
            nn.init.xavier_normal_(each.weight)
    return m3(seed, model=model)


def exploding(seed: int, broken: bool) -> Training:
    """F08: recurrent weights three times as large, length 100, no clipping."""
    torch.manual_seed(seed)
    model = AddingGru()
    if broken:
        with torch.no_grad():
            model.gru.weight_hh_l0.mul_(30)
    return m5(seed, model=model, length=50, n_steps=250, clip=None if broken else 1.0)


def dead_from_start(seed: int, broken: bool) -> Training:
    """F09: a bias of -10 in one hidden layer."""
    torch.manual_seed(seed)
    model = he(mlp())
    if broken:
        nn.init.constant_(model.fc2.bias, -10.0)  # type: ignore[union-attr]
    return m1(seed, model=model)


def rate_too_high(seed: int, broken: bool) -> Training:
    """F11: Adam at a rate of 1."""
    return m1(seed, rate=1.0 if broken else 1e-3)


def rate_too_low(seed: int, broken: bool) -> Training:
    """F12: Adam at a rate of 1e-7."""
    return m1(seed, rate=1e-7 if broken else 1e-3)


def rate_jump(seed: int, broken: bool) -> Training:
    """F14: the rate times 100 at step 150."""
    training = m4(seed, n_steps=300)
    usual = training.before

    def before(step: int) -> None:
        usual(step)
        if broken and step >= ONSET:
            for group in training.optimizers[0].param_groups:
                group["lr"] = 0.1

    training.before = before
    return training


def not_zeroed(seed: int, broken: bool) -> Training:
    """F16: gradients are not set to zero from step 150 on."""

    def step(training: Training, number: int) -> dict[str, Any]:
        inputs, targets = training.batch(number)
        loss = training.loss(training.model(inputs), targets)
        if not broken or number < ONSET:
            training.optimizers[0].zero_grad()
        loss.backward()
        training.optimizers[0].step()
        return {"loss": loss}

    torch.manual_seed(seed)
    model = he(mlp())
    return m1(seed, model=model, optimizers=[torch.optim.SGD(model.parameters(), 0.05)], step=step)


def head_only(seed: int, broken: bool) -> Training:
    """F17: the optimizer has the head alone."""
    torch.manual_seed(seed)
    model = he(mlp())
    given = model.fc3.parameters() if broken else model.parameters()  # type: ignore[union-attr]
    return m1(seed, model=model, optimizers=[torch.optim.Adam(given, 1e-3)])


class _Hidden(nn.Module):
    """A layer in a plain list."""

    def __init__(self, is_list: bool) -> None:
        super().__init__()
        layers = [he(nn.Linear(64, 128)), he(nn.Linear(128, 64))]
        self.hidden = layers if is_list else nn.ModuleList(layers)
        self.head = nn.Linear(64, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        for each in self.hidden:
            inputs = functional.relu(each(inputs))
        return self.head(inputs)


def unregistered(seed: int, broken: bool) -> Training:
    """F21: hidden layers in a plain list."""
    torch.manual_seed(seed)
    model = _Hidden(broken)
    return m1(seed, model=model, optimizers=[torch.optim.Adam(model.parameters(), 1e-3)])


def all_alike(seed: int, broken: bool) -> Training:
    """F22: all weights 0.05."""
    torch.manual_seed(seed)
    model = he(mlp())
    if broken:
        for each in model.parameters():
            nn.init.constant_(each, 0.05)
    return m1(seed, model=model)


def init_too_small(seed: int, broken: bool) -> Training:
    """F24: weights of a standard deviation of 1e-3 in a deep network."""
    torch.manual_seed(seed)
    if not broken:
        return m3(seed)
    model = mlp((*[64] * 21, 10))
    for each in model.parameters():
        nn.init.normal_(each, std=1e-3)
    return m3(seed, model=model)


def not_normalised(seed: int, broken: bool) -> Training:
    """F25: bytes in place of normalised inputs, SGD."""
    inputs, labels, held, held_labels = digits()
    raw = (inputs - inputs.min()) * 40 if broken else inputs
    raw_held = (held - inputs.min()) * 40 if broken else held
    torch.manual_seed(seed)
    model = he(mlp())
    return m1(
        seed,
        model=model,
        optimizers=[torch.optim.SGD(model.parameters(), 0.05, momentum=0.9)],
        batch=batches(raw, labels, seed),
        score=accuracy_of(raw_held, held_labels),
        held_out=loss_of(raw_held, held_labels, functional.cross_entropy),
        probe=(raw_held[:64], held_labels[:64]),
    )


def targets_not_scaled(seed: int, broken: bool) -> Training:
    """F27: regression targets of 1e4 and more."""
    return m6(seed, scale=1e4 if broken else 1.0)


def labels_shuffled(seed: int, broken: bool) -> Training:
    """F28: labels permuted once."""
    inputs, labels, *_ = digits()
    if broken:
        labels = labels[torch.from_numpy(np.random.default_rng(seed).permutation(len(labels)))]
    return m1(seed, batch=batches(inputs, labels, seed))


def label_noise(seed: int, broken: bool) -> Training:
    """F30: 40 % of the labels are random."""
    inputs, labels, *_ = digits()
    if broken:
        numbers = np.random.default_rng(seed)
        which = torch.from_numpy(numbers.random(len(labels)) < 0.4)
        labels = torch.where(which, torch.from_numpy(numbers.integers(0, 10, len(labels))), labels)
    return m1(seed, batch=batches(inputs, labels, seed), n_steps=800)


def imbalance(seed: int, broken: bool) -> Training:
    """F32: nineteen of twenty samples of nine classes are left out."""
    inputs, labels, *_ = digits()
    if broken:
        numbers = np.random.default_rng(seed)
        kept = torch.from_numpy((labels.numpy() == 3) | (numbers.random(len(labels)) < 0.02))
        inputs, labels = inputs[kept], labels[kept]
    return m1(seed, batch=batches(inputs, labels, seed, 32), n_steps=100)


def destroyed(seed: int, broken: bool) -> Training:
    """F33: an augmentation that erases 70 % and adds noise."""
    inputs, labels, *_ = digits(as_pictures=True)
    usual = batches(inputs, labels, seed)

    def batch(step: int) -> tuple[Tensor, Tensor]:
        own, classes = usual(step)
        if broken:
            numbers = np.random.default_rng((seed, step))
            kept = torch.from_numpy((numbers.random(own.shape) < 0.1).astype(np.float32))
            own = own * kept + torch.from_numpy(numbers.normal(0, 2, own.shape).astype(np.float32))
        return own, classes

    return m2(seed, batch=batch)


def nan_batch(seed: int, broken: bool) -> Training:
    """F34: one sample of the batch at step 150 is NaN."""
    inputs, labels, *_ = digits()
    usual = batches(inputs, labels, seed)

    def batch(step: int) -> tuple[Tensor, Tensor]:
        own, classes = usual(step)
        if broken and step == ONSET + 3:
            own = own.clone()
            own[0, 0] = float("nan")
        return own, classes

    return m1(seed, batch=batch)


class _Overflow(nn.Module):
    """A layer whose outputs leave the range of float16 from some call on."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner, self.factor = inner, 1.0

    def forward(self, inputs: Tensor) -> Tensor:
        return (self.inner(inputs) * self.factor).half().float()


def overflow(seed: int, broken: bool) -> Training:
    """F36: the second layer computes in float16, and overflows at step 150."""
    torch.manual_seed(seed)
    model = he(mlp())
    layer = model.fc2 = _Overflow(model.fc2)  # type: ignore[arg-type]

    def before(step: int) -> None:
        layer.factor = 1e6 if broken and step >= ONSET else 1.0

    return m1(seed, model=model, before=before)


def squared_error(seed: int, broken: bool) -> Training:
    """F38: a squared error of a softmax, SGD."""
    torch.manual_seed(seed)
    model = he(mlp())
    if broken:
        model.add_module("out", nn.Softmax(dim=1))

    def loss(outputs: Tensor, labels: Tensor) -> Tensor:
        return functional.mse_loss(outputs, functional.one_hot(labels, 10).float())

    optimizers = [torch.optim.SGD(model.parameters(), 0.05)]
    return m1(seed, model=model, optimizers=optimizers, **({"loss": loss, "held_out": None} if broken else {}))


def summed(seed: int, broken: bool) -> Training:
    """F40: a sum in place of a mean, SGD."""
    torch.manual_seed(seed)
    model = he(mlp())

    def loss(outputs: Tensor, labels: Tensor) -> Tensor:
        return functional.cross_entropy(outputs, labels, reduction="sum" if broken else "mean")

    return m1(seed, model=model, optimizers=[torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)], loss=loss)


def dropout(seed: int, broken: bool) -> Training:
    """F44: dropout of 95 %."""
    torch.manual_seed(seed)
    parts = list(he(mlp()).named_children())
    model = nn.Sequential()
    for name, each in parts:
        model.add_module(name, each)
        if name.startswith("act"):
            model.add_module(f"drop{name[-1]}", nn.Dropout(0.97 if broken else 0.2))
    return m1(seed, model=model, n_steps=300)


def norm_in_eval(seed: int, broken: bool) -> Training:
    """F45: in evaluation mode while it is trained; weights that need the norm."""
    torch.manual_seed(seed)
    model = cnn()
    for each in (model.conv1, model.conv2):
        nn.init.normal_(each.weight, std=2.0)  # type: ignore[union-attr,arg-type]
    if broken:
        model.eval()
    return m2(seed, model=model, n_steps=150)


def eval_in_training_mode(seed: int, broken: bool) -> Training:
    """F47: validation in training mode, on other data than those of the training."""
    _, _, held, held_labels = digits(as_pictures=True)
    shifted = held * 1.5 + 0.5

    def held_out(model: nn.Module) -> float:
        for _ in range(3):
            loss = float(functional.cross_entropy(model(shifted), held_labels))
        return loss

    return m2(seed, held_out=held_out, validates_in_training_mode=broken)


def batch_of_one(seed: int, broken: bool) -> Training:
    """F50: batches of one sample at the rate of 64."""
    inputs, labels, *_ = digits()
    torch.manual_seed(seed)
    model = he(mlp())
    optimizers = [torch.optim.SGD(model.parameters(), 0.3)]
    return m1(seed, model=model, optimizers=optimizers, batch=batches(inputs, labels, seed, 1 if broken else BATCH))


def overfit(seed: int, broken: bool) -> Training:
    """F52: 64 samples, 1,000 steps."""
    inputs, labels, *_ = digits()
    if broken:
        inputs, labels = inputs[:48], labels[:48]
    torch.manual_seed(seed)
    return m1(seed, batch=batches(inputs, labels, seed, 32), n_steps=800, rate=3e-3)


def starved(seed: int, broken: bool) -> Training:
    """F54: the discriminator learns 20 times as fast."""
    return m9(seed, times=200.0 if broken else 1.0)


def cut_graph(seed: int, broken: bool) -> Training:
    """The first layer's output is detached."""

    class Cut(nn.Module):
        def forward(self, inputs: Tensor) -> Tensor:
            return inputs.detach() if broken else inputs

    torch.manual_seed(seed)
    parts = list(he(mlp()).named_children())
    model = nn.Sequential()
    for name, each in parts:
        model.add_module(name, each)
        if name == "act2":
            model.add_module("cut", Cut())
    return m1(seed, model=model)


def schedule_ended(seed: int, broken: bool) -> Training:
    """A cosine that was made for a tenth of the steps, and stays at zero."""
    training = m8(seed)
    optimizer = torch.optim.SGD(training.model.parameters(), 0.02)
    end = 15 if broken else 200
    training.optimizers = [optimizer]

    def before(step: int) -> None:
        share = min(step / end, 1.0)
        optimizer.param_groups[0]["lr"] = 0.02 * 0.5 * (1 + float(np.cos(np.pi * share))) if share < 1 else 0.0

    training.before = before
    return training


def decay(seed: int, broken: bool) -> Training:
    """A weight decay that takes everything away."""
    torch.manual_seed(seed)
    model = he(mlp())
    optimizers = [torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=20.0 if broken else 1e-2)]
    return m1(seed, model=model, optimizers=optimizers)


def ascent(seed: int, broken: bool) -> Training:
    """The optimizer maximizes."""
    torch.manual_seed(seed)
    model = he(mlp())
    return m1(seed, model=model, optimizers=[torch.optim.SGD(model.parameters(), 0.01, maximize=broken)])


CASES = (
    case("F01 one output with a softmax", one_softmax, "output-mismatch constant-output no-gradient", "fc3 out"),
    case("F03 ReLU on the logits", relu_output, "output-mismatch dead-units", "fc3 out"),
    case("F05 no activations", no_activation, "linear-copies", "fc1 fc2"),
    case("F07 twenty sigmoids", sigmoids, "vanishing-gradient bad-initialization", "fc1 fc2 fc3 fc4 fc5"),
    case(
        "F08 recurrent weights too large",
        exploding,
        "exploding-gradient bad-initialization saturated-units update-too-large diverging-loss not-finite",
        "gru",
    ),
    case("F09 a layer that is dead", dead_from_start, "dead-units no-gradient", "fc2 act2"),
    case("F11 rate too high", rate_too_high, "learning-rate-too-high update-too-large diverging-loss"),
    case("F12 rate too low", rate_too_low, "learning-rate-too-low update-too-small"),
    case(
        "F14 rate times 100", rate_jump, "learning-rate-too-high update-too-large loss-spike diverging-loss", "", ONSET
    ),
    case("F16 gradients not zeroed", not_zeroed, "accumulating-gradients exploding-gradient diverging-loss", "", ONSET),
    case("F17 head alone in the optimizer", head_only, "not-in-optimizer not-updated", "fc1 fc2"),
    case("F21 layers in a list", unregistered, "unregistered-layer not-in-optimizer", "hidden.0 hidden.1"),
    case("F22 all weights alike", all_alike, "symmetric-units bad-initialization", "fc1 fc2 fc3"),
    case("F24 weights too small", init_too_small, "bad-initialization vanishing-gradient", "fc2 fc3 fc4"),
    case("F25 inputs not normalised", not_normalised, "input-scale", "fc1"),
    case("F27 targets not scaled", targets_not_scaled, "target-scale", "fc3"),
    case("F28 labels shuffled", labels_shuffled, "noise-gradient overfitting loss-plateau"),
    case("F30 label noise", label_noise, "overfitting noise-gradient"),
    case("F32 imbalance", imbalance, "class-imbalance"),
    case("F33 augmentation destroys", destroyed, "loss-plateau noise-gradient overfitting input-scale"),
    case("F34 NaN in a batch", nan_batch, "not-finite", "", ONSET + 3),
    case("F36 overflow in float16", overflow, "not-finite", "fc2 fc2.inner", ONSET),
    case("F38 squared error of a softmax", squared_error, "output-mismatch", "fc3 out"),
    case("F40 summed loss", summed, "output-mismatch learning-rate-too-high update-too-large exploding-gradient"),
    case("F44 dropout of 97 %", dropout, "dropout-too-high", "drop1 drop2"),
    case("F45 norm in evaluation mode", norm_in_eval, "norm-statistics", "bn1 bn2"),
    case("F47 validation in training mode", eval_in_training_mode, "norm-statistics", "bn1 bn2", VALIDATE_EACH),
    case(
        "F50 batches of one",
        batch_of_one,
        "learning-rate-too-high update-too-large loss-spike noise-gradient diverging-loss dead-units",
    ),
    case("F52 overfitting", overfit, "overfitting repeated-batch"),
    case(
        "F54 discriminator too fast",
        starved,
        "generator-starved update-too-large",
        "generator.fc1 generator.fc2 generator.fc3 discriminator.fc1 discriminator.fc2 discriminator.fc3",
    ),
    case("cut graph", cut_graph, "no-gradient", "fc1 fc2"),
    case("schedule ended", schedule_ended, "learning-rate-zero", "", 15),
    case("decay too strong", decay, "weight-decay-dominates shrinking-weights"),
    case("ascent", ascent, "output-mismatch diverging-loss"),
)
