"""What is on its way from accelerators to this machine's memory, and who waits for it: never the training."""

from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from collector.capture.far_values import FarNumber, NothingFar
from collector.pytorch.host_copy import HostCopy, Sent


class OnItsWay(FarNumber):
    """Numbers of a tensor that is read when it has come.

    Attributes:
        array: float64, of the tensor's shape.
    """

    __slots__ = ("_arrivals", "_then", "array")

    def __init__(self, arrivals: "Arrivals") -> None:
        self._arrivals = arrivals
        self.array: np.ndarray | None = None
        self._then: Callable[[float], None] | None = None

    def then(self, use: Callable[[float], None]) -> None:
        self._then = use

    def came(self, array: np.ndarray) -> None:
        """The numbers are here."""
        self.array = array.astype(np.float64)
        if self._then is not None:
            self._then(float(self.array))

    def read(self) -> np.ndarray:
        """The numbers, which are waited for where they have not come."""
        if self.array is None:
            self._arrivals.wait()
        if self.array is None:
            raise ValueError("a number did not come from its device")
        return self.array

    def __float__(self) -> float:
        return float(self.read())


@dataclass(frozen=True)
class _UnderWay:
    step: int
    copies: list[Sent]
    use: Callable[[], None]


class Arrivals(NothingFar):
    """Asks at each step what has come since, and hands it on in the order in which it was sent.

    Nothing waits, but at the end of an epoch and of the run: a device is told to copy behind what it is at, and asked
    later on whether it has done so. Where all tensors are in this machine's memory everything has come at once.

    Args:
        step: number of the step under way.
        guard: keeps failures away from the training.
    """

    def __init__(self, step: Callable[[], int], guard: Callable[[str], AbstractContextManager[None]]) -> None:
        self._step, self._guard = step, guard
        self._under_way: deque[_UnderWay] = deque()
        self._held: list[tuple[OnItsWay, Tensor]] = []
        self._held_since = 0

    def bring(self, value: Any) -> Any:
        """A tensor elsewhere, that nobody changes any more, comes over with others of these; see `OnItsWay`."""
        if not isinstance(value, Tensor) or value.is_cpu:
            return value
        if not self._held:
            self._held_since = self._step() - 1  # it may be of the step just taken
        found = OnItsWay(self)
        self._held.append((found, value.detach()))
        return found

    def send(self, host_copy: HostCopy, use: Callable[[], None], *, since: int | None = None) -> None:
        """Bring over what a `HostCopy` has taken, and call ``use`` when it is there.

        Args:
            since: the first step that it is of; None: the one under way.
        """
        self.send_held()
        copies = host_copy.send()
        if not copies and not self._under_way:
            use()
        else:
            self._under_way.append(_UnderWay(self._step() if since is None else since, copies, use))

    def poll(self) -> None:
        """Hand on what has come."""
        while self._under_way and all(each.has_come() for each in self._under_way[0].copies):
            self._hand_on()

    def wait(self) -> None:
        """Wait until all has come."""
        self.send_held()
        while self._under_way:
            for each in self._under_way[0].copies:
                each.wait()
            self._hand_on()

    def first_step(self) -> int | None:
        """What waits to be sent is sent now, and is there when it is asked for again."""
        self.poll()
        self.send_held()
        return min((each.step for each in self._under_way), default=None)

    def send_held(self) -> None:
        """Send what `bring` was given now, rather than with what is sent next."""
        held, self._held = self._held, []
        if held:
            host_copy = HostCopy()
            for found, tensor in held:
                host_copy.take(tensor, found.came, exactly=_is_exact(tensor), is_kept=True)
            self.send(host_copy, _nothing, since=self._held_since)

    def _hand_on(self) -> None:
        came = self._under_way.popleft()
        with self._guard("taking what came from a device"):
            for each in came.copies:
                each.hand_out()
            came.use()


def _is_exact(tensor: Tensor) -> bool:
    return tensor.dtype not in (torch.float32, torch.bfloat16, torch.float16) and tensor.device.type != "mps"


def _nothing() -> None:
    """All was handed out already."""
