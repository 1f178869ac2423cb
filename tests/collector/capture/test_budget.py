"""What a budget allows, to the second: the arithmetic, with an overhead that was made up."""

from dataclasses import dataclass, field

import pytest

from collector.capture.budget import HIDDEN, Budget, check_budget
from collector.capture.overhead import KINDS


@dataclass
class Spent:
    """An overhead that is what it is told to be."""

    training_seconds: float = 0.0
    has_begun: bool = True
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))

    @property
    def total(self) -> float:
        return sum(self.seconds.values())


@pytest.fixture
def spent() -> Spent:
    return Spent()


@pytest.fixture
def budget(spent: Spent) -> Budget:
    return Budget(spent, 0.5)  # type: ignore[arg-type]


def income(spent: Spent, seconds: float) -> None:
    """Let the training have taken so long that half of it is an income of so many seconds."""
    spent.training_seconds = seconds * 2 * HIDDEN


@pytest.mark.parametrize(("seconds", "is_afforded"), [(3.0, True), (2.999, False)])
def test_that_a_comparison_is_afforded_if_all_of_ours_and_one_more_fit_the_income(
    budget: Budget, spent: Spent, seconds: float, is_afforded: bool
) -> None:
    assert budget.allows("comparisons")
    spent.seconds |= {"comparisons": 0.5, "scalars": 1, "passes": 0.25, "gradients": 0.75}
    income(spent, seconds)

    assert budget.allows("comparisons") == is_afforded


@pytest.mark.parametrize("kind", ["comparisons", "passes"])
def test_that_one_costs_the_mean_of_those_that_were_taken_and_of_no_other(
    budget: Budget, spent: Spent, kind: str
) -> None:
    for seconds in (1, 3):
        income(spent, 1000)
        assert budget.allows(kind)
        spent.seconds[kind] += seconds
    for seconds, is_afforded in ((5.999, False), (5.999, False), (6, True)):  # 4 were spent, and 2 is their mean
        income(spent, seconds)
        assert budget.allows(kind) == is_afforded


@pytest.mark.parametrize(("seconds", "is_afforded"), [(8, True), (7.999, False)])
def test_that_passes_get_what_measurements_of_gradients_and_all_else_leave(
    budget: Budget, spent: Spent, seconds: float, is_afforded: bool
) -> None:
    assert budget.allows("passes")
    spent.seconds |= {"passes": 2, "gradients": 1, "scalars": 0.75, "comparisons": 2.25}
    income(spent, seconds)

    assert budget.allows("passes") == is_afforded


@pytest.mark.parametrize(("kind", "other"), [("passes", "gradients"), ("gradients", "passes")])
@pytest.mark.parametrize(("seconds", "is_afforded"), [(8, True), (7.999, False)])
def test_that_half_of_what_is_left_is_safe_from_the_other_kind(
    budget: Budget, spent: Spent, kind: str, other: str, seconds: float, is_afforded: bool
) -> None:
    assert budget.allows(kind)
    spent.seconds |= {kind: 1.5, other: 1000, "scalars": 1, "comparisons": 1}
    income(spent, seconds)  # 6 after scalars and comparisons, half of it 3

    assert budget.allows(kind) == is_afforded


def test_that_a_kind_leaves_the_other_its_half_as_long_as_that_one_has_to_wait(budget: Budget, spent: Spent) -> None:
    for kind in ("passes", "gradients"):
        assert budget.allows(kind)
    spent.seconds |= {"passes": 1, "gradients": 5}
    income(spent, 6)
    assert not budget.allows("gradients")
    spent.seconds["gradients"] = 0.5

    spent.seconds["passes"] = 1.6  # 3.2 with one more: beyond half, and far from what nobody has spent
    assert not budget.allows("passes")
    assert budget.allows("gradients")
    spent.seconds["gradients"] = 1
    assert budget.allows("passes"), "the other waits no longer"


def test_that_nothing_is_left_out_before_the_first_step(budget: Budget, spent: Spent) -> None:
    spent.has_begun = False
    for _ in range(3):
        assert budget.allows("comparisons")
        spent.seconds["comparisons"] += 9
    spent.has_begun = True

    assert not budget.allows("comparisons")


def test_that_only_the_kinds_that_were_left_out_are_told_in_the_order_of_the_words(
    budget: Budget, spent: Spent
) -> None:
    for kind, n_more in (("comparisons", 3), ("gradients", 1), ("passes", 1_999)):
        assert budget.allows(kind)
        spent.seconds[kind] = 1
        for _ in range(n_more):
            assert not budget.allows(kind)

    assert budget.summary() == (
        "To stay within 50 % of the training's time, 1 of 2,000 passes were taken, from the first one left out on "
        "without the spread of their values; 1 of 2 measurements of gradients were made; 1 of 4 comparisons at epochs "
        "were made."
    )
    assert budget.has_left_out("passes")
    assert not budget.has_left_out("scalars")


def test_that_a_kind_of_which_nothing_was_left_out_is_not_told(budget: Budget, spent: Spent) -> None:
    for kind in ("passes", "comparisons"):
        assert budget.allows(kind)
    spent.seconds["comparisons"] = 1
    assert not budget.allows("comparisons")

    assert budget.summary() == "To stay within 50 % of the training's time, 1 of 2 comparisons at epochs were made."


def test_that_of_a_fraction_of_a_percent_three_digits_are_told(spent: Spent) -> None:
    budget = Budget(spent, 0.001234)  # type: ignore[arg-type]
    assert budget.allows("passes")
    spent.seconds["passes"] = 1
    assert not budget.allows("passes")

    assert budget.summary().startswith("To stay within 0.123 % of the training's time, 1 of 2 passes")


def test_that_where_nothing_was_left_out_nothing_is_told(budget: Budget) -> None:
    assert budget.allows("passes")
    assert budget.summary() == ""


@pytest.mark.parametrize("share", [None, 0.03, 1e-9, 0.999])
def test_that_no_budget_and_every_share_between_nothing_and_all_can_be_kept(share: float | None) -> None:
    assert check_budget(share) is None
    assert Budget(Spent(), share).allows("passes")  # type: ignore[arg-type]
