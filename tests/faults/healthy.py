"""Trainings that look suspicious and are healthy."""

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.bases import batches, cnn, digits, he, loss_of, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, mlp
from tests.faults.examples import EXAMPLES
from tests.faults.training import Healthy, Training, accumulating


def wide_relu(seed: int) -> Training:
    """H01: half of the values behind each ReLU are zero."""
    torch.manual_seed(seed)
    return m1(seed, model=he(mlp((64, 256, 256, 10))))


def sparse_cnn(seed: int) -> Training:
    """H02: three quarters of the values are zero."""
    torch.manual_seed(seed)
    model = he(cnn())
    for each in (model.bn1, model.bn2):
        nn.init.constant_(each.bias, -0.6)  # type: ignore[union-attr,arg-type]
    return m2(seed, model=model)


def _pretrained(seed: int) -> nn.Module:
    training = m1(seed, n_steps=300)
    for number in range(training.n_steps):
        training.usual_step(number)
    return training.model


def fine_tuning(seed: int) -> Training:
    """H04: a trained network at a rate of 1e-5."""
    return m1(seed, model=_pretrained(seed), rate=1e-5)


def frozen_backbone(seed: int) -> Training:
    """H05: all but the head is frozen on purpose."""
    model = _pretrained(seed)
    for name, each in model.named_parameters():
        each.requires_grad = name.startswith("fc3")
    optimizers = [torch.optim.Adam([each for each in model.parameters() if each.requires_grad], 1e-3)]
    return m1(seed, model=model, optimizers=optimizers, n_steps=200)


class Adapted(nn.Module):
    """A frozen linear layer with a trained difference of low rank, which begins at zero."""

    def __init__(self, inner: nn.Linear, rank: int = 4) -> None:
        super().__init__()
        self.inner = inner.requires_grad_(False)
        self.down = nn.Linear(inner.in_features, rank, bias=False)
        self.up = nn.Linear(rank, inner.out_features, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.inner(inputs) + self.up(self.down(inputs))


def adapters(seed: int) -> Training:
    """H06: adapters on a frozen network."""
    model = _pretrained(seed)
    for name in ("fc1", "fc2", "fc3"):
        setattr(model, name, Adapted(getattr(model, name)))
    optimizers = [torch.optim.Adam([each for each in model.parameters() if each.requires_grad], 1e-3)]
    return m1(seed, model=model, optimizers=optimizers, n_steps=200)


def warm_up(seed: int) -> Training:
    """H08: a warm-up from a rate of 0."""
    training = m1(seed)

    def before(step: int) -> None:
        training.optimizers[0].param_groups[0]["lr"] = 1e-3 * min(1.0, step / 100)

    training.before = before
    return training


def step_decay(seed: int) -> Training:
    """H09: the rate falls to 1e-6 at the end."""
    training = m1(seed)

    def before(step: int) -> None:
        training.optimizers[0].param_groups[0]["lr"] = 1e-3 * 10 ** -(3 * min(step / 380, 1.0))

    training.before = before
    return training


def bias_before_norm(seed: int) -> Training:
    """H13: biases that a batch norm makes useless."""
    return m2(seed)


def dropout_half(seed: int) -> Training:
    """H18: dropout of a half and noise: worse in training than on held-out data."""
    torch.manual_seed(seed)
    model = nn.Sequential()
    for name, each in he(mlp((64, 256, 128, 10))).named_children():
        model.add_module(name, each)
        if name.startswith("act"):
            model.add_module(f"drop{name[-1]}", nn.Dropout(0.5))
    inputs, labels, *_ = digits()
    usual = batches(inputs, labels, seed)

    def batch(step: int) -> tuple[Tensor, Tensor]:
        own, classes = usual(step)
        numbers = np.random.default_rng((seed, step))
        return own + torch.from_numpy(numbers.normal(0, 0.5, own.shape).astype(np.float32)), classes

    return m1(seed, model=model, batch=batch)


def easy(seed: int) -> Training:
    """H20: two classes that are told apart at once."""
    numbers = np.random.default_rng(0)
    labels = torch.from_numpy(numbers.integers(0, 2, 1500))
    inputs = torch.from_numpy(numbers.normal(size=(1500, 64)).astype(np.float32)) + (labels[:, None] * 2 - 1)
    torch.manual_seed(seed)
    model = he(mlp((64, 128, 64, 2)))
    return m1(
        seed,
        model=model,
        batch=batches(inputs[:1000], labels[:1000], seed),
        score=lambda model: float((model(inputs[1000:]).argmax(1) == labels[1000:]).float().mean()),
        held_out=loss_of(inputs[1000:], labels[1000:], functional.cross_entropy),
        probe=(inputs[1000:1064], labels[1000:1064]),
    )


def sigmoid_output(seed: int) -> Training:
    """H24: an autoencoder whose output is a sigmoid that is sure."""
    training = m7(seed)
    training.model.add_module("out", nn.Sigmoid())
    return training


def clipped_at_first(seed: int) -> Training:
    """H26: clipping that cuts in the warm-up and hardly ever later."""
    return m1(seed, clip=3.0)


def full_batch(seed: int) -> Training:
    """All samples in one batch, SGD."""
    inputs, labels, *_ = digits()
    torch.manual_seed(seed)
    model = he(mlp())
    return m1(
        seed,
        model=model,
        optimizers=[torch.optim.SGD(model.parameters(), 0.1, momentum=0.9)],
        batch=lambda step: (inputs[:512], labels[:512]),
        n_steps=200,
        held_out=None,
        steps_per_epoch=1,
    )


def accumulated(seed: int) -> Training:
    """Gradients of four batches are added up on purpose."""
    return m1(seed, step=accumulating(4), n_steps=150)


def low_rank(seed: int) -> Training:
    """Two linear layers one behind the other, on purpose."""
    torch.manual_seed(seed)
    model = he(
        nn.Sequential(
            nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 16), nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 10)
        )
    )
    return m1(seed, model=model)


