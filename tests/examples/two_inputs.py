"""A model of two inputs, called with keywords, that gives a dict: a picture and a few numbers about it.

python tests/examples/two_inputs.py
python main.py two_inputs.json
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from collector import Collector

N_STEPS, SIZE = 150, 32


class TwoInputs(nn.Module):
    """Adds up what it makes of both."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu = nn.Conv2d(1, 6, 3, padding=1), nn.ReLU()
        self.from_picture, self.from_numbers = nn.Linear(6 * 16, 12), nn.Linear(3, 12)
        self.out = nn.Linear(12, 2)

    def forward(self, picture: Tensor, numbers: Tensor) -> dict[str, Tensor]:
        maps = nn.functional.max_pool2d(self.relu(self.conv(picture)), 2)
        features = (self.from_picture(maps.flatten(1)) + self.from_numbers(numbers)).tanh()
        return {"features": features, "logits": self.out(features)}


def batch(size: int) -> tuple[dict[str, Tensor], Tensor]:
    """Keywords of the model, and classes: is the top brighter, unless the first number says otherwise?"""
    pictures, numbers = torch.rand(size, 1, 8, 8), torch.randn(size, 3)
    is_top = pictures[:, 0, :4].mean((1, 2)) > pictures[:, 0, 4:].mean((1, 2))
    return {"picture": pictures, "numbers": numbers}, (is_top ^ (numbers[:, 0] > 1)).long()


torch.manual_seed(0)
model = TwoInputs()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)

with Collector(model, optimizer, "two_inputs.json", probe=batch(16), overwrite=True) as collector:
    for _ in range(N_STEPS):
        inputs, classes = batch(SIZE)
        loss = cross_entropy(model(**inputs)["logits"], classes)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        collector.log(loss=loss)
