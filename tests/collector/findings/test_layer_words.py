import pytest

from collector.findings.layer_words import layer_words, layers_words


@pytest.mark.parametrize(
    ("name", "words"), [("fc1", "fc1"), ("0", "layer 0"), ("12.3", "layer 12.3"), ("net.0", "net.0"), ("", "")]
)
def test_that_a_number_alone_is_said_to_be_a_layers(name: str, words: str) -> None:
    assert layer_words(name) == words


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["fc1", "fc2"], "fc1, fc2"),
        (["0"], "layer 0"),
        (["6", "3", "0"], "layers 6, 3, 0"),
        (["6", "3", "0", "1", "2"], "layers 6, 3, 0 and 2 more"),
        (["0", "head"], "0, head"),
        ([], ""),
    ],
)
def test_that_a_list_says_what_its_numbers_are(names: list[str], words: str) -> None:
    assert layers_words(names) == words
