"""Reads TensorBoard's event files by TensorBoard's own reader, with all that is in them."""

import logging
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from collector.importing.logged import Buckets, Logged
from collector.storage.errors import CollectionError
from collector.storage.install_command import install_command

_NO_TENSORFLOW = "tensorboard.compat.notf"
"""Where a module of this name can be imported, tensorboard reads files without TensorFlow."""
_ALL = 0


def has_event_files(folder: Path) -> bool:
    """Whether there are any in a folder or further down."""
    return next(folder.rglob("*tfevents*"), None) is not None


def read_event_files(folder: Path) -> Logged:
    """Scalars and histograms of all runs below a folder; where there are several, a tag begins with its run.

    Raises:
        CollectionError: tensorboard is not installed.
    """
    if "tensorflow" not in sys.modules:
        sys.modules.setdefault(_NO_TENSORFLOW, ModuleType(_NO_TENSORFLOW))
    try:
        from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
    except ImportError:
        raise CollectionError(folder, "is read by the package tensorboard.", install_command("tensorboard")) from None
    logging.getLogger("tensorboard").setLevel(logging.ERROR)  # it tells of each file that it reads
    runs = EventMultiplexer(size_guidance={"tensors": _ALL}, tensor_size_guidance={"scalars": _ALL, "histograms": _ALL})
    runs.AddRunsFromDirectory(str(folder)).Reload()
    found = Logged(folder, "TensorBoard event files")
    names = sorted(runs.Runs())
    for name in names:
        _read_run(found, runs.GetAccumulator(name), "" if len(names) == 1 else f"{name}/")
    return found


def _read_run(found: Logged, run: Any, begin: str) -> None:
    from tensorboard.util.tensor_util import make_ndarray

    left_out = []
    for plugin in sorted(run.ActivePlugins()):
        tags = sorted(run.PluginTagToContent(plugin))
        if plugin not in ("scalars", "histograms"):
            left_out += [f"{begin}{tag}" for tag in tags]
            continue
        for tag in tags:
            for event in run.Tensors(tag):
                values = np.asarray(make_ndarray(event.tensor_proto), np.float64)
                if plugin == "scalars":
                    found.put(f"{begin}{tag}", event.step, float(values.reshape(-1)[0]), event.wall_time)
                elif values.ndim == 2 and values.shape[1] == 3:
                    buckets = Buckets(values[:, :2], values[:, 2])
                    found.put_histogram(f"{begin}{tag}", event.step, buckets, event.wall_time)
    if left_out:
        found.notes.append(f"Neither scalars nor histograms, and left out: {', '.join(left_out)[:500]}.")
