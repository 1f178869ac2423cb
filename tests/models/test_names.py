import pytest

from data.names import DATASETS, picture_shape
from models.names import MODELS, WrongPairError, check_pair, default_model, fitting_models


@pytest.mark.parametrize("dataset", DATASETS)
def test_that_the_default_model_of_each_dataset_is_made_for_its_pictures(dataset: str) -> None:
    assert MODELS[default_model(dataset)] == picture_shape(dataset)
    assert fitting_models(dataset)[0] == default_model(dataset)


def test_that_defaults_follow_the_pictures() -> None:
    grey = {name: default_model(name) for name in ("mnist", "fashion_mnist", "digits")}
    assert set(grey.values()) == {"cnn"}
    assert {default_model(name) for name in ("cifar10", "shapes", "folder")} == {"cifar10_cnn"}


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("shape", [None, (3, 7, 5), (1, 28, 28)])
def test_that_of_all_models_the_mlp_alone_takes_everything(dataset: str, shape: tuple[int, int, int] | None) -> None:
    refused = set()
    for model in MODELS:
        try:
            check_pair(model, dataset, shape)
        except WrongPairError:
            refused.add(model)

    given = shape or picture_shape(dataset)
    assert refused == {name for name, taken in MODELS.items() if name != "mlp" and taken != given}


def test_that_the_models_that_fit_are_named_with_the_default_first() -> None:
    assert fitting_models("mnist") == ("cnn", "mlp", "cnn_large", "keras_mlp")
    assert fitting_models("cifar10") == ("cifar10_cnn", "mlp", "report_cnn", "keras_cnn")


def test_that_a_wrong_pair_names_the_models_and_the_datasets_that_fit() -> None:
    with pytest.raises(WrongPairError) as caught:
        check_pair("cifar10_cnn", "mnist")
    message = str(caught.value)
    assert "3×32×32" in message
    assert "1×28×28" in message
    assert "--model mlp or cnn or cnn_large" in message
    assert "--dataset cifar10 or shapes or folder" in message


@pytest.mark.parametrize("model", [name for name, shape in MODELS.items() if shape is not None])
@pytest.mark.parametrize("dataset", DATASETS)
def test_that_a_pair_is_right_exactly_if_the_shapes_agree(model: str, dataset: str) -> None:
    if MODELS[model] == picture_shape(dataset):
        check_pair(model, dataset)
    else:
        with pytest.raises(WrongPairError):
            check_pair(model, dataset)


def test_that_resized_pictures_are_judged_by_their_new_shape() -> None:
    with pytest.raises(WrongPairError, match="those of folder are 3×64×64"):
        check_pair("cifar10_cnn", "folder", picture_shape("folder", 64))


def test_that_unknown_names_are_answered_with_the_valid_ones() -> None:
    with pytest.raises(WrongPairError, match="no model 'resnet'; choose one of mlp, cnn"):
        check_pair("resnet", "mnist")
    with pytest.raises(WrongPairError, match="no dataset 'stl10'; choose one of mnist"):
        check_pair("cnn", "stl10")
