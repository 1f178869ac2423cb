"""The session reads features in the background, for the newest wish only."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.jobs import Jobs
from app.session import Session
from app.views.correlations.analysis.augmentation_correlation import AugmentationWish
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside, PairWish
from tests.app.views.correlations.similar_layers import write_run


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("similar") / "run.json")


def wish(number: int) -> PairWish:
    return PairWish(number, "fc1", "fc2", Inside.FEATURES, Order.CLUSTERED)


def test_that_the_newest_wish_is_answered_last(path: Path, qtbot: QtBot) -> None:
    session = Session(Jobs())
    told: list = []
    session.similarity_ready.connect(told.append)
    with qtbot.waitSignal(session.collection_opened):
        session.open(path)
    for number in (0, 1, 2, 3, 1, 2):
        session.read_similarity(wish(number))
    session.read_similarity(AugmentationWish(0, "bn1", Order.KIND))
    qtbot.waitUntil(lambda: bool(told) and told[-1].wish == AugmentationWish(0, "bn1", Order.KIND))
    assert len(told) < 7, "what was overtaken is not read"
    assert told[-1].values.shape == (25, 25)
    session.close()


def test_that_nothing_is_read_where_nothing_is_open(qtbot: QtBot) -> None:
    session = Session(Jobs(is_synchronous=True))
    with qtbot.assertNotEmitted(session.similarity_ready):
        session.read_similarity(wish(0))
    session.close()
