"""What headings say of what stands below them."""

import pytest

from tests.app.wiring.user import User


def test_that_strips_up_to_the_classes_end_in_logits(user: User) -> None:
    user.session.select_layer("fc1")
    assert user.view("features").strips_heading.about == "all linear layers up to the logits"


@pytest.mark.parametrize("name", ["network", "modules"])
def test_that_both_drawings_of_the_network_have_a_name_for_those_who_do_not_see(user: User, name: str) -> None:
    assert user.view(name).accessibleName()
