"""Where one more repeat of A would lie, of some of its scalars."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from app.replay.comparing import Comparing
from collector.comparing.engine import noise_of
from collector.comparing.noise import FEWEST, Band
from collector.storage import CollectionError, open_collection


def noise_bands(comparing: Comparing, names: Iterable[str]) -> Mapping[str, Band]:
    """The bands of these scalars of A, as far as all of its repeats have them; none where there are too few repeats.

    The repeats are opened for it, and closed again: only for a job's thread.

    Raises:
        CollectionError: a repeat cannot be read, or does not tell what the clock goes by.
    """
    paths = comparing.wish.repeats
    if len(paths) < FEWEST:
        return {}
    with ExitStack() as files:
        repeats = []
        for path in paths:
            repeats.append(open_collection(path))
            files.callback(repeats[-1].close)
        try:
            noise = noise_of(comparing.a.collection, repeats, comparing.wish.clock)
        except ValueError as error:
            raise CollectionError(comparing.a.collection.path, f"has no noise band: {error}.") from None
        assert noise is not None
        found = {name: noise.band(name) for name in names}
    return {name: band for name, band in found.items() if band is not None}
