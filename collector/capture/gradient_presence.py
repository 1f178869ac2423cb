"""Says when a layer's gradient stops, and when it comes again."""

from collections.abc import Callable, Mapping

from collector.capture.wording import listed

PATIENCE = 4
"""A gradient that is missing at fewer steps in a row, of those looked at, comes and goes; at so many it has stopped."""


class GradientPresence:
    """Notices layers whose gradient stops or begins; that it was never there is said elsewhere.

    Args:
        note: is told, in words.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._absences: dict[str, int] = {}
        """Layers without a gradient → at how many steps in a row."""
        self._since: dict[str, tuple[int, int]] = {}
        """The same → the last step with one, and the first without."""
        self._alternate: set[str] = set()
        self._latest = -1

    def saw_all(self, step: int) -> None:
        """Each layer has one at a step, as at the one looked at before."""
        self._latest = step

    def look(self, step: int, has_gradient: Mapping[str, bool]) -> None:
        """Whether each layer has a gradient at a step; the steps come in their order."""
        stopped: dict[tuple[int, int], list[str]] = {}
        begun: list[str] = []
        returned: list[str] = []
        alternate: list[str] = []
        for layer, has in has_gradient.items():
            n_without = self._absences.get(layer, 0)
            if not has:
                n_without = self._absences[layer] = n_without + 1
                if n_without == 1 and self._latest >= 0:
                    self._since[layer] = self._latest, step
                if n_without == PATIENCE and layer in self._since and layer not in self._alternate:
                    stopped.setdefault(self._since[layer], []).append(layer)
            elif n_without:
                del self._absences[layer]
                since = self._since.pop(layer, None)
                if since is None:  # it was not there at the first look, nor since
                    begun.append(layer)
                elif n_without >= PATIENCE and layer not in self._alternate:
                    returned.append(layer)
                elif layer not in self._alternate:
                    self._alternate.add(layer)
                    alternate.append(layer)
        for since, layers in stopped.items():
            self._tell_stop(since, layers)
        if begun:
            self._note(f"A gradient comes to {listed(begun)}: first seen at step {step}, none at step {self._latest}.")
        if returned:
            self._note(
                f"A gradient comes to {listed(returned)} again: seen at step {step}, none at step {self._latest}."
            )
        if alternate:
            self._note(
                f"The gradient of {listed(alternate)} comes and goes: seen at step {step}, none at step "
                f"{self._latest}. no_gradient/… tells the steps without."
            )
        self._latest = step

    def end(self) -> None:
        """The run is over: what has stopped too late to be sure of is told all the same."""
        stopped: dict[tuple[int, int], list[str]] = {}
        for layer, since in self._since.items():
            if layer not in self._alternate and self._absences[layer] < PATIENCE:
                stopped.setdefault(since, []).append(layer)
        self._since = {}
        for since, layers in stopped.items():
            self._tell_stop(since, layers)

    def _tell_stop(self, since: tuple[int, int], layers: list[str]) -> None:
        last, first = since
        self._note(f"No gradient comes to {listed(layers)} any more: seen last at step {last}, none at step {first}.")
