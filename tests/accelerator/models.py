"""The models that are trained, made here so that nothing but torch is needed."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

Batch = tuple[Tensor, Tensor]


def mlp(width: int) -> nn.Module:
    """243,000 parameters at a width of 256."""
    layers = nn.Linear(784, width), nn.ReLU(), nn.Linear(width, width // 2), nn.ReLU(), nn.Linear(width // 2, 10)
    return nn.Sequential(nn.Flatten(), *layers)


def cnn(width: int) -> nn.Module:
    """Two convolutions and two linear layers."""
    stages = nn.Conv2d(1, width, 3), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)
    deeper = nn.Conv2d(width, 2 * width, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
    return nn.Sequential(*stages, *deeper, nn.Linear(2 * width * 25, 64), nn.ReLU(), nn.Linear(64, 10))


class Bottleneck(nn.Module):
    """A residual block of three convolutions (He et al. 2016)."""

    def __init__(self, n_in: int, width: int, stride: int) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            *(nn.Conv2d(n_in, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)),
        )
        is_same = n_in == 4 * width and stride == 1
        projection = nn.Conv2d(n_in, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width)
        self.shortcut = nn.Identity() if is_same else nn.Sequential(*projection)

    def forward(self, x: Tensor) -> Tensor:
        return (self.convolutions(x) + self.shortcut(x)).relu()


def resnet(width: int, blocks: tuple[int, ...]) -> nn.Module:
    """ResNet-50 with a width of 64 and 3, 4, 6 and 3 blocks."""
    stages: list[nn.Module] = [nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
    stages.append(nn.MaxPool2d(3, 2, 1))
    n_in = width
    for stage, n_blocks in enumerate(blocks):
        for block in range(n_blocks):
            own = width * 2**stage
            stages.append(Bottleneck(n_in, own, 2 if stage and not block else 1))
            n_in = 4 * own
    return nn.Sequential(*stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(n_in, 1000))


class Block(nn.Module):
    """A block of GPT-2 (Radford et al. 2019)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc, self.out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        n, length, width = x.shape
        parts = self.attn(self.ln_1(x)).chunk(3, -1)
        q, k, v = (each.reshape(n, length, self.heads, -1).transpose(1, 2) for each in parts)
        attended = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(attended.transpose(1, 2).reshape(n, length, width))
        return x + self.out(nn.functional.gelu(self.fc(self.ln_2(x))))


class GPT(nn.Module):
    """GPT-2's shape; small with 50,257 words, a width of 768, 12 blocks and 12 heads."""

    def __init__(self, n_words: int, length: int, width: int, n_blocks: int, heads: int) -> None:
        super().__init__()
        self.wte, self.wpe = nn.Embedding(n_words, width), nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(n_blocks)))
        self.ln_f, self.head = nn.LayerNorm(width), nn.Linear(width, n_words, bias=False)
        self.head.weight = self.wte.weight

    def forward(self, words: Tensor) -> Tensor:
        places = torch.arange(words.shape[1], device=words.device)
        return self.head(self.ln_f(self.blocks(self.wte(words) + self.wpe(places))))


@dataclass(frozen=True)
class Case:
    """A model and what it is trained on.

    Attributes:
        batch: makes inputs and class numbers of the host.
        steps: that are timed.
    """

    name: str
    make: Callable[[], nn.Module]
    batch: Callable[[], Batch]
    steps: int


def _pictures(n: int, channels: int, size: int, classes: int) -> Callable[[], Batch]:
    return lambda: (torch.randn(n, channels, size, size), torch.randint(classes, (n,)))


def _words(n: int, length: int, n_words: int) -> Callable[[], Batch]:
    def batch() -> Batch:
        words = torch.randint(n_words, (n, length + 1))
        return words[:, :-1].contiguous(), words[:, 1:].contiguous()

    return batch


CASES = (
    Case("MLP, 243k", lambda: mlp(256), _pictures(256, 1, 28, 10), 200),
    Case("CNN", lambda: cnn(32), _pictures(256, 1, 28, 10), 200),
    Case("ResNet-50 at 224", lambda: resnet(64, (3, 4, 6, 3)), _pictures(64, 3, 224, 1000), 50),
    Case("GPT-2 small", lambda: GPT(50257, 1024, 768, 12, 12), _words(8, 512, 50257), 50),
)

TINY = (
    Case("MLP, 243k", lambda: mlp(16), _pictures(8, 1, 28, 10), 12),
    Case("CNN", lambda: cnn(4), _pictures(8, 1, 28, 10), 12),
    Case("ResNet-50 at 224", lambda: resnet(4, (1, 1)), _pictures(4, 3, 32, 1000), 12),
    Case("GPT-2 small", lambda: GPT(101, 16, 16, 2, 2), _words(4, 8, 101), 12),
)
"""The same so small that a processor has them at once, to see that all of it runs."""
