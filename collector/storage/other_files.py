"""What a training leaves besides a collection, and how one is made of it."""

from itertools import chain
from pathlib import Path

from collector.storage.paths import AnyPath

_CHECKPOINTS = frozenset((".pt", ".pth", ".ckpt", ".safetensors", ".keras", ".h5"))
_LOGS = ("*tfevents*", "*.wandb")


def way_in(path: AnyPath) -> str:
    """What makes a collection of a checkpoint, or of the logs of TensorBoard or W&B; empty of anything else.

    Args:
        path: a file; or a folder of this machine, which is looked into two folders deep.
    """
    if path.suffix.lower() in _CHECKPOINTS:
        return "Of checkpoints collector.from_checkpoints makes a collection."
    if "tfevents" in path.name or path.suffix == ".wandb" or (isinstance(path, Path) and _holds_logs(path)):
        return "Of logs the command import makes a collection: import LOGS run.json."
    return ""


def _holds_logs(folder: Path) -> bool:
    patterns = (f"{depth}{each}" for depth in ("", "*/") for each in _LOGS)
    try:
        return any(True for _ in chain.from_iterable(map(folder.glob, patterns)))
    except OSError:
        return False