def tanh_network(seed: int) -> Training:
    """tanh in place of ReLU."""
    torch.manual_seed(seed)
    return m1(seed, model=mlp(activation=nn.Tanh))


def gelu_network(seed: int) -> Training:
    """GELU in place of ReLU."""
    torch.manual_seed(seed)
    return m1(seed, model=mlp(activation=nn.GELU))


def label_smoothing(seed: int) -> Training:
    """A loss that cannot fall below a floor."""
    return m1(seed, loss=lambda outputs, labels: functional.cross_entropy(outputs, labels, label_smoothing=0.2))


def adagrad(seed: int) -> Training:
    """An optimizer whose steps become smaller by themselves."""
    torch.manual_seed(seed)
    model = he(mlp())
    return m1(seed, model=model, optimizers=[torch.optim.Adagrad(model.parameters(), 1e-2)])


def rmsprop(seed: int) -> Training:
    """RMSprop."""
    torch.manual_seed(seed)
    model = he(mlp())
    return m1(seed, model=model, optimizers=[torch.optim.RMSprop(model.parameters(), 1e-3)])


def restarts(seed: int) -> Training:
    """A cosine that begins anew: the rate jumps."""
    training = m8(seed)
    schedule = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(training.optimizers[0], 50, eta_min=1e-3)

    def before(step: int) -> None:
        if step:
            schedule.step()

    training.before = before
    return training


def zero_branches(seed: int) -> Training:
    """Residual blocks whose last gain begins at zero."""
    training = m8(seed)
    for name, each in training.model.named_modules():
        if name.endswith("bn2"):
            nn.init.zeros_(each.weight)  # type: ignore[arg-type]
    return training


def grokking(seed: int) -> Training:
    """H22: sums modulo 23, with weight decay: the held-out loss waits."""
    numbers = np.random.default_rng(0)
    pairs = np.array([(a, b) for a in range(23) for b in range(23)])
    numbers.shuffle(pairs)
    inputs = torch.cat([functional.one_hot(torch.from_numpy(pairs[:, side]), 23) for side in (0, 1)], 1).float()
    labels = torch.from_numpy(pairs.sum(1) % 23)
    torch.manual_seed(seed)
    model = he(mlp((46, 128, 23)))
    return m1(
        seed,
        model=model,
        optimizers=[torch.optim.AdamW(model.parameters(), 1e-2, weight_decay=1.0)],
        batch=lambda step: (inputs[:350], labels[:350]),
        n_steps=400,
        score=lambda model: float((model(inputs[350:]).argmax(1) == labels[350:]).float().mean()),
        held_out=None,
        probe=(inputs[350:414], labels[350:414]),
        steps_per_epoch=1,
    )


def large_rate_small_task(seed: int) -> Training:
    """A rate at the edge, which learns well."""
    torch.manual_seed(seed)
    model = he(mlp())
    return m1(seed, model=model, optimizers=[torch.optim.SGD(model.parameters(), 0.3)])


def cosine_to_zero(seed: int) -> Training:
    """H09: a cosine to zero at the very end."""
    training = m1(seed)

    def before(step: int) -> None:
        training.optimizers[0].param_groups[0]["lr"] = 1e-3 * 0.5 * (1 + math.cos(math.pi * step / 400))

    training.before = before
    return training


CASES = (
    Healthy("M1", m1),
    Healthy("M2", m2),
    Healthy("M3", m3),
    Healthy("M4", m4),
    Healthy("M5", m5),
    Healthy("M6", m6),
    Healthy("M7", m7),
    Healthy("M8", m8),
    Healthy("H16 GAN", m9),
    Healthy("H17 REINFORCE", m10),
    Healthy("H01 zeros behind ReLU", wide_relu),
    Healthy("H02 sparse channels", sparse_cnn),
    Healthy("H04 fine-tuning", fine_tuning),
    Healthy("H05 frozen backbone", frozen_backbone),
    Healthy("H06 adapters", adapters),
    Healthy("H08 warm-up from 0", warm_up),
    Healthy("H09 decay of the rate", step_decay),
    Healthy("H09 cosine to zero", cosine_to_zero),
    Healthy("H13 bias before a norm", bias_before_norm),
    Healthy("H18 dropout and noise", dropout_half),
    Healthy("H20 easy", easy),
    Healthy("H22 grokking", grokking),
    Healthy("H24 sigmoid output", sigmoid_output),
    Healthy("H26 clipped at first", clipped_at_first),
    Healthy("full batch", full_batch),
    Healthy("accumulation", accumulated),
    Healthy("low rank", low_rank),
    Healthy("tanh", tanh_network),
    Healthy("GELU", gelu_network),
    Healthy("label smoothing", label_smoothing),
    Healthy("Adagrad", adagrad),
    Healthy("RMSprop", rmsprop),
    Healthy("warm restarts", restarts),
    Healthy("zero branches", zero_branches),
    Healthy("large rate", large_rate_small_task),
    *EXAMPLES,
)
