"""The spread of A and its repeats."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from app.replay.comparing import Comparing
from collector.comparing.engine import noise_of
from collector.comparing.noise import FEWEST, Band, Noise
from collector.storage import CollectionError, open_collection


@contextmanager
def noise_of_repeats(comparing: Comparing) -> Iterator[Noise | None]:
    """The spread of A and its repeats, which are open for as long; None where there are too few.

    Only for a job's thread.

    Raises:
        CollectionError: a repeat cannot be read, or does not tell what the clock goes by.
    """
    paths = comparing.wish.repeats
    if len(paths) < FEWEST:
        yield None
        return
    with ExitStack() as files:
        repeats = [files.enter_context(open_collection(path)) for path in paths]
        try:
            noise = noise_of(comparing.a.collection, repeats, comparing.wish.clock)
        except ValueError as error:
            raise CollectionError(comparing.a.collection.path, f"has no noise band: {error}.") from None
        yield noise


def noise_bands(comparing: Comparing, names: Iterable[str]) -> Mapping[str, Band]:
    """Where one more repeat of A would lie, of these scalars of A as far as all of its repeats have them.

    Raises:
        CollectionError: as `noise_of_repeats`.
    """
    with noise_of_repeats(comparing) as noise:
        found = {} if noise is None else {name: noise.band(name) for name in names}
    return {name: band for name, band in found.items() if band is not None}
