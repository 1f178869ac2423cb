"""What `python -m tests.accelerator` measures, as rules, where there is an accelerator."""

from pathlib import Path

import pytest
import torch

from tests.accelerator.measuring import Way, train
from tests.accelerator.models import CASES, Case
from tests.accelerator.truth import largest_difference


@pytest.fixture(autouse=True)
def repeatable() -> None:
    """Convolutions give the same twice."""
    torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic = False, True


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=["fp32", "bf16"])
@pytest.mark.parametrize("is_compiled", [False, True], ids=["eager", "compiled"])
def test_that_losses_are_bit_for_bit_the_same(
    device: torch.device, case: Case, dtype: torch.dtype, is_compiled: bool, tmp_path: Path
) -> None:
    way = Way(device, dtype, is_compiled)

    assert train(case, way, tmp_path / "run.json").losses == train(case, way, None).losses


def test_that_what_is_recorded_is_what_the_processor_records(device: torch.device, case: Case, tmp_path: Path) -> None:
    assert largest_difference(case, device, tmp_path) < 2e-2  # convolutions compute in TF32 there


@pytest.mark.parametrize("case", CASES[-1:], ids=["GPT-2 small"])
def test_that_little_leaves_it_and_nobody_waits(device: torch.device, case: Case, tmp_path: Path) -> None:
    way = Way(device, torch.bfloat16, False)
    plain, ours = train(case, way, None), train(case, way, tmp_path / "run.json")

    assert ours.followed <= 1e6
    assert ours.at_pass <= 8e6
    assert ours.waits == plain.waits
    assert ours.peak <= 1.03 * plain.peak
