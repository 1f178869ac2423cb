"""What is said of a layer of which something is missing."""

from dataclasses import dataclass

import pytest

from collector.capture.missing import activation_absence, edges_absence, holder_kind
from collector.capture.wording import listed


@dataclass
class Call:
    reads: object | None = "something"
    problem: str = ""
    times: int = 1
    reads_differ: bool = False


@pytest.mark.parametrize(
    ("call", "no_calls", "words"),
    [
        (Call(), "", {}),
        (Call(), "there is no probe", {"activation": "there is no probe"}),
        (None, "", {"activation": "the model did not call it when it ran on the probe"}),
        (Call(problem="it gave a text"), "", {"activation": "it gave a text"}),
        (Call(times=2), "", {"earlier calls": "called 2 times; the last one is recorded"}),
    ],
)
def test_that_an_activation_is_missing_for_the_first_reason_there_is(
    call: Call | None, no_calls: str, words: dict[str, str]
) -> None:
    assert activation_absence(call, no_calls) == words


def test_that_a_layer_whose_holder_was_called_is_computed_with_by_that() -> None:
    layers = {"block.attention": Call(), "block.attention.out_proj": Call(), "head": Call()}
    holders = [holder_kind(name, layers, {"block.attention"}) for name in layers]
    assert holders == ["", "Call", ""]
    assert activation_absence(None, "", "Call") == {"activation": "the Call that holds it computes without calling it"}
    assert activation_absence(Call(), "", "Call") == {}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (Call(), ""),
        (None, "what it reads is not known, as it was not seen at work"),
        (Call(reads_differ=True, times=3), "called 3 times, and given something else each time"),
        (Call(reads=None), "what it reads went through an operation that Strobe cannot follow"),
    ],
)
def test_that_edges_are_missing_for_the_first_reason_there_is(call: Call | None, words: str) -> None:
    assert edges_absence(call) == words


@pytest.mark.parametrize(
    ("n_names", "words"),
    [(0, ""), (1, "a"), (2, "a and b"), (3, "a, b and c"), (4, "a, b, c and 1 more"), (5, "a, b, c and 2 more")],
)
def test_that_a_list_in_a_sentence_names_three_and_counts_the_rest(n_names: int, words: str) -> None:
    assert listed("abcde"[:n_names]) == words


def test_that_as_many_names_are_listed_as_asked_for() -> None:
    assert listed("abc", most=1) == "a and 2 more"
    assert listed("ab", most=2) == "a and b"
