"""A run of which the network can make nothing costs its own view only: its entries do nothing."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from app.replay.opened import open_for_replay
from app.views.network.modules import reading


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
