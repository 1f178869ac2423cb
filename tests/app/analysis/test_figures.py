"""Numbers as they are read."""

import pytest

from app.analysis.figures import numbers_alike, signed, true_signs


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("-0.25", "−0.25"),
        ("1e-05", "1e−5"),
        ("-2.5e+07", "−2.5e7"),
        ("1e-10", "1e−10"),
        ("1e+00", "1e0"),
        ("-inf", "−inf"),
        ("0.5", "0.5"),
    ],
)
def test_that_a_number_has_true_signs_and_no_zeros_before_its_exponent(number: str, read: str) -> None:
    assert true_signs(number) == read


def test_that_a_number_that_is_nought_when_rounded_has_no_sign() -> None:
    assert [signed(value, 1) for value in (-0.04, -0.06, 0.06)] == ["0.0", "−0.1", "0.1"]


def test_that_numbers_of_a_scale_are_written_alike() -> None:
    assert numbers_alike([0.5, 0.001], 3) == ["0.5", "0.001"]
    assert numbers_alike([-0.5, 0, 0.00001], 3) == ["−5e−1", "0", "1e−5"]
    assert numbers_alike([], 3) == []
