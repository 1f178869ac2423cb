"""Where the steps of a loop of the user's own begin and end."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from collector.keras.model_recorder import ModelRecorder


class OwnLoop:
    """Tells a recorder of each step: of those that `step` tells of, and of those of ``train_on_batch`` without that.

    A step begins where the one before it has ended, as nothing is known of a loop but what it calls.
    """

    def __init__(self, recorder: ModelRecorder) -> None:
        self._recorder = recorder
        self._steps_at_once = int(recorder.model.steps_per_execution)
        self._is_told = False
        """Whether the latest step was recorded already, when the train function ended."""
        self._logged: frozenset[str] = frozenset()
        recorder.before_step(0)
        self._undo = around_train_function(recorder.model, recorder, self._ended)

    def step(self, values: Mapping[str, Any]) -> None:
        """A step was taken; ``values`` are of it."""
        recorder = self._recorder
        if self._is_told:
            recorder.put_values({name: each for name, each in values.items() if name not in self._logged})
        else:
            recorder.after_step(0, {}, values)
            recorder.before_step(0)
        self._is_told = False

    def _ended(self, logs: Mapping[str, Any]) -> None:
        """The model's train function has taken its steps."""
        self._is_told, self._logged = True, frozenset(logs)
        self._recorder.after_step(self._steps_at_once - 1, logs)
        self._recorder.before_step(0)

    def close(self) -> None:
        """The loop has ended."""
        self._undo()


def around_train_function(
    model: keras.Model,
    recorder: ModelRecorder,
    ended: Callable[[Mapping[str, Any]], None] | None = None,
    failed: Callable[[], None] = lambda: None,
) -> Callable[[], None]:
    """Tell the recorder of each step itself, as no callback can; gives back what undoes it.

    Args:
        ended: is called behind each call, with the numbers that it gave; None: nobody is.
        failed: is called when a training step raises, of which Keras tells no callback.
    """
    step = model.train_function
    if step is None:  # in a loop of the user's own it is not made yet
        return lambda: None

    def watched(iterator: Any) -> Any:
        recorder.step_begins()
        try:
            results = step(iterator)
        except (StopIteration, tf.errors.OutOfRangeError):  # the end of the data
            raise
        except BaseException:
            failed()
            raise
        recorder.step_ends()
        if ended is not None:
            ended(_numbers(results))
        return results

    def undo() -> None:
        if model.train_function is watched:
            model.train_function = step

    model.train_function = watched
    recorder.hears_of_steps = lambda: model.train_function is watched
    return undo


def _numbers(results: Any) -> dict[str, float]:
    """Those of a train function's results that are single numbers."""
    found = results if isinstance(results, Mapping) else {}
    return {str(name): float(each) for name, each in found.items() if np.ndim(each) == 0}
