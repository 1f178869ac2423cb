"""What the classes of the sign raster are called: of one run, and where two differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.views.gradients.analysis.sign_colours import (
    DIFFERENCE_ON_DARK,
    DIFFERENCE_ON_LIGHT,
    ON_DARK,
    ON_LIGHT,
    SignColours,
)
from collector.storage.signs import LARGER, NEGATIVE, NO_GRADIENT, NOT_FINITE, POSITIVE, ZERO


@dataclass(frozen=True)
class SignWords:
    """Names and colours.

    Attributes:
        title: of the raster.
        legend: of its legend: field of `SignColours` → words, with ``{}`` for the threshold.
        short: of those, which there is not room for, fewer words.
        single: of one gradient: class → words, likewise.
        shared: of some among many, in the order of the classes of `sign_shares`.
        none: of many that have none of all that.
        columns: of a table: the rest, then each class.
        on_dark, on_light: colours.
    """

    title: str
    legend: Mapping[str, str]
    short: Mapping[str, str]
    single: Mapping[int, str]
    shared: tuple[str, ...]
    none: str
    columns: tuple[str, ...]
    on_dark: SignColours
    on_light: SignColours


OF_ONE = SignWords(
    "Signs of small gradients",
    {
        "negative": "negative, near zero",
        "both": "both signs in one pixel",
        "positive": "positive, near zero",
        "zero": "exactly zero",
        "ground": "larger than {}",
        "not_finite": "NaN or Inf",
        "no_gradient": "no gradient",
    },
    {"negative": "negative", "both": "both signs", "positive": "positive", "ground": "larger"},
    {
        LARGER: "larger than {}",
        NEGATIVE: "negative, near zero",
        POSITIVE: "positive, near zero",
        ZERO: "exactly zero",
        NOT_FINITE: "NaN or Inf",
        NO_GRADIENT: "no gradient",
    },
    ("negative", "positive", "exactly zero", "NaN or Inf", "without a gradient"),
    "all larger than {}",
    ("larger", "negative", "positive", "exactly_zero", "not_finite", "no_gradient"),
    ON_DARK,
    ON_LIGHT,
)

OF_TWO = SignWords(
    "Signs of small gradients, B against A",
    {
        "negative": "near zero in A alone",
        "both": "both in one pixel",
        "positive": "near zero in B alone",
        "zero": "another sign",
        "ground": "the same",
        "not_finite": "NaN or Inf in one alone",
        "no_gradient": "no gradient in one alone",
    },
    {
        "negative": "A alone",
        "both": "both",
        "positive": "B alone",
        "not_finite": "NaN or Inf in one",
        "no_gradient": "no gradient in one",
    },
    {
        LARGER: "the same in both",
        NEGATIVE: "near zero in A alone",
        POSITIVE: "near zero in B alone",
        ZERO: "near zero in both, with another sign",
        NOT_FINITE: "NaN or Inf in one alone",
        NO_GRADIENT: "no gradient in one alone",
    },
    ("near zero in A alone", "in B alone", "of another sign", "NaN or Inf in one alone", "without a gradient in one"),
    "the same in both",
    ("same", "near_zero_in_a_alone", "near_zero_in_b_alone", "other_sign", "not_finite_in_one", "no_gradient_in_one"),
    DIFFERENCE_ON_DARK,
    DIFFERENCE_ON_LIGHT,
)
