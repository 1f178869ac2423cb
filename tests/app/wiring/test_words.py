"""What headings say of what stands below them."""

import pytest

from app.window.main_window import MainWindow
from tests.app.wiring.user import User


def test_that_strips_up_to_the_classes_end_in_logits(user: User) -> None:
    user.session.select_layer("fc1")
    assert user.view("features").strips_heading.about == "sample 2, all linear layers up to the logits"


@pytest.mark.parametrize("sample", [0, 4])
def test_that_strips_without_classes_end_in_the_output(window: MainWindow, tmp_path, qtbot, sample: int) -> None:
    import torch
    from torch import nn

    from collector import Collector

    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    inputs = torch.rand(6, 4)
    with Collector(model, optimizer, tmp_path / "run.json", probe=(inputs, None), interval=1) as collector:
        for _ in range(2):
            loss = model(inputs).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    window.open(tmp_path / "run.json")
    user = User(window, qtbot)
    user.session.choose_sample(sample)
    user.session.select_layer("0")
    assert user.view("features").strips_heading.about == f"sample {sample + 1}, all linear layers up to the output"


@pytest.mark.parametrize("name", ["network", "modules"])
def test_that_both_drawings_of_the_network_have_a_name_for_those_who_do_not_see(user: User, name: str) -> None:
    assert user.view(name).accessibleName()
