"""What an option is where nobody gives it: the same wherever it can be given, and as it is told."""

import inspect

import pytest

from collector import Collector, from_checkpoints
from collector.pytorch import checkpoints


def defaults(function: object) -> dict[str, object]:
    parameters = inspect.signature(function).parameters  # type: ignore[arg-type]
    return {name: each.default for name, each in parameters.items() if each.default is not inspect.Parameter.empty}


@pytest.mark.parametrize("function", [from_checkpoints, checkpoints.from_checkpoints])
def test_that_of_checkpoints_as_much_is_kept_as_of_a_training(function: object) -> None:
    of_training = defaults(Collector)
    of_checkpoints = {name: own for name, own in defaults(function).items() if name not in ("files", "path")}
    assert of_checkpoints == {name: of_training[name] for name in of_checkpoints}


def test_that_the_black_box_takes_64_mebibytes_where_nothing_is_said() -> None:
    assert defaults(Collector)["black_box_bytes"] == 64 * 1024 * 1024
