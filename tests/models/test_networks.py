from math import prod

import pytest
import torch
from torch import nn

from models.build import build
from models.names import KERAS_MODELS, MODELS, WrongPairError

FIXED = [(name, shape) for name, shape in MODELS.items() if shape is not None and name not in KERAS_MODELS]
ALL = [*FIXED, ("mlp", (1, 28, 28)), ("mlp", (3, 32, 32))]


def names(model: nn.Module) -> list[str]:
    return [name for name, _ in model.named_children()]


@pytest.mark.parametrize(("name", "parameters"), [("cnn", 40_282), ("cnn_large", 905_354), ("cifar10_cnn", 5_851_338)])
def test_that_parameter_counts_are_the_originals(name: str, parameters: int) -> None:
    model = build(name, MODELS[name], 10)
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters


@pytest.mark.parametrize(("name", "shape"), ALL)
@pytest.mark.parametrize("n_classes", [2, 10])
def test_that_pictures_become_logits(name: str, shape: tuple[int, int, int], n_classes: int) -> None:
    model = build(name, shape, n_classes)
    assert model(torch.randn(3, *shape)).shape == (3, n_classes)
    assert isinstance(model[-1], nn.Linear), "the last layer must not be rectified or made probabilities"


@pytest.mark.parametrize(("name", "shape"), ALL)
def test_that_every_module_is_seen_once_and_in_the_order_of_its_name(name: str, shape: tuple[int, int, int]) -> None:
    model = build(name, shape, 10)
    seen: list[str] = []
    for child_name, child in model.named_children():
        child.register_forward_hook(lambda *_, child_name=child_name: seen.append(child_name))
    model(torch.randn(2, *shape))
    assert seen == names(model)


def test_that_the_cnn_has_the_originals_order_and_drops_nothing_between_its_narrow_layers() -> None:
    model = build("cnn", (1, 28, 28), 10)
    assert " ".join(names(model)) == (
        "conv1 relu1 drop1 conv2 pool2 relu2 drop2 conv3 pool3 relu3 drop3 conv4 pool4 relu4 drop4 "
        "flatten fc1 relu5 fc2 relu6 fc3 relu7 fc4 relu8 fc5"
    )
    assert [model.get_submodule(f"fc{n}").in_features for n in range(1, 6)] == [576, 24, 24, 24, 24]


def test_that_the_signal_neither_fades_nor_grows_through_the_narrow_layers_at_the_start() -> None:
    torch.manual_seed(0)
    model, signal = build("cnn", (1, 28, 28), 10), torch.randn(256, 576).relu()
    sizes = []
    for number in range(1, 5):
        signal = model.get_submodule(f"fc{number}")(signal).relu()
        sizes.append(signal.square().mean().sqrt().item())
    assert 0.5 < sizes[3] / sizes[0] < 2


def test_that_the_large_cnn_has_the_originals_order() -> None:
    assert " ".join(names(build("cnn_large", (1, 28, 28), 10))) == (
        "conv1 bn1 relu1 conv2 bn2 relu2 pool2 conv3 bn3 relu3 pool3 "
        "flatten drop1 fc1 bn4 relu4 drop2 fc2 bn5 relu5 drop3 fc3"
    )


def test_that_the_mlp_has_the_studys_layers() -> None:
    model = build("mlp", (3, 32, 32), 10)
    linear = [module for module in model if isinstance(module, nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in linear] == (
        [(3072, 128), (128, 64), (64, 32), (32, 10)]
    )
    assert names(model)[-4:] == ["fc3", "bn3", "relu3", "fc4"]
    assert build("mlp", (1, 5, 7), 4).get_submodule("fc1").in_features == prod((1, 5, 7))


def test_that_the_report_cnn_flattens_800_values() -> None:
    assert build("report_cnn", (3, 32, 32), 10).get_submodule("fc1").in_features == 800


@pytest.mark.parametrize(("name", "shape"), FIXED)
def test_that_another_shape_is_refused(name: str, shape: tuple[int, int, int]) -> None:
    with pytest.raises(WrongPairError, match=f"{name} takes pictures of shape"):
        build(name, (shape[0] + 1, *shape[1:]), 10)


def test_that_an_unknown_model_is_refused() -> None:
    with pytest.raises(WrongPairError, match="no model 'transformer'; choose one of mlp"):
        build("transformer", (1, 28, 28), 10)
