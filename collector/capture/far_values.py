"""What lies on another device, and is on its way to this machine's memory."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any


class FarNumber(ABC):
    """A number on its way."""

    @abstractmethod
    def then(self, use: Callable[[float], None]) -> None:
        """Let ``use`` have the number as soon as it has come."""


class NothingFar:
    """Where all values are here. A framework that computes elsewhere has its own in the place of this."""

    def bring(self, value: Any) -> Any:
        """What stands for a value until it is written: itself, or something that is read then."""
        return value

    def first_step(self) -> int | None:
        """The first step of which something is still on its way; None: all has come."""
        return None

    def wait(self) -> None:
        """Wait until all has come."""
