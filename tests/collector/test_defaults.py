"""What an option is where nobody gives it: the same wherever it can be given, and as it is told."""

import inspect

from collector import Collector, from_checkpoints


def defaults(function: object) -> dict[str, object]:
    parameters = inspect.signature(function).parameters  # type: ignore[arg-type]
    return {name: each.default for name, each in parameters.items() if each.default is not inspect.Parameter.empty}


def test_that_of_checkpoints_as_much_is_kept_as_of_a_training() -> None:
    of_training, of_checkpoints = defaults(Collector), defaults(from_checkpoints)
    own = {"files", "path"}
    assert of_checkpoints.keys() - of_training.keys() <= own
    shared = of_checkpoints.keys() - own
    assert {name: of_checkpoints[name] for name in shared} == {name: of_training[name] for name in shared}


def test_that_the_black_box_takes_64_mebibytes_where_nothing_is_said() -> None:
    assert defaults(Collector)["black_box_bytes"] == 64 * 1024 * 1024
