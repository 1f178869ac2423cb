"""A word-level language model: a transformer that sees what came before."""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from collector import Collector
from tests.faults.examples.data import vocabulary, words


class WordTransformer(nn.Module):
    """Words ``[N, T]`` to logits ``[N, T, K]``."""

    def __init__(self, n_words: int, length: int, width: int = 64) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(n_words, width), nn.Embedding(length, width)
        block = nn.TransformerEncoderLayer(width, 4, 2 * width, 0.1, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, n_words)

    def forward(self, text: Tensor) -> Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(text.shape[1])
        features = self.words(text) + self.places(torch.arange(text.shape[1]))
        return self.head(self.norm(self.blocks(features, mask=mask, is_causal=True)))


def train(path: Path, seed: int = 0, steps: int = 400) -> float:
    """Minus the held-out loss."""
    torch.manual_seed(seed)
    numbers, n_words = words()
    lines = numbers[: len(numbers) // 33 * 33].view(-1, 33)
    lines = lines[torch.randperm(len(lines), generator=torch.Generator().manual_seed(0))]
    held, lines = lines[:16], lines[16:]

    model = WordTransformer(n_words, 32)
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    probe = held[:, :-1], held[:, 1:]
    with Collector(model, optimizer, path, probe=probe, tokenizer=vocabulary()) as collector:
        for _ in range(steps):
            batch = lines[torch.randint(len(lines), (16,))]
            loss = functional.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        return -functional.cross_entropy(model(held[:, :-1]).flatten(0, 1), held[:, 1:].flatten()).item()
