"""What a training with Keras is: whether it can be recorded, and what the header says of it."""

from collections.abc import Iterable, Mapping
from typing import Any

import keras
import tensorflow as tf

from collector.capture.run_description import describe_run
from collector.storage import schema


def check_model(model: Any) -> None:
    """Whether an option is a model.

    Raises:
        ValueError: it is not.
    """
    if not isinstance(model, keras.Model):
        raise ValueError(
            f"model is of type {type(model).__name__}; give a keras.Model, of several that are trained together one "
            "that holds them as attributes"
        )


def describe_training(
    model: keras.Model, optimizers: Iterable[Any], params: Mapping[str, Any], about: Mapping[str, Any], **options: Any
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
        optimizer=", ".join(type(each).__name__ for each in optimizers),
        total_steps=steps * epochs if steps and epochs else None,
        **options,
    )
