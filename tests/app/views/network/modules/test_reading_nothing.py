"""What wishes for modules come to; of a run of which the network can make nothing, they do nothing."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from app.replay.opened import open_for_replay
from app.views.network.frame import NAME
from app.views.network.modules import reading
from tests.app.looks.pieces.network_modules import BLOCKS
from tests.app.views.network.modules.made_up_modules import ModuleRun


@pytest.mark.parametrize(
    "wish", [reading.toggle_drawing, reading.open_all_modules, lambda session: reading.toggle_module(session, "fc1")]
)
def test_that_wishes_for_modules_are_passed_over_where_nothing_could_be_derived(wish, collection_path: Path) -> None:
    opened = open_for_replay(collection_path)
    session = Mock(opened=opened)
    wish(session)
    session.draw_as_modules.assert_not_called()
    session.set_open_modules.assert_not_called()
    opened.collection.close()


@pytest.mark.parametrize("wish", [reading.toggle_drawing, lambda session: reading.toggle_module(session, "blocks")])
def test_that_wishes_for_modules_are_passed_over_before_anything_is_shown(wish) -> None:
    session = Mock(opened=Mock(derived={NAME: ModuleRun(BLOCKS).readings()}), view=None)
    wish(session)
    session.draw_as_modules.assert_not_called()
    session.set_open_modules.assert_not_called()


def test_that_wishes_are_from_what_is_seen() -> None:
    session = Mock(opened=Mock(derived={NAME: ModuleRun(BLOCKS).readings()}))
    session.view = Mock(as_modules=True, open_modules=frozenset({"blocks"}))
    reading.toggle_drawing(session)
    session.draw_as_modules.assert_called_once_with(False)
    session.view.as_modules = False
    reading.toggle_drawing(session)
    session.draw_as_modules.assert_called_with(True)
    wished = []
    session.set_open_modules.side_effect = wished.append
    reading.toggle_module(session, "blocks.1")
    reading.toggle_module(session, "blocks")
    reading.open_all_modules(session)
    reading.close_all_modules(session)
    every = {f"blocks{name}" for name in ("", *(f".{n}{each}" for n in "01" for each in ("", ".attention", ".mlp")))}
    assert wished == [{"blocks", "blocks.1"}, set(), every, set()]
