"""Which layer is which."""

import pytest

from collector.comparing import paired
from collector.storage.layer import Layer, layers_of
from tests.collector.findings.recorded import linear


def layers(*given: tuple[str, int]) -> dict[str, Layer]:
    return layers_of([linear(name, n_out=n) for name, n in given])


def test_that_layers_of_one_name_are_paired_whatever_their_order() -> None:
    found = paired(layers(("a", 8), ("b", 8)), layers(("b", 8), ("a", 8)))
    assert [(each.a, each.b, each.how) for each in found.pairs] == [("a", "a", "name"), ("b", "b", "name")]


def test_that_a_prefix_of_all_names_does_not_count() -> None:
    found = paired(layers(("fc1", 8), ("fc2", 8)), layers(("module.fc1", 8), ("module.fc2", 8)))
    assert [(each.b, each.how) for each in found.pairs] == [("module.fc1", "prefix"), ("module.fc2", "prefix")]


def test_that_layers_of_other_names_are_paired_by_order_kind_and_shape() -> None:
    found = paired(layers(("fc1", 16), ("new", 5), ("fc2", 4)), layers(("dense", 16), ("dense_1", 4)))
    assert [(each.a, each.b) for each in found.pairs] == [("fc1", "dense"), ("fc2", "dense_1")]
    assert {each.how for each in found.pairs} == {"order"}
    assert found.only_a == ("new",)


def test_that_pairs_made_by_hand_come_first_and_none_is_no_partner() -> None:
    found = paired(layers(("a", 8), ("b", 8)), layers(("a", 8), ("b", 8)), {"a": "b", "b": None})
    assert [(each.a, each.b, each.how) for each in found.pairs] == [("a", "b", "given")]
    assert (found.only_a, found.only_b) == (("b",), ("a",))


@pytest.mark.parametrize("given", [{"x": "a"}, {"a": "x"}, {"a": "a", "b": "a"}])
def test_that_a_pair_of_what_there_is_not_or_twice_is_refused(given: dict[str, str | None]) -> None:
    with pytest.raises(ValueError, match=r"there is no layer|twice"):
        paired(layers(("a", 8), ("b", 8)), layers(("a", 8), ("b", 8)), given)
