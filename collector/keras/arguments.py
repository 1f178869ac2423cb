"""What a training with Keras is, for the header; and whether it can be recorded."""

from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from collector.capture.run_description import describe_run
from collector.keras.optimizers import optimizers_of
from collector.storage import schema


def check_backend() -> None:
    """Whether Keras runs on what can be watched.

    Raises:
        ValueError: it does not.
    """
    if keras.backend.backend() != "tensorflow":
        raise ValueError(f"Keras runs on {keras.backend.backend()} here; only its TensorFlow backend can be collected")


def describe_training(
    model: keras.Model, params: Mapping[str, Any], about: Mapping[str, Any], **options: Any
) -> schema.Run:
    """The run as the header holds it; ``about`` adds to what can be seen, or corrects it.

    Args:
        params: what `fit` tells its callbacks: epochs, and steps of one where they are known.
        options: further fields of `schema.Run`.
    """
    steps, epochs = params.get("steps"), params.get("epochs")
    return describe_run(
        about,
        framework=f"keras {keras.__version__} on tensorflow {tf.__version__}",
        model=model.name,
        optimizer=", ".join(type(each).__name__ for each in optimizers_of(model)),
        total_steps=steps * epochs if steps and epochs else None,
        **options,
    )
