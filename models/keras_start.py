"""Starts TensorFlow without its messages on the terminal."""

import os
import sys
import tempfile


def start_tensorflow() -> None:
    """Load Keras on TensorFlow; what TensorFlow says of the machine meanwhile is kept back unless that fails.

    It writes to the process's standard error itself, before any of its own settings is read.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    sys.stderr.flush()
    with tempfile.TemporaryFile() as told:
        terminal = os.dup(2)
        os.dup2(told.fileno(), 2)
        try:
            import keras
            import tensorflow as tf

            keras.backend.backend()
            tf.config.list_logical_devices()
        except BaseException:
            told.seek(0)
            os.write(terminal, told.read())
            raise
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
