"""What happens to a model and its optimizers beside the steps: parts replaced, parameters given or taken, weights
changed by others."""

from collections.abc import Sequence
from typing import Any

import msgspec
from torch import nn

from collector.capture.run_log import RunLog
from collector.pytorch.optimizer_coverage import OptimizerCoverage
from collector.pytorch.optimizer_groups import optimizers_record
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.outer_updates import OuterUpdates
from collector.pytorch.plan import LayerPlan
from collector.pytorch.structure import Replaced, Structure
from collector.storage.schema import OptimizersRecord


class ModelChanges:
    """Looks at the model around each step.

    Args:
        plans: of the layers; they follow what is replaced.
        follows_outer: whether the weights are looked at between the steps.
    """

    def __init__(
        self,
        model: nn.Module,
        stepping: OptimizerHooks,
        plans: Sequence[LayerPlan],
        log: RunLog,
        *,
        follows_outer: bool = True,
    ) -> None:
        self._optimizer_hooks = stepping
        self._plans = plans
        self._log = log
        self._structure = Structure(model, plans, log.guard)
        self._coverage = OptimizerCoverage(model, log.guard)
        self._outer = OuterUpdates(plans if follows_outer else [], stepping, log)
        self._n_begun = 0
        self._optimizers: list[Any] = list(stepping.optimizers)
        self._coverage.begin(self._optimizers)
        self._model = model
        self._groups: OptimizersRecord | None = None

    def step_begins(self, step: int) -> Replaced:
        """Look before a step's first update.

        Returns:
            Parameters that are others from now on.
        """
        replaced: Replaced = {}
        is_other = self._structure.has_changed
        if is_other:
            replaced = self._structure.follow(step)
        is_said = self._optimizer_hooks.optimizers != self._optimizers  # by those that took over or joined
        if is_said:
            self._optimizers = list(self._optimizer_hooks.optimizers)
            self._coverage.remember(self._optimizers)
        elif self._coverage.has_changed(self._optimizers):
            self._coverage.follow(self._optimizers, step)
            is_other = True
        self._n_begun += 1
        # By the second step others, as of the other half of a GAN, have been seen at work.
        if self._n_begun == 2 or ((is_other or is_said) and self._n_begun > 2):
            self._look_for_missed(is_said=is_said and not is_other)
        if self._n_begun <= 2 or is_other or is_said:
            self._tell_groups(step)
        self._outer.step_begins()
        return replaced

    @property
    def can_rest(self) -> bool:
        """Whether the next look may come some steps later."""
        return self._n_begun > 1 and not self._outer.is_waiting

    @property
    def looks_at_all(self) -> bool:
        """Whether the weights behind each step are still looked at."""
        return self._outer.looks_at_all

    def step_ends(self, step: int, *, is_pass: bool) -> None:
        """Look behind a step's last update."""
        self._outer.step_ends(step, is_pass=is_pass)

    def without_gradient(self, layers: Sequence[str] | None) -> list[str] | None:
        """Those of the layers that no other optimizer updates, which may take their gradients away."""
        of_others = self._optimizer_hooks.updated_by_others
        taken = {plan.name for plan in self._plans if not of_others.isdisjoint(plan.parameters.values())}
        return None if layers is None else [name for name in layers if name not in taken]

    def ended(self) -> None:
        """The run is over."""
        self._outer.ended()
        if self._n_begun == 1:
            self._look_for_missed()

    def _tell_groups(self, step: int) -> None:
        """Write down who updates what, where that is not what was written last."""
        of_others = self._optimizer_hooks.updated_by_others
        record = optimizers_record(step, self._model, self._optimizers, of_others)
        if self._groups is None or msgspec.structs.replace(self._groups, step=step) != record:
            self._groups = record
            self._log.add(record)

    def _look_for_missed(self, *, is_said: bool = False) -> None:
        self._coverage.look(self._optimizers, self._optimizer_hooks.updated_by_others, is_said=is_said)
