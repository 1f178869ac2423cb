"""The networks that are trained to see what recording costs."""

from collections import OrderedDict
from collections.abc import Callable

from torch import Tensor, nn

from data.torchvision_import import import_torchvision
from models.build import build


def mlp() -> nn.Module:
    """784-256-128-64-10."""
    sizes = [784, 256, 128, 64, 10]
    modules: list[tuple[str, nn.Module]] = [("flatten", nn.Flatten())]
    for number in range(1, 5):
        modules.append((f"fc{number}", nn.Linear(sizes[number - 1], sizes[number])))
        if number < 4:
            modules.append((f"relu{number}", nn.ReLU()))
    return nn.Sequential(OrderedDict(modules))


def wide() -> nn.Module:
    """784-2048-2048-10, 5.8 M parameters."""
    first, second, last = nn.Linear(784, 2048), nn.Linear(2048, 2048), nn.Linear(2048, 10)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), second, nn.ReLU(), last)


def resnet18() -> nn.Module:
    """As torchvision makes it, with its stem of 7×7 for large pictures."""
    import_torchvision()
    from torchvision.models import resnet18 as make

    return make(weights=None, num_classes=10)


class SmallGpt(nn.Module):
    """Four blocks over 32 positions, of which the last one tells the class."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(64, 64), nn.Embedding(32, 64)
        layer = nn.TransformerEncoderLayer(64, 4, 256, dropout=0.0, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.head = nn.Linear(64, 10)

    def forward(self, numbers: Tensor) -> Tensor:
        hidden = self.words((numbers * 64).long()) + self.places.weight
        mask = nn.Transformer.generate_square_subsequent_mask(32)
        return self.head(self.blocks(hidden, mask=mask, is_causal=True)[:, -1])


class SmallLstm(nn.Module):
    """Two layers over 30 steps, of which the last one tells the class."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm, self.head = nn.LSTM(16, 128, 2, batch_first=True), nn.Linear(128, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.lstm(inputs)[0][:, -1])


MLP, CNN = "MLP 784-256-128-64-10, batch 64", "cnn, batch 64"
GPT = "GPT of 4 blocks, 32 positions, batch 32"
RESNET = "resnet18 of torchvision, 32×32, batch 32"
LSTM = "LSTM of 2 layers, 30 steps, batch 32"
WIDE = "784-2048-2048-10, 5.8 M parameters, batch 64"

Made = tuple[Callable[[], nn.Module], tuple[int, ...]]

MODELS: dict[str, Made] = {
    MLP: (mlp, (64, 1, 28, 28)),
    CNN: (lambda: build("cnn", (1, 28, 28), 10), (64, 1, 28, 28)),
    GPT: (SmallGpt, (32, 32)),
    RESNET: (resnet18, (32, 3, 32, 32)),
    LSTM: (SmallLstm, (32, 30, 16)),
    WIDE: (wide, (64, 1, 28, 28)),
}
"""How each model is made, and the shape of its batches."""
