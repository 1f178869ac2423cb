"""What gradients are when a backward pass begins and when it ends, before anybody clips them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Variable

from collector.capture.fact_names import CARRIED, UNCLIPPED
from collector.capture.guard import Guard
from collector.capture.run_log import RunLog
from collector.metrics.norms import joint_norm
from collector.pytorch.tensors import is_plain, tensors_in


class BackwardFacts:
    """Looks at the gradients around the backward passes of steps that are measured.

    What the model gives tells when a backward pass reaches it; nothing of it is changed.

    Args:
        trained: the parameters that an optimizer has: of others nobody sets the gradients to zero.
        is_due: whether the step under way is measured.
        norm_of: ‖g‖ of all gradients of these parameters, where somebody has made it or needs it too.
    """

    def __init__(
        self,
        trained: Callable[[], Iterable[Tensor]],
        is_due: Callable[[], bool],
        guard: Guard,
        norm_of: Callable[[Sequence[Tensor]], float | None] = lambda parameters: None,
    ) -> None:
        self._norm_of = norm_of
        self._trained, self._is_due, self._guard = trained, is_due, guard
        self._carried: float | Tensor | None = None
        self._ended: float | Tensor | None = None
        self._is_under_way = False

    def called(self, outputs: Any) -> None:
        """The model has given this in training."""
        if not self._is_due() or torch.compiler.is_compiling() or torch.jit.is_tracing():
            return
        first = next((each for each in tensors_in(outputs) if each.requires_grad and type(each) is Tensor), None)
        if first is not None and not torch._C._functorch.is_functorch_wrapped_tensor(first):
            first.register_hook(self._begins)

    def record(self, step: int, log: RunLog, *, is_scaled: bool) -> None:
        """Hand over what was found of the step under way.

        Args:
            is_scaled: whether a scaler's factor is in the gradients, which are then told by no norm.
        """
        carried, ended = self._carried, self._ended
        self._carried = self._ended = None
        if ended is not None and not is_scaled:
            for name, value in ((CARRIED, carried), (UNCLIPPED, ended)):
                log.put(name, step, value)

    def _begins(self, gradient: Tensor) -> None:
        with self._guard.quick("looking at a backward pass"):
            if not self._is_under_way and self._is_due():
                self._is_under_way = True
                if self._carried is None:
                    self._carried = self._norm()
                Variable._execution_engine.queue_callback(self._ends)

    def _ends(self) -> None:
        self._is_under_way = False
        with self._guard.quick("looking at the end of a backward pass"):
            self._ended = self._norm()

    def _norm(self) -> float | Tensor:
        with torch.no_grad():
            trained = list(self._trained())
            gradients = [own for each in trained if (own := each.grad) is not None]
            if not gradients:
                return 0.0
            if (known := self._norm_of(trained)) is not None:
                return known
            if all(map(is_plain, gradients)):
                return joint_norm([each.detach().numpy() for each in gradients])
            plain = [each for each in gradients if each.layout is torch.strided and not each.is_complex()]
            if not plain:
                return 0.0
            norms = torch._foreach_norm(plain)
            return torch.stack([each.double().to(norms[0].device) for each in norms]).norm()
