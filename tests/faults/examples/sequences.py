"""Words, sines and sentences."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.examples.data import classifier, words
from tests.faults.training import Training


class RecurrentLanguage(nn.Module):
    """Two layers of LSTM between an embedding and a decoder, dropout between all; its state goes on between calls."""

    def __init__(self, n_words: int, width: int = 64) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.2)
        self.encoder, self.decoder = nn.Embedding(n_words, width), nn.Linear(width, n_words)
        self.rnn = nn.LSTM(width, width, 2, dropout=0.2)
        self.state: tuple[Tensor, Tensor] | None = None
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.uniform_(self.decoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)

    def forward(self, text: Tensor) -> Tensor:
        state = self.state if self.training else None
        outputs, state = self.rnn(self.drop(self.encoder(text)), state)
        if self.training:
            self.state = tuple(each.detach() for each in state)
        return self.decoder(self.drop(outputs))


class AttentiveLanguage(nn.Module):
    """Two post-norm blocks between an embedding and a decoder, sines for the places."""

    def __init__(self, n_words: int, length: int, width: int = 64) -> None:
        super().__init__()
        self.scale = math.sqrt(width)
        self.encoder, self.decoder = nn.Embedding(n_words, width), nn.Linear(width, n_words)
        self.blocks = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(width, 2, 64, 0.2), 2, enable_nested_tensor=False
        )
        self.drop = nn.Dropout(0.2)
        angles = torch.arange(length)[:, None] * torch.exp(torch.arange(0, width, 2) * (-math.log(1e4) / width))
        self.register_buffer("places", torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, None])
        self.register_buffer("mask", nn.Transformer.generate_square_subsequent_mask(length), persistent=False)
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.uniform_(self.decoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)

    def forward(self, text: Tensor) -> Tensor:
        return self.decoder(self.blocks(self.drop(self.encoder(text) * self.scale + self.places), mask=self.mask))


def _language(seed: int, make: Callable[[int, int], nn.Module], rate: float) -> Training:
    """Text in columns that go on from batch to batch; SGD at a large rate and clipping at 0.25.

    The rate is a quarter where the held-out loss has not got better.
    """
    torch.manual_seed(seed)
    length, n_columns = 20, 20
    numbers, n_words = words()
    columns = numbers[: len(numbers) // n_columns * n_columns].view(n_columns, -1).t()
    n_parts = len(columns) // length - 1
    held, held_next = (columns[n_parts * length + one :][:length] for one in (0, 1))
    model = make(n_words, length)
    optimizer = torch.optim.SGD(model.parameters(), rate)
    best = [float("inf")]

    def batch(step: int) -> tuple[Tensor, Tensor]:
        start = step % (n_parts - 1) * length
        return columns[start : start + length], columns[start + 1 : start + length + 1]

    def loss(outputs: Tensor, targets: Tensor) -> Tensor:
        return functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())

    def held_out(model: nn.Module) -> float:
        value = float(loss(model(held), held_next))
        if value > best[0]:
            optimizer.param_groups[0]["lr"] /= 4
        best[0] = min(best[0], value)
        return value

    return Training(
        model,
        batch,
        loss,
        [optimizer],
        300,
        score=lambda model: -float(loss(model(held), held_next)),
        held_out=held_out,
        probe=(held, None),
        clip=0.25,
        steps_per_epoch=n_parts - 1,
    )


def recurrent_language(seed: int) -> Training:
    """SGD at a rate of 20."""
    return _language(seed, lambda n_words, length: RecurrentLanguage(n_words), 20.0)


def attentive_language(seed: int) -> Training:
    """SGD at a rate of 5."""
    return _language(seed, AttentiveLanguage, 5.0)


class SinePredictor(nn.Module):
    """Two LSTM cells, one number after the other."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.cell1, self.cell2, self.linear = nn.LSTMCell(1, width), nn.LSTMCell(width, width), nn.Linear(width, 1)

    def forward(self, waves: Tensor) -> Tensor:
        first, second, outputs = None, None, []
        for each in waves.split(1, dim=1):
            first = self.cell1(each, first)
            second = self.cell2(first[0], second)
            outputs.append(self.linear(second[0]))
        return torch.cat(outputs, 1)


