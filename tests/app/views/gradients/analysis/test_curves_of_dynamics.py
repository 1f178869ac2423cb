"""Which scalar each curve is, under every choice, and what a run offers to choose from."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.analysis.scalar_names import WHOLE_MODEL
from app.analysis.two_curves import TwoCurves
from app.views.gradients.analysis.dynamics import (
    PLOTS,
    DynamicsOptions,
    Offer,
    dynamics_run,
    measured,
    measured_in_both,
    offer_of,
)
from tests.app.growing_run import GrowingRun

CHOICES: dict[str, tuple[DynamicsOptions, str]] = {
    "fractions": (
        DynamicsOptions(threshold="1e-05"),
        "near_zero_fraction@1e-05 | released_fraction@1e-05, retained_fraction@1e-05 | "
        "flip_fraction@1e-05, flips_all_fraction | minima@1e-05, maxima@1e-05 | "
        "still_change_mean@1e-05, still_change_max@1e-05 | gradient_angle, moment_angle",
    ),
    "counts of averages": (
        DynamicsOptions(threshold="1e-07", is_averaged=True, are_fractions=False),
        "near_zero@1e-07~ema | released@1e-07~ema, retained@1e-07~ema | sign_flips@1e-07~ema, flips_all~ema | "
        "minima@1e-07~ema, maxima@1e-07~ema | still_change_mean@1e-07~ema, still_change_max@1e-07~ema | "
        "gradient_angle, moment_angle",
    ),
    "the original's": (
        DynamicsOptions(threshold="1e-07", is_original_rule=True),
        "near_zero_fraction@1e-07 | released_fraction@1e-07, retained_fraction@1e-07 | "
        "flip_fraction@1e-07, flips_all_fraction | minima_original@1e-07, maxima_original@1e-07 | "
        "still_change_mean@1e-07, still_change_max@1e-07 | gradient_angle, moment_angle",
    ),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_that_each_choice_names_the_scalars_of_all_plots(choice: str) -> None:
    options, names = CHOICES[choice]
    found = [[kind.column(kind.metric(options), "fc1", options) for kind in plot.curves] for plot in PLOTS]
    assert " | ".join(", ".join(name.removesuffix("/fc1") for name in each) for each in found) == names


def run_of(*names: str, layers: tuple[str, ...] = ()) -> Any:
    run = GrowingRun(layers=dict.fromkeys(layers))  # type: ignore[arg-type]
    return run.grow(**dict.fromkeys(names, np.ones(3)))


@pytest.mark.parametrize(
    ("names", "layers", "offer"),
    [
        (["loss", "released@1e-05/fc1"], ("fc1",), None),
        (["near_zero@1e-05/total"], ("fc1",), Offer(("1e-05",), (), False)),
        (
            ["near_zero@0.001/b", "near_zero@1e-05/a", "near_zero@2e-05/z", "near_zero@1e-05/total"],
            ("a", "b", "c"),
            Offer(("1e-05", "2e-05", "0.001"), ("a", "b", "z"), False),
        ),
        (["near_zero@odd/a", "near_zero@1e-05~ema/a"], ("a",), Offer(("1e-05", "odd"), ("a",), True)),
        (
            ["near_zero@1e-05/c", "near_zero@1e-05/a", "near_zero@1e-05/b"],
            ("b",),
            Offer(("1e-05",), ("b", "a", "c"), False),
        ),
    ],
)
def test_that_a_run_offers_what_it_has(names: list[str], layers: tuple[str, ...], offer: Offer | None) -> None:
    assert offer_of(run_of(*names, layers=layers)) == offer


EVERYTHING = Offer(("1e-07", "1e-05"), ("a", "b"), True)


@pytest.mark.parametrize(
    ("offer", "wished", "fitted"),
    [
        (EVERYTHING, DynamicsOptions(), DynamicsOptions(threshold="1e-05")),
        (
            EVERYTHING,
            DynamicsOptions("b", "1e-07", True, False, True),
            DynamicsOptions("b", "1e-07", True, False, True),
        ),
        (EVERYTHING, DynamicsOptions("c", "0.1"), DynamicsOptions(WHOLE_MODEL, "1e-05")),
        (
            Offer((), (), False),
            DynamicsOptions("a", "1e-05", True, False, True),
            DynamicsOptions(WHOLE_MODEL, "", False, False, True),
        ),
    ],
)
def test_that_what_a_run_lacks_is_passed_over(offer: Offer, wished: DynamicsOptions, fitted: DynamicsOptions) -> None:
    assert offer.fitted(wished) == fitted


MINIMA, ANGLE = PLOTS[3].curves[0], PLOTS[5].curves[0]


def test_that_a_share_is_that_of_the_steps_which_have_both_and_any_to_be_a_share_of() -> None:
    run = GrowingRun()
    run.grow(**{"sign_flips@1e-05/a": np.array([4.0, 0.0, 2.0, 5.0, 1.0]), "minima@1e-05/a": np.array([1.0, 0.0, 2.0])})
    curve = measured(run, MINIMA, "a", DynamicsOptions(threshold="1e-05"))  # type: ignore[arg-type]
    assert curve is not None
    assert (curve.name, curve.steps.tolist(), curve.values.tolist()) == ("minima@1e-05/a", [0, 2], [0.25, 1.0])
    counts = measured(run, MINIMA, "a", DynamicsOptions(threshold="1e-05", are_fractions=False))  # type: ignore[arg-type]
    assert counts is not None
    assert counts.values.tolist() == [1, 0, 2]


def test_that_a_share_of_what_was_not_recorded_is_none() -> None:
    options = DynamicsOptions(threshold="1e-05")
    assert measured(run_of("minima@1e-05/a"), MINIMA, "a", options) is None
    assert measured(run_of("sign_flips@1e-05/a"), MINIMA, "a", options) is None
    assert measured(run_of("gradient_angle/a"), ANGLE, "b", options) is None


@pytest.mark.parametrize(
    ("layer", "of_b"), [(WHOLE_MODEL, "gradient_angle/total"), ("a", "gradient_angle/z"), ("b", None)]
)
def test_that_a_layer_is_compared_with_its_partner_and_the_model_with_the_model(layer: str, of_b: str | None) -> None:
    b = run_of("gradient_angle/total", "gradient_angle/z", "gradient_angle/b")
    options = DynamicsOptions()
    own = measured(run_of(f"gradient_angle/{layer}"), ANGLE, layer, options)

    def curves(of_a: Any, make: Any) -> TwoCurves:
        return TwoCurves(of_a, make())

    beside: Any = SimpleNamespace(b=b, pair=SimpleNamespace(partner={"a": "z"}), curves=curves)
    found = measured_in_both(beside, ANGLE, layer, options, own)
    assert found.own is own
    assert (None if found.other is None else found.other.name) == of_b


def test_that_a_run_is_looked_through_for_all_that_is_the_same_whatever_is_chosen() -> None:
    run = run_of("near_zero@1e-05/a", layers=("a",))
    run.grow(**{"gradient_norm/a": np.array([1.0, np.nan]), "nan/a": np.array([0.0, 3.0])})
    beside: Any = object()
    found = dynamics_run(run, beside)
    assert (found.collection, found.beside) == (run, beside)
    assert found.offer == Offer(("1e-05",), ("a",), False)
    assert [each.words for each in found.firsts] == ["First NaN in a gradient: step 4, layer a"]
    assert found.not_finite
    assert dynamics_run(run).beside is None
