"""What the raster asks for, and what it makes of the answers."""

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.views.gradients.analysis.raster_tiles import SignAnswer, SignRequest
from app.views.gradients.analysis.sign_tiles import SignTiles
from app.views.gradients.raster_panel import RasterPanel
from tests.app.views.gradients.made_up_signs import MadeUpSigns, bands_of, made_up_run

BANDS = bands_of(("conv1 weight", 300), ("fc1 weight", 300))


def signs(n_rows: int = 20, n_columns: int = 600, **given: Any) -> MadeUpSigns:
    classes = (np.arange(n_columns) // 3 + np.arange(n_rows)[:, None]) % 4
    return MadeUpSigns(classes.astype(np.uint8), 10 * np.arange(n_rows), **given)


class Asking:
    """A panel, what it has asked for, and a reader that answers when it is told to."""

    def __init__(self, qtbot: QtBot, rows: MadeUpSigns) -> None:
        self.panel, self.qtbot = RasterPanel(), qtbot
        qtbot.addWidget(self.panel)
        self.asked: list[SignRequest] = []
        self.panel.tiles_requested.connect(self.asked.append)
        self.panel.resize(700, 400)
        self.panel.show()
        self.take(rows)

    def take(self, rows: MadeUpSigns) -> None:
        self.tiles = SignTiles(rows, lambda _: None, BANDS)  # type: ignore[arg-type]
        self.run = made_up_run(rows, BANDS)
        self.panel.show_collection(self.run)  # type: ignore[arg-type]

    def wait(self) -> SignRequest | None:
        """The next wish, if there is one."""
        before = len(self.asked)
        self.qtbot.waitUntil(lambda: not self.panel._timer.isActive())
        return self.asked[-1] if len(self.asked) > before else None

    def answer(self) -> None:
        self.tiles.read(self.asked[-1], lambda answer: (self.panel.show_signs(answer), True)[1])


@pytest.fixture
def asking(qtbot: QtBot) -> Asking:
    return Asking(qtbot, signs())


def test_that_tiles_and_the_columns_in_sight_of_the_row_are_asked_for_once(asking: Asking) -> None:
    asking.panel.show_step(45)
    wish = asking.wait()
    assert wish is not None
    assert wish.counted == (4, 0, 600)
    assert (wish.n_rows, wish.signs) == (20, asking.run.signs)
    assert list(wish.keys) == list(dict.fromkeys([*asking.panel.raster.whole_keys(), *asking.panel.raster.keys()]))
    asking.answer()
    for step in (45, 49.5):
        asking.panel.show_step(step)
        assert asking.wait() is None
    asking.panel.show_step(50)
    wish = asking.wait()
    assert wish is not None
    assert (wish.keys, wish.counted) == ((), (5, 0, 600))


def test_that_where_less_is_seen_only_that_is_counted(asking: Asking) -> None:
    asking.panel.show_step(0)
    asking.wait()
    asking.answer()
    asking.panel.raster.zoom(300, 10, 0.25)
    wish = asking.wait()
    assert wish is not None
    view = asking.panel.raster.view
    assert wish.counted == (0, int(view.left), int(np.ceil(view.right)))


@pytest.mark.parametrize("n_columns", [21, 24, 600])
def test_that_no_column_is_counted_beyond_the_last_whatever_the_wheel_did(qtbot: QtBot, n_columns: int) -> None:
    asking = Asking(qtbot, signs(n_columns=n_columns))
    asking.panel.show_step(0)
    asking.wait()
    asking.answer()
    for column in np.linspace(0, n_columns, 10):
        for factor in (0.8, 1.25):
            asking.panel.raster.zoom(column, 10, factor)
            asking.wait()
        counted = [each.counted for each in asking.asked if each.counted is not None]
        assert max(stop for _, _, stop in counted) == n_columns


def test_that_the_legend_tells_the_shares_of_what_was_counted(asking: Asking) -> None:
    asking.panel.show_step(0)
    asking.wait()
    asking.answer()
    counts = np.bincount(asking.run.signs.classes[0], minlength=6)
    assert asking.panel.legend.shares == pytest.approx((counts / 600).tolist())
    assert asking.panel.legend.place == "Columns in view:"


def test_that_of_a_row_that_cannot_be_read_no_shares_are_told(qtbot: QtBot) -> None:
    asking = Asking(qtbot, signs(damaged=(3,)))
    asking.panel.show_step(0)
    asking.wait()
    asking.answer()
    assert asking.panel.legend.shares is not None
    asking.panel.show_step(30)
    asking.wait()
    asking.answer()
    assert asking.panel.legend.shares is None


def test_that_an_answer_of_other_rows_is_passed_over(asking: Asking) -> None:
    other = signs()
    asking.panel.show_signs(SignAnswer(other, [], (0, 0, 600), np.array([600, 0, 0, 0, 0, 0])))
    assert asking.panel.legend.shares is None
    asking.panel.show_signs(SignAnswer(asking.run.signs, [], (0, 0, 600), np.array([600, 0, 0, 0, 0, 0])))
    assert asking.panel.legend.shares == (1, 0, 0, 0, 0, 0)


def test_that_rare_classes_have_their_entry_once_a_tile_has_them_and_not_for_another_run(qtbot: QtBot) -> None:
    odd = signs(missing={4: (1,)})
    odd.classes[2, 5] = 4
    asking = Asking(qtbot, odd)
    asking.wait()
    asking.answer()
    assert [name for name, _ in asking.panel.legend.entries()][:2] == ["not_finite", "no_gradient"]
    asking.take(signs())
    assert asking.panel.legend.entries()[0][0] == "negative"


def test_that_nothing_is_asked_for_while_it_is_hidden(asking: Asking) -> None:
    asking.wait()
    asking.answer()
    asking.panel.show_step(0)
    asking.panel.hide()
    assert asking.wait() is None
    asking.panel.show_step(100)
    assert asking.wait() is None
    asking.panel.show()
    wish = asking.wait()
    assert wish is not None
    assert wish.counted == (10, 0, 600)
