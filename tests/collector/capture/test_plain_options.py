"""What a module was made with, as the file can hold it."""

from collector.capture.plain_options import plain_options


def test_that_numbers_switches_and_words_are_told_and_nothing_else() -> None:
    made_with = {"p": 0.5, "size": 3, "bias": True, "mode": "same", "kernel": (3, 3), "device": None, "net": object()}
    assert plain_options(made_with) == {"p": 0.5, "size": 3, "bias": True, "mode": "same"}


def test_that_what_is_private_or_to_be_left_out_is_not_told() -> None:
    assert plain_options({"_p": 1, "training": True, "q": 2}, ("training",)) == {"q": 2}
    assert plain_options({"training": True}) == {"training": True}


def test_that_no_more_than_32_are_told() -> None:
    many = {f"n{number}": number for number in range(40)}
    assert plain_options({"name": None} | many) == {f"n{number}": number for number in range(32)}
