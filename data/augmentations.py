"""One picture changed in many ways, each by one kind of change and a strength that is kept."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from data.torchvision_import import import_torchvision

Change = Callable[[Any, Tensor, float, list[float], torch.Generator], Tensor]
"""torchvision's functions, uint8 ``[C, H, W]``, strength, fill colour by channel, chance → uint8 ``[C, H, W]``."""

UNCHANGED = "none"


@dataclass(frozen=True)
class Kind:
    """A kind of change.

    Attributes:
        change: does it.
        largest: what strength 1 is, in words.
        is_signed: whether it has two directions; else its strengths lie in 0…1.
    """

    change: Change
    largest: str
    is_signed: bool = True


@dataclass(frozen=True)
class AugmentedPicture:
    """A picture as it is and changed.

    Attributes:
        pictures: uint8 ``[A, C, H, W]``, the first as it is, the others kind by kind, by rising strength.
        kinds: how each was changed; the first is ``none``.
        strengths: float64 ``[A]`` in −1…1 of the largest change of the kind.
        largest: kind → its largest change in words.
    """

    pictures: Tensor
    kinds: tuple[str, ...]
    strengths: Tensor
    largest: dict[str, str]


def augmented(picture: Tensor, n: int = 300, seed: int = 0) -> AugmentedPicture:
    """A picture, uint8 ``[C, H, W]``, and ``n − 1`` changed ones of the same size, as many of each kind as it goes.

    Strengths are drawn from −1…1, or 0…1 where a change has one direction only, one from each of as many equal parts
    as there are changes of the kind. What a turned or moved
    picture leaves empty takes the median colour of the picture's edge. ``seed`` decides everything; torch's own random
    numbers stay where they are. Raises ValueError for ``n`` below 1.
    """
    if n < 1:
        raise ValueError(f"an augmented picture is at least itself, so n cannot be {n}")
    import_torchvision()
    functional = importlib.import_module("torchvision.transforms.v2.functional")
    chance = torch.Generator().manual_seed(seed)
    fill = _edge_colour(picture)
    pictures, kinds, strengths = [picture], [UNCHANGED], [0.0]
    for place, (name, kind) in enumerate(KINDS.items()):
        count = len(range(place, n - 1, len(KINDS)))
        drawn = (torch.arange(count) + torch.rand(count, generator=chance, dtype=torch.float64)) / max(1, count)
        for strength in (2 * drawn - 1 if kind.is_signed else drawn).tolist():
            pictures.append(kind.change(functional, picture, strength, fill, chance))
            kinds.append(name)
            strengths.append(strength)
    largest = {name: kind.largest for name, kind in KINDS.items()}
    return AugmentedPicture(torch.stack(pictures), tuple(kinds), torch.tensor(strengths, dtype=torch.float64), largest)


def _edge_colour(picture: Tensor) -> list[float]:
    edges = (picture[:, 0], picture[:, -1], picture[:, :, 0], picture[:, :, -1])
    return torch.cat(edges, dim=1).median(dim=1).values.tolist()


def _affine(functional: Any, picture: Tensor, fill: list[float], **changes: Any) -> Tensor:
    unchanged = {"angle": 0.0, "translate": [0, 0], "scale": 1.0, "shear": [0.0, 0.0]}
    bilinear = functional.InterpolationMode.BILINEAR
    result: Tensor = functional.affine(picture, **(unchanged | changes), interpolation=bilinear, fill=fill)
    return result


def _rotation(functional: Any, picture: Tensor, strength: float, fill: list[float], _: torch.Generator) -> Tensor:
    return _affine(functional, picture, fill, angle=30 * strength)


def _translation(
    functional: Any, picture: Tensor, strength: float, fill: list[float], chance: torch.Generator
) -> Tensor:
    """Along a drawn direction of the right half, so that the strength's sign says left or right."""
    angle = torch.pi * (torch.rand((), generator=chance) - 0.5)
    shift = 0.25 * strength * min(picture.shape[1:])
    # whole pixels only: torchvision cuts off what is behind the point
    return _affine(
        functional, picture, fill, translate=[round(float(shift * angle.cos())), round(float(shift * angle.sin()))]
    )


def _scale(functional: Any, picture: Tensor, strength: float, fill: list[float], _: torch.Generator) -> Tensor:
    return _affine(functional, picture, fill, scale=1.5**strength)


def _shear(functional: Any, picture: Tensor, strength: float, fill: list[float], _: torch.Generator) -> Tensor:
    return _affine(functional, picture, fill, shear=[30 * strength, 0.0])


def _brightness(functional: Any, picture: Tensor, strength: float, _: list[float], __: torch.Generator) -> Tensor:
    result: Tensor = functional.adjust_brightness(picture, 2**strength)
    return result


def _contrast(functional: Any, picture: Tensor, strength: float, _: list[float], __: torch.Generator) -> Tensor:
    result: Tensor = functional.adjust_contrast(picture, 4**strength)
    return result


def _blur(functional: Any, picture: Tensor, strength: float, _: list[float], __: torch.Generator) -> Tensor:
    if strength == 0:
        return picture
    sigma = 2 * strength * min(picture.shape[1:]) / 28
    reach = max(1, min(round(3 * sigma), min(picture.shape[1:]) // 2 - 1))
    result: Tensor = functional.gaussian_blur(picture, [2 * reach + 1] * 2, [sigma, sigma])
    return result


def _noise(_: Any, picture: Tensor, strength: float, __: list[float], chance: torch.Generator) -> Tensor:
    """Our own, as torchvision's draws from torch's own random numbers, which belong to the training."""
    noise = torch.randn(picture.shape, generator=chance) * (0.3 * 255 * strength)
    return (picture + noise).round().clamp(0, 255).to(torch.uint8)


KINDS = {
    "rotation": Kind(_rotation, "30 degrees"),
    "translation": Kind(_translation, "a quarter of the picture"),
    "scale": Kind(_scale, "1.5 times as large"),
    "shear": Kind(_shear, "30 degrees"),
    "brightness": Kind(_brightness, "twice as bright"),
    "contrast": Kind(_contrast, "4 times the contrast"),
    "blur": Kind(_blur, "2 pixels of 28", is_signed=False),
    "noise": Kind(_noise, "a deviation of 0.3", is_signed=False),
}
