"""Which of Keras's backends can be recorded."""

import keras


def check_backend() -> None:
    """Whether Keras runs on what can be watched.

    Raises:
        ValueError: it does not.
    """
    if (name := keras.backend.backend()) != "tensorflow":
        raise ValueError(
            f"Keras runs on {name} here, and KerasCollector records it on TensorFlow alone: set "
            "KERAS_BACKEND=tensorflow before keras is first imported"
        )
