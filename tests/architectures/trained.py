"""The trainings by name, each in its own file."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

NAMES = (
    *("word_lstm", "word_transformer", "gpt2", "bert", "gat", "unet", "vae", "wgan", "dqn", "ppo", "sac"),
    *("diffusion", "siamese", "segmentation", "multi_label", "regression"),
    *("keras_vae", "keras_gan", "keras_text_transformer"),
)


def training(name: str) -> Callable[..., float]:
    """`train` of one of them: the recording's path, a seed, and how many steps, where not as many as it is meant to.

    What its packages need on machines that have another build of theirs is done first.
    """
    if name.startswith("keras"):
        from models.keras_start import start_tensorflow

        start_tensorflow()
    elif name in ("gpt2", "bert"):
        from data.torchvision_import import import_torchvision

        import_torchvision()
    return import_module(f"tests.architectures.{name}").train


def file_of(folder: Path, name: str, seed: int) -> Path:
    """Where its recording goes."""
    return folder / f"{name}-{seed}.json"
