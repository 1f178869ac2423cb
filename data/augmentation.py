"""Changes made to training pictures as they are taken, a whole batch at a time."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

# Takes and returns uint8 pictures [N, C, H, W]; every random number comes from the generator.
Augmentation = Callable[[Tensor, torch.Generator], Tensor]

CROP_PADDING = 4


def random_crop_and_flip(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Each picture shifted by up to 4 pixels both ways (black comes in) and, half of the time, mirrored.

    The usual augmentation of CIFAR-10: RandomCrop(32, padding=4) and RandomHorizontalFlip, in one gather.
    `pictures` is `[N, C, H, W]` of any type; the result has the same shape and type.
    """
    count, _, height, width = pictures.shape
    padded = functional.pad(pictures, [CROP_PADDING] * 4)
    offsets = torch.randint(0, 2 * CROP_PADDING + 1, (2, count, 1), generator=generator)
    mirrored = torch.rand(count, 1, generator=generator) < 0.5
    along = torch.arange(width)
    rows = offsets[0] + torch.arange(height)
    columns = offsets[1] + torch.where(mirrored, width - 1 - along, along)
    each = torch.arange(count)[:, None, None]
    # Index arrays around a slice put their own dimensions first: [N, H, W, C].
    return padded[each, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
