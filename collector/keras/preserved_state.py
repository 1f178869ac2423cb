"""Leaves no trace of a run of the model that the training did not ask for."""

import random
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import tensorflow as tf

from collector.keras.forward import Forward
from collector.keras.graphs import of_types, written
from collector.keras.state_snapshot import StateSnapshot

_IN_PYTHON = ("PyFunc", "PyFuncStateless", "EagerPyFunc")
"""Operations that run code of the user's own each time."""

_COLOURS = re.compile("\x1b\\[[0-9;]*m")

PutBack = Callable[[], None]


class NotRunError(Exception):
    """The model is not run, because what that changes could not be put back; the text says what."""


class StatePreservingFunction:
    """A graph made of a model, and run, without leaving a trace.

    When it is made all state in Python is put back; when it runs, the variables that it writes, wherever they belong:
    statistics, seeds, generators, counters of the user's own. What TensorFlow keeps of a variable before it changes
    is no copy, so that this is cheap.

    Args:
        forward: runs the model.
        run: what the graph is made of; it is called once, with symbolic tensors.
        specs: what it is called with.

    Raises:
        NotRunError: it writes what is no variable, as a table or a queue.
        Exception: whatever the model raises where it cannot run.
    """

    def __init__(self, forward: Forward, run: Callable[[Any], Any], specs: Any) -> None:
        self._roots = forward.model, forward.own
        with preserved_state(self._roots):
            self._function = tf.function(run, autograph=False).get_concrete_function(specs)
        graph = self._function.graph
        self._variables = [(each, dtype) for each in written(graph).values() if (dtype := _dtype(each)) is not None]
        if len(self._variables) < len(written(graph)):
            raise NotRunError(
                "a run of it changes what is no variable of TensorFlow's, as a table, a queue or a data set"
            )
        self._has_python = bool(of_types(graph, _IN_PYTHON))

    def __call__(self, inputs: Any) -> Any:
        """What ``run`` gives for these tensors."""
        before = [(each, tf.raw_ops.ReadVariableOp(resource=each, dtype=dtype)) for each, dtype in self._variables]
        try:
            if self._has_python:
                with preserved_state(self._roots):
                    return self._function(inputs)
            return self._function(inputs)
        finally:
            for handle, value in before:
                tf.raw_ops.AssignVariableOp(resource=handle, value=value)


def why_not_run(error: Exception, samples: str, forward: Forward) -> str:
    """Why a model was not run, or could not, on the probe or other samples, and the way out."""
    if isinstance(error, NotRunError):
        return f"the model is not run on {samples}, because {error}"
    lines = [line for each in _COLOURS.sub("", str(error)).splitlines() if (line := each.strip())]
    said = [line for line in lines if not line.startswith("Exception encountered when calling")]
    return (
        f"the model could not run on {samples} ({type(error).__name__}: {(said or lines or [''])[0]}){forward.way_out}"
    )


@contextmanager
def preserved_state(roots: Any) -> Iterator[None]:
    """Afterwards everything is put back that Python code of a forward pass may move.

    That is what `StateSnapshot` holds, the random states of NumPy, of Python and of TensorFlow's eager operations, and
    Keras's global state: its seed and the names that it has given.

    Args:
        roots: whatever holds what runs: the model, and how the user says that it is run.
    """
    put_backs = (StateSnapshot(roots).put_back, _random_states(), _global_state())
    try:
        yield
    finally:
        for each in put_backs:
            each()


@contextmanager
def random_states_kept() -> Iterator[None]:
    """The part of `preserved_state` that is of random numbers."""
    put_back = _random_states()
    try:
        yield
    finally:
        put_back()


def _random_states() -> PutBack:
    from tensorflow.python.eager import context

    of_numpy, of_python = np.random.get_state(), random.getstate()  # noqa: NPY002
    chance: Any = getattr(context.context(), "_rng", None)
    of_tensorflow = chance.getstate() if isinstance(chance, random.Random) else None

    def put_back() -> None:
        np.random.set_state(of_numpy)  # noqa: NPY002 - the user's, whatever one thinks of a global state
        random.setstate(of_python)
        if of_tensorflow is not None:
            chance.setstate(of_tensorflow)

    return put_back


def _global_state() -> PutBack:
    module = sys.modules.get("keras.src.backend.common.global_state")
    tracker = getattr(module, "GLOBAL_STATE_TRACKER", None)
    return (lambda: None) if tracker is None else StateSnapshot(vars(tracker)).put_back


def _dtype(handle: Any) -> Any:
    held = getattr(handle, "_handle_data", None)
    return tf.as_dtype(held.shape_and_type[0].dtype) if held is not None and held.shape_and_type else None
