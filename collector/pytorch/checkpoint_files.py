"""Reads the weights that a file holds, without running any code that it may bring."""

import json
import warnings
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from typing import Any
from zipfile import is_zipfile

import torch
from torch import Tensor

from collector.capture.checkpoints import Checkpoint
from collector.storage.errors import CollectionError
from collector.storage.install_command import install_command

_SAFE, _INDEX = ".safetensors", ".index.json"
_OF_HUGGING_FACE = ("model.safetensors", "pytorch_model.bin", "adapter_model.safetensors")
_STATE = "trainer_state.json"
_WEIGHTS = ("state_dict", "model_state_dict", "model", "weights", "network", "net", "module")
"""Under which names the weights lie beside the rest of a training's state: Lightning's first."""
_STEPS = ("global_step", "step", "iteration", "iter")


def read_checkpoint(path: Path) -> Checkpoint:
    """A file that torch has saved, of Lightning too, one of safetensors, or a folder of Hugging Face's.

    Raises:
        CollectionError: there is none, it holds no weights, or more than weights, in words.
    """
    if path.is_dir():
        return _read_folder(path)
    if not path.is_file():
        raise CollectionError(path, "no such file.", "Name the files with the weights.")
    if path.suffix == _SAFE:
        return Checkpoint(path, _safetensors(path))
    return _of_state(path, _load(path))


def _read_folder(path: Path) -> Checkpoint:
    files = [path / name for name in _OF_HUGGING_FACE if (path / name).is_file()]
    parts = [each for each in sorted(path.glob(f"*{_INDEX}")) if each.is_file()]
    step, epoch = _trained_for(path / _STATE)
    if files:
        read = _safetensors if files[0].suffix == _SAFE else _load
        return Checkpoint(path, read(files[0]), step, epoch)
    if parts:
        return Checkpoint(path, _of_parts(parts[0]), step, epoch)
    names = ", ".join(_OF_HUGGING_FACE)
    raise CollectionError(path, f"is a folder without weights ({names}).", "Name the files themselves.")


def _of_parts(index: Path) -> dict[str, Tensor]:
    names = _json(index).get("weight_map")
    files = sorted(set(names.values())) if isinstance(names, dict) else []
    bad = [each for each in files if not isinstance(each, str) or Path(each).name != each]
    if not files or bad:
        raise CollectionError(index, "names no files beside it.", "Name the files themselves.")
    weights: dict[str, Tensor] = {}
    for name in files:
        part = index.parent / name
        weights |= _safetensors(part) if part.suffix == _SAFE else _load(part)
    return weights


def _trained_for(state: Path) -> tuple[int | None, int | None]:
    """Step and epoch that the Trainer of Hugging Face has noted beside the weights."""
    if not state.is_file():
        return None, None
    found = _json(state)
    epoch = found.get("epoch")
    return _whole(found.get("global_step")), int(epoch) if isinstance(epoch, float) else _whole(epoch)


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CollectionError(path, f"cannot be read: {error}") from None
    return found if isinstance(found, dict) else {}


def _safetensors(path: Path) -> dict[str, Tensor]:
    if find_spec("safetensors") is None:
        raise CollectionError(path, "is read by the package safetensors.", install_command("safetensors"))
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no mapping
    except (OSError, SafetensorError) as error:
        raise CollectionError(path, f"cannot be read as safetensors: {error}") from None


def _load(path: Path) -> Any:
    """What torch has saved, as far as it is numbers: no class of the file's own is made."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of how it was pickled: what cannot be read is told below
            # Read as it is needed: of many files one at a time is looked at.
            return torch.load(path, map_location="cpu", weights_only=True, mmap=is_zipfile(path))
    except UnpicklingError as error:
        named = str(error).split("Please file an issue")[0].strip().splitlines()
        why = next((line.strip() for line in named if "GLOBAL" in line or "Unsupported" in line), "")
        raise CollectionError(
            path,
            f"holds more than numbers, and no code of a file is run{f' ({why[:200]})' if why else ''}.",
            "Save model.state_dict(), or allow what you know by torch.serialization.add_safe_globals([…]).",
        ) from None
    except (OSError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise CollectionError(path, f"cannot be read by torch.load: {str(error).splitlines()[0]}") from None


def _of_state(path: Path, state: Any) -> Checkpoint:
    if not isinstance(state, Mapping):
        raise CollectionError(path, f"holds a {type(state).__name__}, not weights.", "Save model.state_dict().")
    if _is_weights(state):
        return Checkpoint(path, state)
    weights = next((state[name] for name in _WEIGHTS if _is_weights(state.get(name))), None)
    if weights is None:
        weights = next(filter(_is_weights, state.values()), None)
    if weights is None:
        raise CollectionError(path, "holds no weights.", "Save model.state_dict().")
    step = next((number for name in _STEPS if (number := _whole(state.get(name))) is not None), None)
    return Checkpoint(path, weights, step, _whole(state.get("epoch")))


def _is_weights(state: Any) -> bool:
    """Whether it is a state dict: names of tensors, and extra states beside them."""
    is_named = isinstance(state, Mapping) and all(isinstance(name, str) for name in state)
    return is_named and any(isinstance(each, Tensor) for each in state.values()) and not _holds_more(state)


def _holds_more(state: Any) -> bool:
    return any(not isinstance(each, Tensor) and not name.endswith("_extra_state") for name, each in state.items())


def _whole(value: object) -> int | None:
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
