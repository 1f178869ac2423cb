"""What a module was made with."""

from torch import nn

from collector.storage.schema import Option

_MOST = 32


def module_options(module: nn.Module) -> dict[str, Option]:
    """Numbers, switches and words of a module of torch's, as ``p`` of a dropout and ``eps`` of a norm.

    Of a module of somebody else's nothing: what its attributes hold is not ours to write down.
    """
    if not type(module).__module__.startswith("torch.nn"):
        return {}
    options: dict[str, Option] = {}
    for name, value in vars(module).items():
        is_told = not name.startswith("_") and name != "training" and isinstance(value, bool | int | float | str)
        if is_told and len(options) < _MOST:
            options[name] = value
    return options
