"""The datasets by name and the shapes of their pictures.

Light, because an argument parser reads it: no torch here.
"""

DATASETS: tuple[str, ...] = ("mnist", "fashion_mnist", "cifar10", "digits", "shapes", "folder")

# [C, H, W] as each dataset comes, before any resize.
PICTURE_SHAPES: dict[str, tuple[int, int, int]] = {
    "mnist": (1, 28, 28),
    "fashion_mnist": (1, 28, 28),
    "cifar10": (3, 32, 32),
    "digits": (1, 28, 28),
    "shapes": (3, 32, 32),
}

FOLDER_SIDE = 32


def picture_shape(dataset: str, resize: int | None = None) -> tuple[int, int, int]:
    """Shape (C, H, W) of the pictures that `load(dataset, resize=resize)` will give; nothing is loaded."""
    channels, height, width = PICTURE_SHAPES.get(dataset, (3, FOLDER_SIDE, FOLDER_SIDE))
    return (channels, resize, resize) if resize else (channels, height, width)
