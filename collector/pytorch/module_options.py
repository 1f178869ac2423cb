"""What a module was made with."""

from torch import nn

from collector.capture.plain_options import plain_options
from collector.pytorch.layers import class_of
from collector.storage.schema import Option


def module_options(module: nn.Module) -> dict[str, Option]:
    """Numbers, switches and words of a module of torch's, as ``p`` of a dropout and ``eps`` of a norm.

    Of a module of somebody else's nothing: what its attributes hold is not ours to write down.
    """
    return plain_options(vars(module), ("training",)) if class_of(module).__module__.startswith("torch.nn") else {}
