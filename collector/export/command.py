"""``python main.py export FILE``, and without the rest of Strobe ``python -m collector.export.command FILE``."""

import argparse
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO

from collector.export.correlation_grid import write_grid
from collector.export.insight import insight_document
from collector.export.plain import plain_lines
from collector.export.scalars import write_scalars
from collector.export.similarity import write_corr_means, write_layers, write_pairs, write_stability
from collector.storage import Collection, CollectionError, UnreachableError
from collector.storage.errors import CollectionExistsError
from collector.storage.opening import open_whole
from collector.storage.paths import expanded, folder_here, located
from collector.storage.whole_file import whole_file

WRONG_USE = 2


def export(arguments: list[str], program: str = "export") -> int:
    """Write what was asked for beside the collection, or into the folder that is named; the exit code."""
    parser = _parser(program)
    chosen = parser.parse_args(arguments)
    forms = [form for form in FORMS if getattr(chosen, form)]
    if not forms:
        parser.error(f"nothing to export: add one of {', '.join(f'--{form}' for form in FORMS)}")
    folder: Path = chosen.output_path or folder_here(chosen.collection)
    try:
        with open_whole(chosen.collection, reads_all=chosen.plain) as collection:
            for write, ending in (part for form in forms for part in FORMS[form]):
                path = folder / f"{chosen.collection.stem}{ending}"
                if path.exists() and not chosen.force:
                    raise CollectionExistsError(path, "exists already.", "Add --force to replace it.")
                folder.mkdir(parents=True, exist_ok=True)
                with whole_file(path) as file:
                    word = write(collection, file)
                print(f"{path}{word}")
    except (CollectionError, UnreachableError) as error:
        sys.stderr.write(f"{program}: {error}\n")
        return WRONG_USE
    except OSError as error:
        sys.stderr.write(f"{program}: {str(folder)!r} cannot be written: {error.strerror or error}.\n")
        return WRONG_USE
    return 0


def _write_insight(collection: Collection, file: BinaryIO) -> str:
    """The original's document; a word on what its numbers are."""
    document = insight_document(collection)
    file.write((json.dumps(document, allow_nan=False) + "\n").encode())
    insight = collection.insight
    if insight is None or not document["batch_wise"].keys() - {"train_loss"}:
        return " (without counts of gradients, which this run did not record)"
    words = []
    if insight.interval != 1:
        words.append(f"measured at every {insight.interval}th step, null between")
    if insight.sample < insight.parameters:
        what = "estimates from" if insight.estimated else "counts of"
        words.append(f"{what} a sample of {insight.sample:,} of {insight.parameters:,} parameters")
    return f" ({', '.join(words)})" if words else ""


def _write_plain(collection: Collection, file: BinaryIO) -> str:
    file.writelines(plain_lines(collection.path))
    return ""


def _text(write: Callable[[Collection, TextIO], None]) -> Callable[[Collection, BinaryIO], str]:
    """What writes a text, as a form's part."""

    def write_part(collection: Collection, file: BinaryIO) -> str:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        write(collection, text)
        text.detach()
        return ""

    return write_part


def _write_grid(collection: Collection, file: BinaryIO) -> str:
    write_grid(collection, file)
    return ""


Part = tuple[Callable[[Collection, BinaryIO], str], str]
"""What writes a file and gives a word on it, and how the file's name ends."""

FORMS: dict[str, tuple[Part, ...]] = {
    "insight": ((_write_insight, "_insight.json"),),
    "plain": ((_write_plain, "_plain.json"),),
    "csv": ((_text(write_scalars), ".csv"),),
    "similarity": (
        (_text(write_corr_means), "_corr_means.json"),
        (_write_grid, "_correlations.png"),
        (_text(write_pairs), "_similarity.csv"),
        (_text(write_layers), "_layers.csv"),
    ),
    "augmentations": ((_text(write_stability), "_stability.csv"),),
}


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description="Write a collection in forms that other tools read.")
    parser.add_argument("collection", type=located, help="the collection (*.json)")
    parser.add_argument(
        "--insight", action="store_true", help="near-zero gradient counts, as Optimization Insight has them"
    )
    parser.add_argument("--plain", action="store_true", help="the whole collection, with lists in place of its blocks")
    parser.add_argument("--csv", action="store_true", help="the scalars, a row for each step")
    alike = "how alike layers are: corr_means.json, the matrices at the end as a picture, all series as tables"
    parser.add_argument("--similarity", action="store_true", help=alike)
    parser.add_argument("--augmentations", action="store_true", help="stability of each layer under each augmentation")
    where = "folder to write into (default: that of the collection, or this one if it lies elsewhere)"
    parser.add_argument("--output_path", "--output-path", type=expanded, help=where)
    parser.add_argument("--force", action="store_true", help="replace files of an earlier export")
    return parser


if __name__ == "__main__":
    sys.exit(export(sys.argv[1:]))
