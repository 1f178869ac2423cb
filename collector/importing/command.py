"""``python main.py import LOGDIR FILE``, and without the rest of Strobe ``python -m collector.importing.command …``."""

import argparse
import sys
from pathlib import Path

from collector.importing.collection import write_collection
from collector.importing.logged import Logged
from collector.importing.tensorboard_files import has_event_files, read_event_files
from collector.importing.wandb_file import read_wandb_file, wandb_file
from collector.storage.errors import CollectionError, CollectionExistsError
from collector.storage.paths import expanded

WRONG_USE = 2


def import_command(arguments: list[str], program: str = "import") -> int:
    """Make a collection of what another tool has logged; the exit code."""
    parser = argparse.ArgumentParser(
        prog=program,
        description="Make a collection of a training's logs: the curves and distributions of TensorBoard event files,"
        " or of a W&B run, also an offline one.",
    )
    parser.add_argument("logs", type=expanded, help="a folder with event files in it or below it, or a .wandb file")
    parser.add_argument("collection", type=expanded, help="the file to write (*.json)")
    parser.add_argument("--force", action="store_true", help="replace a collection of this name")
    chosen = parser.parse_args(arguments)
    try:
        logged = read(chosen.logs)
        write_collection(logged, chosen.collection, overwrite=chosen.force)
    except CollectionExistsError:
        sys.stderr.write(f"{program}: {chosen.collection} exists already. Add --force to replace it.\n")
        return WRONG_USE
    except CollectionError as error:
        sys.stderr.write(f"{program}: {error}\n")
        return WRONG_USE
    except OSError as error:
        sys.stderr.write(f"{program}: {str(chosen.collection)!r} cannot be written: {error.strerror or error}.\n")
        return WRONG_USE
    n, n_histograms = len(logged.scalars), len(logged.histograms)
    told = f"{n:,} curve{'s' * (n != 1)}, {n_histograms or 'no'} histogram{'s' * (n_histograms != 1)}"
    print(f"{chosen.collection}: {told}, of {logged.source}")
    return 0


def read(path: Path) -> Logged:
    """What lies there, of whichever tool.

    Raises:
        CollectionError: nothing that is known.
    """
    if not path.exists():
        raise CollectionError(path, "no such file or folder.", "Name the folder of the logs.")
    if (file := wandb_file(path)) is not None:
        return read_wandb_file(file)
    folder = path if path.is_dir() else path.parent
    if has_event_files(folder):
        return read_event_files(folder)
    raise CollectionError(path, "holds neither event files of TensorBoard nor a .wandb file.", "Name another folder.")


if __name__ == "__main__":
    sys.exit(import_command(sys.argv[1:]))
