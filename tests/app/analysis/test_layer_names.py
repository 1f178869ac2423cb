"""Short names of layers."""

from app.analysis.layer_names import tails


def test_that_a_name_loses_what_it_needs_not_to_be_told_from_others() -> None:
    names = ["body.0.conv1", "body.0.bn1", "body.1.conv1", "head.fc", "softmax"]
    assert tails(names) == ("0.conv1", "bn1", "1.conv1", "fc", "softmax")


def test_that_short_names_stay_different() -> None:
    names = ["a.x.c", "b.x.c", "x.c", "c", "a.c"]
    assert len(set(tails(names))) == len(names)
    assert tails([]) == ()
