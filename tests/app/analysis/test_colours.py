"""Numbers to colours."""

import numpy as np
import pytest

from app.analysis.colours import NOT_FINITE, diverging_numbers, grey_numbers, half_numbers

HALVES = np.arange(2**16, dtype=np.uint16).view(np.float16)
POSITIVE = HALVES[~(HALVES < 0)]


@pytest.mark.parametrize("scale", [0.0, 1e-3, 1.0, 37.5, 65504.0])
def test_that_looking_halves_up_gives_the_numbers_of_the_values(scale: float) -> None:
    for halves, is_expected_signed in ((HALVES, True), (POSITIVE, False)):
        numbers, is_signed = half_numbers(halves.reshape(2, -1) if len(halves) % 2 == 0 else halves, scale)
        to_numbers = diverging_numbers if is_expected_signed else grey_numbers
        assert is_signed is is_expected_signed
        assert numbers.dtype == np.uint8
        assert (numbers.ravel() == to_numbers(halves.astype(np.float32), scale).astype(np.uint8)).all()


@pytest.mark.parametrize(("value", "is_negative"), [(-0.0, False), (np.nan, False), (np.inf, False), (-np.inf, True)])
def test_that_minus_zero_and_nan_are_not_negative_and_minus_infinity_is(value: float, is_negative: bool) -> None:
    numbers, is_signed = half_numbers(np.array([value], np.float16), 1.0)
    assert is_signed is is_negative
    assert (numbers == NOT_FINITE).all() == (not np.isfinite(value))
