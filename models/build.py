"""Makes a model by its name."""

from torch import nn

from models.cifar10_cnn import cifar10_cnn
from models.cnn import cnn, cnn_large
from models.mlp import mlp
from models.names import MODELS, Shape, WrongPairError
from models.report_cnn import report_cnn

_FIXED_SHAPE = {"cnn": cnn, "cnn_large": cnn_large, "cifar10_cnn": cifar10_cnn, "report_cnn": report_cnn}


def build(name: str, shape: Shape, n_classes: int) -> nn.Sequential:
    """The model `name`, newly initialised, from pictures `[N, *shape]` to logits `[N, n_classes]`.

    Its modules have names and stand in the order in which they run. Raises WrongPairError for an unknown name
    or a shape that the model does not take; `models.names.check_pair` says which ones would fit.
    """
    if name not in MODELS:
        raise WrongPairError(f"there is no model {name!r}; choose one of {', '.join(MODELS)}")
    if MODELS[name] not in (None, shape):
        raise WrongPairError(f"{name} takes pictures of shape {MODELS[name]}, not {shape}")
    return mlp(shape, n_classes) if name == "mlp" else _FIXED_SHAPE[name](n_classes)
