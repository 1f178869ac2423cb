"""Networks of graphs and pairs, and other ways to train than one loss in float32 on one process."""

import atexit
from collections import OrderedDict
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.bases import accuracy_of, batches, digits, loss_of, m1, m2, mlp
from tests.faults.examples.data import handwritten
from tests.faults.training import Training


class GraphConvolution(nn.Module):
    """Each node is the mean of its neighbours, and then a linear layer."""

    def __init__(self, n_in: int, n_out: int, adjacency: Tensor) -> None:
        super().__init__()
        self.kernel = nn.Linear(n_in, n_out, bias=False)
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.register_buffer("adjacency", adjacency)
        nn.init.xavier_normal_(self.kernel.weight)

    def forward(self, nodes: Tensor) -> Tensor:
        return self.adjacency @ self.kernel(nodes) + self.bias


class GraphAttention(nn.Module):
    """Each node asks its neighbours, by several heads."""

    def __init__(self, n_in: int, n_out: int, n_heads: int, adjacency: Tensor) -> None:
        super().__init__()
        self.kernel = nn.Linear(n_in, n_out * n_heads, bias=False)
        self.attention = nn.Parameter(torch.empty(2, n_heads, n_out))
        self.register_buffer("edges", adjacency > 0)
        nn.init.xavier_normal_(self.attention)
        self.n_heads = n_heads

    def forward(self, nodes: Tensor) -> Tensor:
        values = self.kernel(functional.dropout(nodes, 0.6, self.training)).view(len(nodes), self.n_heads, -1)
        asked, asking = ((values * each).sum(-1).t() for each in self.attention)
        scores = functional.leaky_relu(asking[:, :, None] + asked[:, None], 0.2).masked_fill(~self.edges, -torch.inf)
        shares = functional.dropout(scores.softmax(-1), 0.6, self.training)
        return (shares @ values.transpose(0, 1)).transpose(0, 1).flatten(1)


def _graph(seed: int, layers: Any, rate: float) -> Training:
    """Papers that mostly cite their like, each with some of the words of its field; a few labels are known."""
    numbers = np.random.default_rng(0)
    n, n_fields, n_known = 200, 5, 80
    fields = numbers.integers(0, n_fields, n)
    chance = np.where(fields[:, None] == fields, 0.06, 0.004)
    cites = np.triu(numbers.random((n, n)) < chance, 1)
    linked = torch.from_numpy((cites | cites.T | np.eye(n, dtype=bool)).astype(np.float32))
    scale = linked.sum(1).rsqrt()
    is_own = np.arange(100) // 20 == fields[:, None]
    bags = torch.from_numpy((numbers.random((n, 100)) < np.where(is_own, 0.15, 0.05)).astype(np.float32))
    bags = bags / bags.sum(1, keepdim=True).clamp(min=1)
    labels = torch.from_numpy(fields)
    torch.manual_seed(seed)
    model = layers(scale[:, None] * linked * scale)
    known, held = slice(0, n_known), slice(n_known, None)
    return Training(
        model,
        lambda step: (bags, labels),
        lambda outputs, targets: functional.nll_loss(outputs[known], targets[known]),
        [torch.optim.Adam(model.parameters(), rate, weight_decay=5e-4)],
        200,
        score=lambda model: float((model(bags)[held].argmax(1) == labels[held]).float().mean()),
        held_out=lambda model: float(functional.nll_loss(model(bags)[held], labels[held])),
        probe=(bags, labels),
        steps_per_epoch=1,
    )


def graph_convolutions(seed: int) -> Training:
    """Two layers, dropout between them."""

    def layers(adjacency: Tensor) -> nn.Module:
        first, second = GraphConvolution(100, 16, adjacency), GraphConvolution(16, 5, adjacency)
        parts = OrderedDict(gc1=first, relu=nn.ReLU(), drop=nn.Dropout(0.5), gc2=second, out=nn.LogSoftmax(1))
        return nn.Sequential(parts)

    return _graph(seed, layers, 0.01)


def graph_attention(seed: int) -> Training:
    """Eight heads and then one, dropout of 0.6."""

    def layers(adjacency: Tensor) -> nn.Module:
        first, second = GraphAttention(100, 8, 8, adjacency), GraphAttention(64, 5, 1, adjacency)
        return nn.Sequential(OrderedDict(gat1=first, elu=nn.ELU(), gat2=second, out=nn.LogSoftmax(1)))

    return _graph(seed, layers, 5e-3)


