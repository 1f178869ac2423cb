"""Models whose numbers are out of reach, so that only what is logged is recorded."""

from torch import nn

from collector.pytorch.distributed import SHARDED
from collector.pytorch.layers import holds_numbers, is_sharded

META = (
    "The model's parameters are on the device meta, which holds shapes and no numbers: of this run only what is logged "
    "is recorded. Make the collector when the model is where it learns."
)


def why_out_of_reach(model: nn.Module) -> str:
    """A sentence on why nothing of the model itself is recorded; empty where it is."""
    if is_sharded(model):
        return SHARDED
    return "" if holds_numbers(model) else META
