import pytest
import torch
from torch import nn

from models.names import OPTIMIZERS
from models.optimizers import DEFAULT_LEARNING_RATES, build_optimizer

KINDS = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "sgd": torch.optim.SGD,
    "rmsprop": torch.optim.RMSprop,
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_that_a_name_gives_its_optimizer_with_its_default_rate(name: str) -> None:
    optimizer = build_optimizer(name, nn.Linear(2, 2).parameters())
    assert type(optimizer) is KINDS[name]
    assert optimizer.param_groups[0]["lr"] == DEFAULT_LEARNING_RATES[name]


def test_that_adamw_keeps_the_originals_rate() -> None:
    assert DEFAULT_LEARNING_RATES["adamw"] == 0.002


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_that_a_rate_of_ones_own_is_taken(name: str) -> None:
    assert build_optimizer(name, nn.Linear(2, 2).parameters(), lr=0.5).param_groups[0]["lr"] == 0.5


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_that_a_rate_not_above_zero_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        build_optimizer("sgd", nn.Linear(2, 2).parameters(), lr=rate)


def test_that_an_unknown_name_is_answered_with_the_valid_ones() -> None:
    with pytest.raises(ValueError, match="no optimizer 'lion'; choose one of adamw, adam, sgd, rmsprop"):
        build_optimizer("lion", nn.Linear(2, 2).parameters())


def test_that_a_deep_network_without_normalisation_starts_gently() -> None:
    layer = nn.Linear(2, 2)
    assert build_optimizer("adamw", layer.parameters(), model="cifar10_cnn").param_groups[0]["lr"] == 0.0005
    assert build_optimizer("adamw", layer.parameters(), lr=0.1, model="cifar10_cnn").param_groups[0]["lr"] == 0.1
