"""What a Keras layer was made with."""

from typing import Any

from collector.capture.plain_options import plain_options
from collector.storage.schema import Option

_NOT_TOLD = ("name", "built", "autocast", "supports_masking", "supports_jit", "lora_enabled", "rank")
_FUNCTIONS = ("activation", "recurrent_activation")


def layer_options(layer: Any) -> dict[str, Option]:
    """Numbers, switches and words of a layer of Keras's, as ``rate`` of a dropout and the name of its ``activation``.

    Of a layer of somebody else's nothing: what its attributes hold is not ours to write down.
    """
    if not type(layer).__module__.startswith("keras."):
        return {}
    options = plain_options(vars(layer), _NOT_TOLD)
    for name in _FUNCTIONS:
        function = getattr(getattr(layer, name, None), "__name__", "")
        if function and name not in options:
            options[name] = function
    options["trainable"] = bool(layer.trainable)
    return options
