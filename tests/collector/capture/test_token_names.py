"""The texts of tokens are taken from whatever has them, and each is handed out once."""

from typing import Any

import numpy as np
import pytest

from collector.capture.token_names import TokenNames, check_tokenizer, texts_of
from collector.storage.schema import TopLogits


class Bpe:
    def convert_ids_to_tokens(self, number: int) -> str:
        return ["Ġthe", "▁cat", "##s"][number]


class Decodes:
    def decode(self, numbers: list[int]) -> str:
        return [" the", " cat", "##s"][numbers[0]]


@pytest.mark.parametrize(
    "tokenizer",
    [
        Bpe(),
        Decodes(),
        [" the", " cat", "##s"],
        {0: " the", 1: " cat", 2: "##s"},
        {" the": 0, " cat": 1, "##s": 2},
        lambda number: [" the", " cat", "##s"][number],
    ],
)
def test_any_table_or_tokenizer_names_its_tokens(tokenizer: Any) -> None:
    names = TokenNames(tokenizer).first(np.array([[2.0, 0.0], [1.0, 9.0]]), np.array([-100, 0]))
    assert names == {"0": " the", "1": " cat", "2": "##s"}


def test_a_pass_names_those_that_were_not_named_before() -> None:
    names = TokenNames(Decodes())
    names.first(np.array([0]))
    likely = TopLogits(3, np.array([[[0, 2], [2, 0]]]), [], [], [])  # type: ignore[arg-type]
    assert names.record(5, likely).names == {"2": "##s"}
    assert names.record(6, likely) is None


def test_without_a_tokenizer_there_are_no_texts_and_what_has_none_is_no_tokenizer() -> None:
    assert TokenNames().first(np.array([1])) == {}
    with pytest.raises(ValueError, match="tokenizer is of type int"):
        check_tokenizer(3)


@pytest.mark.parametrize(
    ("tokenizer", "texts"),
    [
        (["<pad>", "good", "bad"], ["good bad", "bad"]),
        ({"Ġgood": 1, "Ġbad": 2, "x": 0}, [" good bad", " bad"]),
        (lambda number: "abc"[number], ["b c", "c"]),
        (None, []),
    ],
)
def test_that_a_sample_is_the_text_of_its_tokens_without_what_fills_it_up(tokenizer: Any, texts: list[str]) -> None:
    assert texts_of(tokenizer, np.array([[1, 2, 0, 0], [2, 0, 0, 0]])) == texts


def test_that_a_tokenizer_that_decodes_whole_samples_is_asked_for_them() -> None:
    class Tokenizer:
        def decode(self, numbers: list[int]) -> str:
            return "+".join(map(str, numbers)) * 1000

    class OfOne:
        def decode(self, numbers: list[int]) -> str:
            (number,) = numbers
            return f"t{number}"

    tokens = np.array([[1, 2, 3]])
    assert texts_of(Tokenizer(), tokens)[0] == ("1+2+3" * 1000)[:2000]
    assert texts_of(OfOne(), tokens) == ["t1 t2 t3"]
