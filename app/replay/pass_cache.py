"""The passes read last, decoded, so that going back and forth reads nothing twice."""

from collections import OrderedDict
from threading import Lock

from collector.storage.passes import Pass, Passes

MOST_BYTES = 256 * 2**20


class PassCache:
    """Least recently used passes, up to a number of bytes of memory. May be used from several threads.

    An array that is damaged counts as not recorded in them; see `Passes.salvaged`.
    """

    def __init__(self, passes: Passes, most_bytes: int = MOST_BYTES) -> None:
        self._passes = passes
        self._most_bytes = most_bytes
        self._kept: OrderedDict[int, Pass] = OrderedDict()
        self._lock = Lock()

    def get(self, number: int) -> Pass:
        """The pass of this number, ≥ 0.

        Raises:
            CollectionError: it cannot be read.
        """
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
        read = self._passes.salvaged(number)
        with self._lock:
            self._kept.setdefault(number, read)
            # counted anew: a pass takes more with each array that is decoded of it
            n_bytes = sum(each.n_bytes for each in self._kept.values())
            while n_bytes > self._most_bytes and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                n_bytes -= oldest.n_bytes
        return read
