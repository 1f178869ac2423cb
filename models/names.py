"""The models and optimizers by name, and which model takes which pictures.

Light, because an argument parser reads it: no framework here.
"""

from data.names import DATASETS, picture_shape

Shape = tuple[int, int, int]

# The picture shape (C, H, W) a model is made for; None: any.
MODELS: dict[str, Shape | None] = {
    "mlp": None,
    "cnn": (1, 28, 28),
    "cnn_large": (1, 28, 28),
    "cifar10_cnn": (3, 32, 32),
    "report_cnn": (3, 32, 32),
    "keras_mlp": (1, 28, 28),
    "keras_cnn": (3, 32, 32),
}

# Those that are trained with Keras, the others with PyTorch.
KERAS_MODELS = frozenset({"keras_mlp", "keras_cnn"})

OPTIMIZERS: tuple[str, ...] = ("adamw", "adam", "sgd", "rmsprop")


class WrongPairError(ValueError):
    """This model does not take this dataset's pictures, or one of them does not exist; the message tells."""


def check_pair(model: str, dataset: str, shape: Shape | None = None) -> None:
    """Raise WrongPairError unless `model` takes pictures of `shape`, (C, H, W), from `dataset`.

    Without `shape` the dataset's own shape counts, so that nothing needs to be loaded first.
    """
    if model not in MODELS:
        raise WrongPairError(f"there is no model {model!r}; choose one of {', '.join(MODELS)}")
    if dataset not in DATASETS:
        raise WrongPairError(f"there is no dataset {dataset!r}; choose one of {', '.join(DATASETS)}")
    given = shape or picture_shape(dataset)
    if _takes(model, given):
        return
    fitting_models = [name for name in MODELS if _takes(name, given)]
    fitting_datasets = [name for name in DATASETS if _takes(model, picture_shape(name))]
    raise WrongPairError(
        f"{model} takes pictures of {_shape_text(MODELS[model])}; those of {dataset} are {_shape_text(given)}. "
        f"For {dataset} choose --model {' or '.join(fitting_models)}; "
        f"for {model} choose --dataset {' or '.join(fitting_datasets)}."
    )


def default_model(dataset: str) -> str:
    """The model to train where none was asked for: `cnn` for grey 28×28 pictures, else `cifar10_cnn`."""
    return "cnn" if _takes("cnn", picture_shape(dataset)) else "cifar10_cnn"


def fitting_models(dataset: str) -> tuple[str, ...]:
    """The models that take this dataset's pictures, the default one first."""
    usual = default_model(dataset)
    others = [name for name in MODELS if name != usual and _takes(name, picture_shape(dataset))]
    return (usual, *others)


def _takes(model: str, shape: Shape) -> bool:
    return MODELS[model] in (None, shape)


def _shape_text(shape: Shape | None) -> str:
    if shape is None:
        return "any shape"
    channels, height, width = shape
    return f"{channels}×{height}×{width}"
