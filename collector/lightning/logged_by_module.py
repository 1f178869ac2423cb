"""What a module logs in a `training_step` that calls its optimizers itself."""

from typing import Any

from torch import Tensor

from collector.pytorch import Collector


class LoggedByModule:
    """Stands in the place of the module's `log`, as an attribute of the object, and calls it.

    So each value is heard when it is logged, between the updates that a single batch may bring.

    Args:
        trainer: knows whether it trains.

    Attributes:
        names: of what was logged in training so far.
    """

    def __init__(self, trainer: Any, module: Any, collector: Collector) -> None:
        self._trainer, self._module, self._collector = trainer, module, collector
        self._log = module.log
        self.names: set[str] = set()
        module.log = self._logged

    def close(self) -> None:
        """Put the module's own back, unless another one stands around this one, and will."""
        if vars(self._module).get("log") == self._logged:
            del self._module.log

    def _logged(self, name: str, value: Any, *args: Any, **kwargs: Any) -> Any:
        if self._trainer.training and (isinstance(value, int | float) or _is_number(value)):
            self.names.add(name)
            self._collector.log(**{name: value})
        return self._log(name, value, *args, **kwargs)


def _is_number(value: Any) -> bool:
    return isinstance(value, Tensor) and value.numel() == 1
