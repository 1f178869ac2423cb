"""Names of classes without what tells none of them apart."""

import pytest

from app.analysis.class_names import own_words, shared_letters


@pytest.mark.parametrize(
    ("names", "shared"),
    [
        ([], 0),
        (["a photo of a cat"], 0),
        (["a photo of a cat", "a photo of a dog"], len("a photo of a ")),
        (["a photo of a cat", "a photo of a cow"], len("a photo of a ")),
        (["cat", "cow"], 0),
        (["a cat", "a cat that sits"], len("a ")),
        (["the cat", "a cat"], 0),
    ],
)
def test_that_names_share_whole_words_at_their_beginning(names: list[str], shared: int) -> None:
    assert shared_letters(names) == shared


def test_that_a_name_keeps_what_is_its_own_and_one_that_would_be_empty_all() -> None:
    names = ["a cat", "a dog", "a "]
    assert [own_words(name, names) for name in names] == ["cat", "dog", "a "]
    assert own_words("a cat", ["a cat"]) == "a cat"
