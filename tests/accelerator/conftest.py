"""Tests here need an accelerator, and are skipped without one."""

import pytest
import torch

from tests.accelerator.models import TINY, Case
from tests.accelerator.places import device_here


@pytest.fixture(scope="session")
def device() -> torch.device:
    """The accelerator of this machine."""
    found = device_here()
    if found.type == "cpu":
        pytest.skip("there is no accelerator here")
    return found


@pytest.fixture(params=TINY, ids=[case.name for case in TINY])
def case(request: pytest.FixtureRequest) -> Case:
    """A small model."""
    found: Case = request.param
    return found