class Siamese(nn.Module):
    """Two pictures through one trunk; whether they show the same."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.BatchNorm2d(16), nn.ReLU()
        )
        self.fc = nn.Sequential(nn.Linear(2 * 576, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, pairs: Tensor) -> Tensor:
        both = torch.cat([self.trunk(each).flatten(1) for each in pairs.unbind(1)], 1)
        return torch.sigmoid(self.fc(both))[:, 0]


def siamese(seed: int) -> Training:
    """Half of the pairs show the same digit; Adadelta."""
    inputs, labels, held, held_labels = handwritten()

    def pairs(pictures: Tensor, kinds: Tensor, numbers: np.random.Generator, size: int) -> tuple[Tensor, Tensor]:
        first, is_same = numbers.integers(0, len(kinds), size), numbers.random(size) < 0.5
        kind = np.where(is_same, kinds[first], (kinds.numpy()[first] + numbers.integers(1, 10, size)) % 10)
        second = [int(numbers.choice(np.flatnonzero(kinds.numpy() == each))) for each in kind]
        return torch.stack([pictures[first], pictures[second]], 1), torch.from_numpy(is_same.astype(np.float32))

    probe, answers = pairs(held, held_labels, np.random.default_rng(0), 128)
    torch.manual_seed(seed)
    model = Siamese()
    return Training(
        model,
        lambda step: pairs(inputs, labels, np.random.default_rng((seed, step)), 64),
        functional.binary_cross_entropy,
        [torch.optim.Adadelta(model.parameters(), 1.0)],
        300,
        score=lambda model: float(((model(probe) > 0.5) == answers).float().mean()),
        held_out=loss_of(probe, answers, functional.binary_cross_entropy),
        probe=(probe[:64], None),
    )


class ForwardLayer(nn.Linear):
    """Learns by itself to be strong for right inputs and weak for wrong ones."""

    def forward(self, inputs: Tensor) -> Tensor:
        return functional.relu(super().forward(inputs / (inputs.norm(2, 1, keepdim=True) + 1e-4)))


def forward_forward(seed: int) -> Training:
    """G. Hinton 2022: each layer has a loss and an optimizer of its own, and no gradient from behind it."""
    *_, held, held_labels = digits()
    torch.manual_seed(seed)
    model = nn.Sequential(ForwardLayer(74, 128), ForwardLayer(128, 128))
    optimizers = [torch.optim.Adam(each.parameters(), 0.03) for each in model]

    def labelled(pictures: Tensor, kinds: Tensor) -> Tensor:
        return torch.cat([functional.one_hot(kinds, 10) * 3.0, pictures], 1)

    def step(training: Training, number: int) -> dict[str, Any]:
        pictures, kinds = training.batch(number)
        wrong = (kinds + torch.randint(1, 10, kinds.shape)) % 10
        right, other, total = labelled(pictures, kinds), labelled(pictures, wrong), 0.0
        for layer, optimizer in zip(model, optimizers, strict=True):
            right, other = layer(right.detach()), layer(other.detach())
            strengths = torch.cat([2.0 - right.square().mean(1), other.square().mean(1) - 2.0])
            loss = functional.softplus(strengths).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        return {"loss": total}

    def score(model: nn.Module) -> float:
        strengths = []
        for kind in range(10):
            features, total = labelled(held, torch.full_like(held_labels, kind)), torch.zeros(len(held))
            for layer in model.children():
                features = layer(features)
                total += features.square().mean(1)
            strengths.append(total)
        return float((torch.stack(strengths).argmax(0) == held_labels).float().mean())

    return m1(
        seed,
        model=model,
        optimizers=optimizers,
        n_steps=600,
        step=step,
        score=score,
        held_out=None,
        probe=(labelled(held[:64], held_labels[:64]), None),
    )


def autocast(seed: int) -> Training:
    """bfloat16 where it is enough, float32 elsewhere."""
    training = m2(seed)

    def step(training: Training, number: int) -> dict[str, Any]:
        inputs, targets = training.batch(number)
        with torch.autocast("cpu", torch.bfloat16):
            loss = training.loss(training.model(inputs), targets)
        training.optimizers[0].zero_grad()
        loss.backward()
        training.optimizers[0].step()
        return {"loss": loss.detach()}

    training.step = step
    return training


def distributed(seed: int) -> Training:
    """DistributedDataParallel with one process."""
    from torch import distributed
    from torch.nn.parallel import DistributedDataParallel

    if not distributed.is_initialized():
        distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
        atexit.register(distributed.destroy_process_group)
    torch.manual_seed(seed)
    return m1(seed, model=DistributedDataParallel(mlp()))


def distillation(seed: int) -> Training:
    """A small network learns from the labels and from what a larger one says, softened."""
    torch.manual_seed(seed)
    inputs, labels, held, held_labels = digits(as_pictures=True)
    teaching = m2(seed)
    for number in range(150):
        teaching.usual_step(number)
    teacher = teaching.model.eval().requires_grad_(False)
    said = torch.cat([teacher(each) for each in inputs.split(256)])
    model = nn.Sequential(OrderedDict(flat=nn.Flatten(), fc1=nn.Linear(64, 32), relu=nn.ReLU(), fc2=nn.Linear(32, 10)))

    def loss(outputs: Tensor, targets: Tensor) -> Tensor:
        soft = functional.kl_div((outputs / 2).log_softmax(1), (said[targets] / 2).softmax(1), reduction="batchmean")
        return 0.75 * functional.cross_entropy(outputs, labels[targets]) + 0.25 * 4 * soft

    return m1(
        seed,
        model=model,
        batch=batches(inputs, torch.arange(len(inputs)), seed),
        loss=loss,
        score=accuracy_of(held, held_labels),
        held_out=loss_of(held, held_labels, functional.cross_entropy),
        probe=(held[:64], held_labels[:64]),
    )


def polynomial(seed: int) -> Training:
    """One linear layer learns a polynomial of the fourth degree, from numbers that are drawn at each step."""
    weights = torch.tensor([[2.0], [-3.0], [1.0], [0.5]])

    def draw(step: int) -> tuple[Tensor, Tensor]:
        numbers = torch.from_numpy(np.random.default_rng((seed, step)).normal(size=(32, 1)).astype(np.float32))
        powers = torch.cat([numbers**each for each in range(1, 5)], 1)
        return powers, powers @ weights + 1.5

    torch.manual_seed(seed)
    model = nn.Sequential(OrderedDict(fc=nn.Linear(4, 1)))
    held, held_targets = draw(10**6)
    return Training(
        model,
        draw,
        functional.smooth_l1_loss,
        [torch.optim.SGD(model.parameters(), 0.05)],
        400,
        score=lambda model: -float(functional.smooth_l1_loss(model(held), held_targets)),
        probe=(held, None),
    )