def sines(seed: int) -> Training:
    """All waves in one batch, float64, L-BFGS at 0.8 of which each step is several."""
    torch.manual_seed(seed)
    starts = np.random.default_rng(2).integers(-80, 80, (40, 1))
    waves = torch.from_numpy(np.sin((np.arange(40) + starts) / 5.0))
    inputs, targets, held, held_targets = waves[4:, :-1], waves[4:, 1:], waves[:4, :-1], waves[:4, 1:]
    model = SinePredictor().double()
    optimizer = torch.optim.LBFGS(model.parameters(), 0.8, max_iter=6)

    def step(training: Training, number: int) -> dict[str, Any]:
        def closure() -> Tensor:
            optimizer.zero_grad()
            loss = functional.mse_loss(model(inputs), targets)
            loss.backward()
            return loss

        return {"loss": optimizer.step(closure)}

    return Training(
        model,
        lambda step: (inputs, targets),
        functional.mse_loss,
        [optimizer],
        24,
        score=lambda model: -float(functional.mse_loss(model(held), held_targets)),
        held_out=lambda model: float(functional.mse_loss(model(held), held_targets)),
        probe=(held, None),
        step=step,
        steps_per_epoch=1,
    )


class Inference(nn.Module):
    """Two sentences through one LSTM in both directions, three dense layers over what it says of each."""

    def __init__(self, n_words: int, width: int = 32) -> None:
        super().__init__()
        self.embed, self.projection = nn.Embedding(n_words, width), nn.Linear(width, width)
        self.encoder = nn.LSTM(width, width, bidirectional=True, batch_first=True)
        parts = [part for _ in range(3) for part in (nn.Linear(4 * width, 4 * width), nn.ReLU(), nn.Dropout(0.2))]
        self.out = nn.Sequential(nn.Dropout(0.2), *parts, nn.Linear(4 * width, 3))
        self.embed.weight.requires_grad_(False)

    def forward(self, pairs: Tensor) -> Tensor:
        said = []
        for sentence in pairs.unbind(1):
            _, (last, _) = self.encoder(functional.relu(self.projection(self.embed(sentence))))
            said.append(last.transpose(0, 1).flatten(1))
        return self.out(torch.cat(said, 1))


def inference(seed: int) -> Training:
    """Whether a sentence follows from another, contradicts it, or neither; embeddings fixed as if learnt elsewhere."""
    numbers = np.random.default_rng(0)
    labels = numbers.integers(0, 3, 3000)
    first = numbers.integers(2, 30, (3000, 6))
    second = np.where(labels[:, None] < 2, first, numbers.integers(30, 58, (3000, 6)))
    second[:, 0] = np.where(labels == 1, 1, second[:, 0])
    pairs, answers = torch.from_numpy(np.stack([first, second], 1)), torch.from_numpy(labels)
    torch.manual_seed(seed)
    model = Inference(60)
    optimizer = torch.optim.Adam([each for each in model.parameters() if each.requires_grad], 1e-3)
    return classifier(seed, model, (pairs[:2600], answers[:2600], pairs[2600:], answers[2600:]), optimizer, n_steps=200)


class Translator(nn.Module):
    """An encoder and a decoder of the transformer, for one vocabulary."""

    def __init__(self, n_words: int, length: int, width: int = 48) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(n_words, width), nn.Embedding(length + 1, width)
        self.transformer = nn.Transformer(width, 4, 1, 1, 96, 0.1, batch_first=True)
        self.head = nn.Linear(width, n_words)
        for each in self.parameters():
            if each.dim() > 1:
                nn.init.xavier_uniform_(each)

    def forward(self, both: Tensor) -> Tensor:
        """Both sentences ``[N, 2, T]``, the second one moved by a place."""
        source, target = (self.words(each) + self.places.weight[: each.shape[1]] for each in both.unbind(1))
        mask = nn.Transformer.generate_square_subsequent_mask(both.shape[2])
        return self.head(self.transformer(source, target, tgt_mask=mask)).transpose(1, 2)


def translation(seed: int) -> Training:
    """Sentences backwards; Adam with a second moment of 0.98."""
    length, n_words = 8, 24
    torch.manual_seed(seed)
    model = Translator(n_words, length)

    def draw(numbers: np.random.Generator, size: int) -> tuple[Tensor, Tensor]:
        source = numbers.integers(1, n_words, (size, length))
        target = source[:, ::-1]
        moved = np.concatenate([np.zeros((size, 1), np.int64), target[:, :-1]], 1)
        return torch.from_numpy(np.stack([source, moved], 1)), torch.from_numpy(target.copy())

    held, held_targets = draw(np.random.default_rng(0), 128)
    return Training(
        model,
        lambda step: draw(np.random.default_rng((seed, step)), 32),
        functional.cross_entropy,
        [torch.optim.Adam(model.parameters(), 1e-3, (0.9, 0.98), 1e-9)],
        300,
        score=lambda model: float((model(held).argmax(1) == held_targets).float().mean()),
        held_out=lambda model: float(functional.cross_entropy(model(held), held_targets)),
        probe=(held[:32], None),
    )
