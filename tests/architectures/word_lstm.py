"""A word-level language model: an LSTM whose state goes on from batch to batch, time before samples as torch has it."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector
from tests.faults.examples.data import vocabulary, words


class WordLstm(nn.Module):
    """Words ``[T, N]`` to logits ``[T, N, K]`` and the state."""

    def __init__(self, n_words: int, width: int = 64) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.2)
        self.encoder, self.decoder = nn.Embedding(n_words, width), nn.Linear(width, n_words)
        self.rnn = nn.LSTM(width, width, 2, dropout=0.2)

    def forward(self, text: Tensor, state: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        outputs, state = self.rnn(self.drop(self.encoder(text)), state)
        return self.decoder(self.drop(outputs)), state


def train(path: Path, seed: int = 0, steps: int = 300) -> float:
    """Minus the held-out loss."""
    torch.manual_seed(seed)
    numbers, n_words = words()
    columns = numbers[: len(numbers) // 20 * 20].view(20, -1).t()
    n_parts = len(columns) // 20 - 1
    held, following = columns[n_parts * 20 :][:20], columns[n_parts * 20 + 1 :][:20]
    held = held[: len(following)]

    model = WordLstm(n_words)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    state = None
    probe, texts = (held, following), vocabulary()
    with Collector(model, optimizer, path, probe=probe, sample_axis=1, tokenizer=texts) as collector:
        for step in range(steps):
            place = step % n_parts
            if place == 0:
                state = None
            text, targets = (columns[place * 20 + one :][:20] for one in (0, 1))
            logits, state = model(text, state)
            state = tuple(each.detach() for each in state)
            loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        return -functional.cross_entropy(model(held)[0].flatten(0, 1), following.flatten()).item()
