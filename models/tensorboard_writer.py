"""Opens TensorBoard log files without loading TensorFlow."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

# tensorboard looks for a module of this name: if it can be imported, its own small stub of TensorFlow's file
# functions is used even where TensorFlow is installed. Otherwise the first log file would load all of
# TensorFlow: seconds, hundreds of megabytes, and its messages on the terminal.
_NO_TENSORFLOW = "tensorboard.compat.notf"


def open_writer(log_dir: str | Path, first_step: int | None = None) -> Any:
    """A `torch.utils.tensorboard.SummaryWriter` for the folder `log_dir`, which is made if need be.

    With `first_step`, what earlier files there say of this step and of later ones is no longer shown.
    """
    sys.modules.setdefault(_NO_TENSORFLOW, ModuleType(_NO_TENSORFLOW))
    return importlib.import_module("torch.utils.tensorboard").SummaryWriter(str(log_dir), purge_step=first_step)
