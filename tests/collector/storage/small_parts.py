"""Passes of tests with a table of their parts, which otherwise only large ones have."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from collector.storage import encode, pass_parts


@contextmanager
def small_parts() -> Iterator[None]:
    """Every pass has a table, and arrays of more than 64 numbers are parts, the longest several."""
    with (
        patch.object(pass_parts, "LEAST", 0),
        patch.object(pass_parts, "STRETCH", 300),
        patch.object(encode, "APART", 100),
    ):
        yield
