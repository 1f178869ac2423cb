"""A state of mind in which a model can be run without leaving a trace."""

import random
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.weak import WeakIdKeyDictionary

from collector.capture.wording import listed
from collector.pytorch.compiled import eagerly
from collector.pytorch.disabled_hooks import DisabledHooks
from collector.pytorch.modules import modules_of
from collector.pytorch.shards import gathered_no_more
from collector.pytorch.state_snapshot import StateSnapshot

PutBack = Callable[[], None]

_written: WeakIdKeyDictionary = WeakIdKeyDictionary()
"""Large tensor or array → whether a run has changed it."""

_refused: WeakIdKeyDictionary = WeakIdKeyDictionary()
"""Model → why it is not run any more."""


class NotRunError(Exception):
    """The model is not run, because what that changes could not be put back; the text is a sentence."""


class PreservedState:
    """A model that can be run now; see `preserved_state`.

    Attributes:
        changed: names of what runs have changed, and what was put back.
    """

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self.modules = list(modules_of(model).values())
        self.changed: list[str] = []
        self._begin()

    def again(self) -> None:
        """Make everything as it was before the first run, for another one."""
        self.put_back()
        self._begin()

    def train_as_before(self) -> None:
        """Run what was in training mode in training mode."""
        self._set_training(True)

    def put_back(self) -> None:
        """Make everything as it was.

        Raises:
            NotRunError: something could not be.
        """
        gathered_no_more(self.modules)
        self._hooks.put_back()
        self._set_training(True)
        changed, is_whole = self._held.put_back()
        self._chance()
        named = (name for name in changed if not (name.startswith("_") or name == "forward"))
        self.changed = list(dict.fromkeys([*self.changed, *named]))
        if not is_whole:
            raise _refuse(self._model, "a run on held-out samples has changed large tensors of it that were not copied")

    def _begin(self) -> None:
        self._chance = _random_states()
        self._held = StateSnapshot(self._model, _written)
        self._hooks = DisabledHooks(self.modules)
        self._in_training = [each for each in self.modules if each.training]
        if self._held.problems:
            self.put_back()
            raise _refuse(
                self._model, f"of what a run would change not all could be put back: {listed(self._held.problems)}"
            )
        self._set_training(False)

    def _set_training(self, value: bool) -> None:
        for module in self._in_training:
            own = vars(module)
            if "training" in own:  # at once, and past whatever the model's class does then
                own["training"] = value
            else:  # a compiled script
                module.training = value


@contextmanager
def preserved_state(model: nn.Module) -> Iterator[PreservedState]:
    """Evaluation mode without gradients, compiled code or anybody's hooks; afterwards everything is as before.

    That is what `StateSnapshot` holds, the training flags and hooks among it (a user may keep some modules in
    evaluation mode while training), and the random states of torch, NumPy and Python.

    Raises:
        NotRunError: something of it could not be put back.
    """
    if model in _refused:
        raise NotRunError(_refused[model])
    model_to_run = PreservedState(model)
    put_back_cache = _autocast_cache()
    try:
        with torch.no_grad(), eagerly(model_to_run.modules):
            yield model_to_run
    finally:
        put_back_cache()
        model_to_run.put_back()


@contextmanager
def preserved_code(function: Any) -> Iterator[None]:
    """What the code of a function of the user's may change, as what it closes over, and random states; afterwards all
    of it is as before.

    Raises:
        NotRunError: something of it could not be put back.
    """
    held = StateSnapshot(function, _written)
    if held.problems:
        held.put_back()
        problems = listed(held.problems)
        raise NotRunError(f"of what {_name_of(function)} would change not all could be put back: {problems}")
    is_whole = True
    try:
        with preserved_random_states():
            yield
    finally:
        _, is_whole = held.put_back()
    if not is_whole:
        raise NotRunError(f"{_name_of(function)} has changed large tensors that were not copied")


def _name_of(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


@contextmanager
def preserved_random_states() -> Iterator[None]:
    """The part of `preserved_state` that is of random numbers."""
    put_back = _random_states()
    try:
        yield
    finally:
        put_back()


def why_not_run(error: Exception, samples: str, model: nn.Module, call: object = None) -> str:
    """Why a model was not run, or could not, on the probe or other samples, and the way out.

    Args:
        call: how the user has it run; None: it is called.
    """
    if isinstance(error, NotRunError):
        return str(error)
    if call is not None:
        return f"probe_call could not run on {samples} ({_in_short(error)})"
    if isinstance(error, NotImplementedError) and _has_no_forward(model):
        return f"the model has no forward to be called with {samples}; {_WAY_OUT}"
    return f"the model could not run on {samples} ({_in_short(error)}); {_WAY_OUT}"


_WAY_OUT = "where it is called in another way, say how: probe_call=lambda model, inputs: …"


def _in_short(error: Exception) -> str:
    """What it is, and the first lines of what it says."""
    return textwrap.shorten(f"{type(error).__name__}: {error}", 400, placeholder=" …")


def _has_no_forward(model: nn.Module) -> bool:
    return getattr(type(model).forward, "__name__", "") == "_forward_unimplemented"


def _refuse(model: nn.Module, reason: str) -> NotRunError:
    _refused[model] = f"the model is not run, because {reason}"
    return NotRunError(_refused[model])


def _random_states() -> PutBack:
    of_torch, of_numpy, of_python = torch.get_rng_state(), np.random.get_state(), random.getstate()  # noqa: NPY002
    on_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None

    def put_back() -> None:
        torch.set_rng_state(of_torch)
        np.random.set_state(of_numpy)  # noqa: NPY002 - the user's, whatever one thinks of a global state
        random.setstate(of_python)
        if on_gpus is not None:
            torch.cuda.set_rng_state_all(on_gpus)

    return put_back


def _autocast_cache() -> PutBack:
    """Weights that autocast casts while no gradient is wanted would be handed to the training without one."""
    was_enabled = torch.is_autocast_cache_enabled()
    torch.set_autocast_cache_enabled(False)
    return lambda: torch.set_autocast_cache_enabled(was_enabled)
