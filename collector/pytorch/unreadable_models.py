"""Models whose numbers are out of reach, so that only what is logged is recorded."""

from torch import nn

from collector.pytorch.layers import holds_numbers, is_flat_sharded, is_sharded
from collector.pytorch.modules import modules_of, parameters_in
from collector.pytorch.shards import why_not_put_together

SHARDED = "The model is sharded over its ranks: only what is logged is recorded, no weights, gradients or activations."

META = (
    "The model's parameters are on the device meta, which holds shapes and no numbers: of this run only what is logged "
    "is recorded. Make the collector when the model is where it learns."
)


KERAS = (
    "This is a Keras model: torch's hooks do not see how Keras calls its layers, which hold their parameters in "
    "Keras's own way. Of this run only what is logged is recorded. KerasCollector records it on TensorFlow."
)


def is_of_keras(module: nn.Module) -> bool:
    """Whether a module is one of Keras's, on its torch backend."""
    return any(each.__module__.partition(".")[0] == "keras" for each in type(module).__mro__)


def why_out_of_reach(model: nn.Module, *, is_with_others: bool) -> str:
    """A sentence on why nothing of the model itself is recorded; empty where it is.

    Args:
        is_with_others: whether all ranks record together.
    """
    if is_of_keras(model):
        return KERAS
    if is_flat_sharded(model) or (is_sharded(model) and not is_with_others):
        return SHARDED
    if split := why_not_put_together(parameters_in(model), modules_of(model).values()):
        return split
    return "" if holds_numbers(model) else META
