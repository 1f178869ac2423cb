"""Two runs beside one another."""

from pathlib import Path

import pytest

from app.replay.comparing import Comparing
from app.session import Session
from collector.comparing.saved import SavedComparison


@pytest.fixture
def comparing(session: Session, two_paths: tuple[Path, Path]) -> Comparing:
    session.compare(SavedComparison(a=str(two_paths[0]), b=str(two_paths[1])))
    assert session.comparing is not None
    return session.comparing
