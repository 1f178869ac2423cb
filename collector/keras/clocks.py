"""How many updates each of several optimizers has made: their clocks."""

from collections.abc import Iterable, Iterator
from typing import Any

from collector.capture.fact_names import UPDATES
from collector.capture.wording import unique_name
from collector.keras.optimizers import inner


class Clocks:
    """Counts from what the optimizers had made when the run began, or from 0, which is also where a resumed run counts
    from: one whose optimizers were loaded with the model goes on as it was.

    Args:
        optimizers: of the training, as they are then.
    """

    def __init__(self, optimizers: Iterable[Any], *, is_resumed: bool) -> None:
        self._begun = {} if is_resumed else {id(each): _iterations(each) for each in optimizers}

    def at(self, optimizers: Iterable[Any]) -> Iterator[tuple[str, float]]:
        """Scalar → updates made by each, named as Keras names it."""
        taken: set[str] = set()
        for each in optimizers:
            name = unique_name(each.name, taken)
            taken.add(name)
            yield f"{UPDATES}/{name}", float(_iterations(each) - self._begun.get(id(each), 0))


def _iterations(optimizer: Any) -> int:
    return int(inner(optimizer).iterations)
