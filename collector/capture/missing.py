"""Why something of a layer is not in the file, in words, whatever the framework."""

from collections.abc import Container, Mapping
from typing import Protocol

from collector.capture.wording import listed

OTHER_SHAPE = "not of a parameter's shape"


class Called(Protocol):
    """A layer's part in the run over the probe.

    Attributes:
        reads: what it was given; None where that is not known.
        problem: why its output is no activation.
        times: how often it was called.
        reads_differ: whether it was given something else at an earlier call.
    """

    @property
    def reads(self) -> object | None: ...
    @property
    def problem(self) -> str: ...
    @property
    def times(self) -> int: ...
    @property
    def reads_differ(self) -> bool: ...


def holder_kind(name: str, layers: Mapping[str, object], calls: Container[str]) -> str:
    """Class name of the layer that holds another one and was called; empty where there is none."""
    outer = name.rpartition(".")[0]
    return type(layers[outer]).__name__ if outer in layers and outer in calls else ""


def activation_absence(call: Called | None, no_calls: str, holder: str = "") -> dict[str, str]:
    """What to say of a layer's activation in ``not_recorded``.

    Args:
        call: None: the model did not call the layer.
        no_calls: why no call of any layer was seen; empty where they were.
        holder: see `holder_kind`.
    """
    if no_calls:
        return {"activation": no_calls}
    if call is None and holder:
        return {"activation": f"the {holder} that holds it computes without calling it"}
    if call is None:
        return {"activation": "the model did not call it when it ran on the probe"}
    if call.problem:
        return {"activation": call.problem}
    if call.times > 1:
        return {"earlier calls": f"called {call.times} times; the last one is recorded"}
    return {}


def edges_absence(call: Called | None) -> str:
    """Why it is not known whose units a layer reads; empty where it is."""
    if call is None:
        return "what it reads is not known, as it was not seen at work"
    if call.reads_differ:
        return f"called {call.times} times, and given something else each time"
    if call.reads is None:
        return "what it reads went through an operation that Strobe cannot follow"
    return ""


def states_left_out(names: Mapping[str, str]) -> str:
    """A note of what optimizers hold, and no pass has.

    Args:
        names: the optimizer's own name of a state → why it is no number of each value.
    """
    told = [
        f"{listed(sorted(name for name in names if names[name] == why), 6)} ({why})"
        for why in sorted(set(names.values()))
    ]
    return f"Not in the passes of what the optimizer holds: {listed(told)}."
