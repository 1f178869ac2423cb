"""The networks that are trained with Keras."""

import keras
from keras import layers

from models.names import Shape, WrongPairError
from models.optimizers import DEFAULT_LEARNING_RATES, SGD_MOMENTUM

_TORCH_WEIGHT_DECAY = 0.01


def build(name: str, shape: Shape, n_classes: int) -> keras.Sequential:
    """The model `name`, newly initialised, from pictures `[N, H, W, C]` to probabilities `[N, n_classes]`.

    `shape` is (C, H, W), as everywhere else. Raises WrongPairError for an unknown name.
    """
    inputs = keras.Input((*shape[1:], shape[0]))
    if name == "keras_cnn":
        return keras.Sequential([inputs, *_cnn(n_classes)], name=name)
    if name == "keras_mlp":
        return keras.Sequential([inputs, *_mlp(n_classes)], name=name)
    raise WrongPairError(f"there is no Keras model {name!r}; choose keras_cnn or keras_mlp")


def _cnn(n_classes: int) -> list[layers.Layer]:
    """Layer sizes and order of ai-vis-theory/nn-0, optimization-insight; 122,570 parameters for ten classes.

    Three 3×3 convolutions without padding to 32, 64 and 64 channels, the first two pooled, then 64 units.
    """
    return [
        layers.Conv2D(32, 3, activation="relu", name="conv1"),
        layers.MaxPooling2D(name="pool1"),
        layers.Conv2D(64, 3, activation="relu", name="conv2"),
        layers.MaxPooling2D(name="pool2"),
        layers.Conv2D(64, 3, activation="relu", name="conv3"),
        layers.Flatten(name="flatten"),
        layers.Dense(64, activation="relu", name="fc1"),
        layers.Dense(n_classes, activation="softmax", name="fc2"),
    ]


def _mlp(n_classes: int) -> list[layers.Layer]:
    """784, 128 and 64 units; 109,386 parameters for ten classes."""
    return [
        layers.Flatten(name="flatten"),
        layers.Dense(128, activation="relu", name="fc1"),
        layers.Dense(64, activation="relu", name="fc2"),
        layers.Dense(n_classes, activation="softmax", name="fc3"),
    ]


def build_optimizer(name: str, lr: float | None = None) -> keras.optimizers.Optimizer:
    """The optimizer `name` with the rates of `models.optimizers` and what else PyTorch's has by default.

    Raises ValueError for an unknown name or a rate that is not above 0.
    """
    if name not in DEFAULT_LEARNING_RATES:
        raise ValueError(f"there is no optimizer {name!r}; choose one of {', '.join(DEFAULT_LEARNING_RATES)}")
    rate = DEFAULT_LEARNING_RATES[name] if lr is None else lr
    if not rate > 0:
        raise ValueError(f"a learning rate must be above 0, not {rate}")
    if name == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=_TORCH_WEIGHT_DECAY, epsilon=1e-8)
    if name == "adam":
        return keras.optimizers.Adam(rate, epsilon=1e-8)
    if name == "sgd":
        return keras.optimizers.SGD(rate, momentum=SGD_MOMENTUM)
    return keras.optimizers.RMSprop(rate, rho=0.99, epsilon=1e-8)
