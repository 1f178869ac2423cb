"""A transformer encoder learns which of three words comes most often in a sentence.

python tests/examples/transformer.py
python main.py transformer.json
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from collector import Collector

N_STEPS, SIZE, LENGTH, WORDS = 150, 32, 11, 12


class Encoder(nn.Module):
    """Two layers of attention over words and their positions, and the mean of what they make of them."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.positions = nn.Embedding(WORDS, 16), nn.Embedding(LENGTH, 16)
        self.layers = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 32, batch_first=True), num_layers=2)
        self.out = nn.Linear(16, 3)

    def forward(self, words: Tensor) -> Tensor:
        places = torch.arange(words.shape[1])
        return self.out(self.layers(self.words(words) + self.positions(places)).mean(dim=1))


def sentences(size: int) -> tuple[Tensor, Tensor]:
    """Numbers of words ``[N, T]``, and which of the words 0, 1 and 2 comes most often in each sentence."""
    words = torch.randint(0, WORDS, (size, LENGTH))
    classes = torch.randint(0, 3, (size,))
    words[:, ::2] = torch.where(torch.rand(size, (LENGTH + 1) // 2) < 0.7, classes[:, None], words[:, ::2])
    counts = torch.stack([(words == each).sum(dim=1) for each in range(3)], dim=1)
    return words, counts.argmax(dim=1)


torch.manual_seed(0)
model = Encoder()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.003)

with Collector(model, optimizer, "transformer.json", probe=sentences(16), overwrite=True) as collector:
    for _ in range(N_STEPS):
        words, classes = sentences(SIZE)
        logits = model(words)
        loss = cross_entropy(logits, classes)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        collector.log(loss=loss, accuracy=(logits.argmax(dim=1) == classes).float().mean())
