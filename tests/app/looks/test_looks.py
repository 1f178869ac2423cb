"""The window looks as it did when somebody last looked at it.

Where it is to look otherwise, `python -m tests.app.looks` paints the pictures anew; look at each before it is kept.
"""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.app.looks.conftest import Picture
from tests.app.looks.kept_lists import skip_where_another_qt_paints
from tests.app.looks.pictures import FEW, PAINTED, SEEN, differing, keep, marked, seen
from tests.app.looks.pieces import Piece, all_pieces
from tests.app.looks.scenes import SCENES, Runs

PIECES = all_pieces()
MOVED = ("tour", "findings", "small", "features", "features_of_a_filter", "features_pointed_at")
"""Splitters between texts of several lines, which are measured anew, move by some pixels when the theme changes."""
TURNED = [name for name, each in SCENES.items() if each.theme == "dark" and each.runs is not Runs.TWO]
TURNED = [name for name in TURNED if name not in MOVED]


def compare(found: np.ndarray, name: str, tmp_path: Path) -> None:
    """Fail where a picture is not as it was seen, and write it where it can be looked at."""
    skip_where_another_qt_paints()
    where = differing(found, seen(name))
    if where.sum() > FEW:
        folder = Path(os.environ.get(PAINTED, tmp_path))
        keep(found, folder / f"{name}.webp")
        keep(marked(found, where), tmp_path / f"{name}-marked.webp")
        pytest.fail(f"see {folder}; what is to look so is kept by python -m tests.app.looks")


@pytest.mark.parametrize("name", SCENES)
def test_that_it_looks_as_it_was_seen(name: str, picture: Picture, tmp_path: Path) -> None:
    compare(picture(SCENES[name]), name, tmp_path)


@pytest.mark.parametrize("name", PIECES)
def test_that_a_piece_looks_as_it_was_seen(
    name: str, picture_of_piece: Callable[[Piece], np.ndarray], tmp_path: Path
) -> None:
    compare(picture_of_piece(PIECES[name]), f"pieces/{name}", tmp_path)


@pytest.mark.parametrize("name", TURNED)
def test_that_a_window_that_is_turned_light_looks_as_one_that_began_so(
    name: str, picture: Picture, tmp_path: Path
) -> None:
    turned, light = picture(SCENES[name], turned_to="light"), picture(SCENES[name], theme="light")
    where = differing(turned, light)
    if where.sum() > FEW:
        keep(turned, tmp_path / "turned.webp")
        keep(marked(turned, where), tmp_path / "marked.webp")
        pytest.fail(f"see {tmp_path}")


def test_that_every_picture_that_is_kept_is_of_a_scene_or_a_piece() -> None:
    assert {each.stem for each in SEEN.glob("*.webp")} == set(SCENES)
    assert {each.stem for each in SEEN.glob("pieces/*.webp")} == set(PIECES)
