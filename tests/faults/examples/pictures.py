"""Pictures with labels."""

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.faults.bases import Block
from tests.faults.examples.data import classifier, coloured, handwritten, scheduled
from tests.faults.training import Training


class DigitNet(nn.Module):
    """Two convolutions without a norm, dropout, log-probabilities."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 16, 3)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(16 * 144, 64), nn.Linear(64, 10)

    def forward(self, pictures: Tensor) -> Tensor:
        features = functional.relu(self.conv2(functional.relu(self.conv1(pictures))))
        features = self.dropout1(functional.max_pool2d(features, 2)).flatten(1)
        return functional.log_softmax(self.fc2(self.dropout2(functional.relu(self.fc1(features)))), dim=1)


def digit_net(seed: int) -> Training:
    """Adadelta at a rate of 1, which falls at each epoch."""
    torch.manual_seed(seed)
    model = DigitNet()
    optimizer = torch.optim.Adadelta(model.parameters(), 1.0)
    training = classifier(seed, model, handwritten(), optimizer, loss=functional.nll_loss, size=32)
    return scheduled(training, torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.7), 125)


class RowReader(nn.Module):
    """An LSTM over the rows of a picture, a norm behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn = nn.LSTM(28, 64, batch_first=True)
        self.norm = nn.BatchNorm1d(64)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(64, 32), nn.Linear(32, 10)

    def forward(self, pictures: Tensor) -> Tensor:
        last = self.rnn(pictures.reshape(-1, 28, 28))[0][:, -1]
        features = functional.relu(self.fc1(self.dropout1(self.norm(last))))
        return functional.log_softmax(self.fc2(self.dropout2(features)), dim=1)


def row_reader(seed: int) -> Training:
    """Adadelta."""
    torch.manual_seed(seed)
    model = RowReader()
    return classifier(
        seed, model, handwritten(), torch.optim.Adadelta(model.parameters(), 1.0), loss=functional.nll_loss
    )


class ColourResNet(nn.Module):
    """Three stages of one residual block, each at half the size of the one before."""

    def __init__(self, width: int = 12) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU())
        self.stage1, self.stage2, self.stage3 = Block(width), Block(width), Block(width)
        self.fc = nn.Linear(width, 10)

    def forward(self, pictures: Tensor) -> Tensor:
        features = functional.max_pool2d(self.stage1(self.stem(pictures)), 2)
        features = functional.max_pool2d(self.stage2(features), 2)
        return self.fc(self.stage3(features).mean((2, 3)))


def residual(seed: int) -> Training:
    """SGD at 0.1 with momentum and decay, a tenth of it late in the run."""
    torch.manual_seed(seed)
    model = ColourResNet()
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=1e-4)
    training = classifier(seed, model, coloured(), optimizer, size=32)
    return scheduled(training, torch.optim.lr_scheduler.StepLR(optimizer, 1), 150)


class VisionTransformer(nn.Module):
    """Patches, a token for the class, two pre-norm blocks."""

    def __init__(self, width: int = 48, patch: int = 4) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.places = nn.Parameter(torch.randn(1, 17, width) * 0.02)
        block = nn.TransformerEncoderLayer(width, 4, 2 * width, 0.1, "gelu", batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 10)

    def forward(self, pictures: Tensor) -> Tensor:
        patches = self.patches(pictures).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(patches), -1, -1), patches], 1) + self.places
        return self.head(self.norm(self.blocks(tokens)[:, 0]))


def vision_transformer(seed: int) -> Training:
    """AdamW with a cosine."""
    torch.manual_seed(seed)
    model = VisionTransformer()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05)
    training = classifier(seed, model, coloured(), optimizer, size=32)
    return scheduled(training, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 250), 1)


def small_batches(seed: int) -> Training:
    """Batches of four, SGD at 0.001: the first network of many."""
    torch.manual_seed(seed)
    parts = [("conv1", nn.Conv2d(3, 6, 3)), ("relu1", nn.ReLU()), ("pool1", nn.MaxPool2d(2))]
    parts += [("conv2", nn.Conv2d(6, 16, 3)), ("relu2", nn.ReLU()), ("pool2", nn.MaxPool2d(2)), ("flat", nn.Flatten())]
    parts += [("fc1", nn.Linear(64, 120)), ("relu3", nn.ReLU()), ("fc2", nn.Linear(120, 84)), ("relu4", nn.ReLU())]
    model = nn.Sequential(OrderedDict([*parts, ("fc3", nn.Linear(84, 10))]))
    optimizer = torch.optim.SGD(model.parameters(), 0.001, momentum=0.9)
    return classifier(seed, model, coloured(), optimizer, size=4, n_steps=2000)


def slow_start(seed: int) -> Training:
    """Plain SGD at 0.001: the loss falls slowly, as it is meant to in a first lesson."""
    torch.manual_seed(seed)
    parts = [("flat", nn.Flatten()), ("fc1", nn.Linear(784, 128)), ("relu1", nn.ReLU()), ("fc2", nn.Linear(128, 128))]
    model = nn.Sequential(OrderedDict([*parts, ("relu2", nn.ReLU()), ("fc3", nn.Linear(128, 10))]))
    return classifier(seed, model, handwritten(), torch.optim.SGD(model.parameters(), 1e-3), n_steps=600)


class SpatialTransformer(nn.Module):
    """Turns the picture before it reads it; the turn begins as none, with weights of zero."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(1, 8, 7), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(8, 10, 5), nn.MaxPool2d(2), nn.ReLU()
        )
        self.turn1, self.turn2 = nn.Linear(90, 32), nn.Linear(32, 6)
        nn.init.zeros_(self.turn2.weight)
        self.turn2.bias.data.copy_(torch.tensor([1.0, 0, 0, 0, 1, 0]))
        self.read = DigitNet()

    def forward(self, pictures: Tensor) -> Tensor:
        turn = self.turn2(functional.relu(self.turn1(self.look(pictures).flatten(1)))).view(-1, 2, 3)
        grid = functional.affine_grid(turn, list(pictures.shape), align_corners=False)
        return self.read(functional.grid_sample(pictures, grid, align_corners=False))


def spatial_transformer(seed: int) -> Training:
    """SGD at 0.01."""
    torch.manual_seed(seed)
    model = SpatialTransformer()
    return classifier(
        seed, model, handwritten(), torch.optim.SGD(model.parameters(), 0.02), loss=functional.nll_loss, size=32
    )
