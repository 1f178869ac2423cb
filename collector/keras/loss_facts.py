"""What the loss of a Keras model is, as it was compiled."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import keras

from collector.keras.output_graph import OutputGraph
from collector.storage.schema import LossRecord

_CROSS_ENTROPIES = {
    "CategoricalCrossentropy": "Softmax",
    "SparseCategoricalCrossentropy": "Softmax",
    "BinaryCrossentropy": "Sigmoid",
}
"""Loss → the function that makes probabilities of its logits."""
_OPERATIONS = {
    ("Softmax", True): ("NllLoss", "LogSoftmax"),
    ("Softmax", False): ("NllLoss", "Log"),
    ("Sigmoid", True): ("BinaryCrossEntropyWithLogits",),
    ("Sigmoid", False): ("BinaryCrossEntropy",),
}
"""Whether it is given logits → the operations, by the names that PyTorch's graphs have for them."""
_OTHERS = {
    "MeanSquaredError": "MseLoss",
    "MeanAbsoluteError": "L1Loss",
    "Huber": "HuberLoss",
    "KLDivergence": "KlDiv",
}
_ALIASES = {"KlDivergence": "KLDivergence"}


def loss_record(
    step: int, model: keras.Model, output: OutputGraph | None, apart: Sequence[str] = ()
) -> LossRecord | None:
    """What the loss is made of; None where the training step does not use one that the model was compiled with.

    Of several losses, for several outputs, nothing is told. A softmax or a sigmoid of Keras's own right in front of a
    cross entropy is left out: Keras itself takes what it was given, whatever the loss was made for.

    Args:
        output: what lies in front of the loss; None: that is not known.
        apart: trainable parameters that it does not depend on.
    """
    compiled = getattr(model, "_compile_loss", None)
    loss = single_loss(model.loss)
    if loss is None or compiled is None or not compiled.built:
        return None
    name, is_of_logits, reduction = _described(loss)
    if not name:
        return None
    operations = list(output.operations) if output is not None else []
    function = _CROSS_ENTROPIES.get(name, "")
    is_undone = operations[:1] == [function] or (output is not None and output.has_logits)
    if function and operations[:1] in (["Softmax"], ["Sigmoid"]) and is_undone:
        del operations[0]
        is_of_logits = True
    own = _OPERATIONS[function, is_of_logits] if function else (_OTHERS.get(name, name),)
    record = LossRecord(step, "loss", [*own, *operations], reduction, function=name, apart=list(apart))
    if output is not None:
        record.layer, record.linear = output.layer, list(output.linear)
    return record


def single_loss(loss: Any) -> Any:
    """The one loss among those that a model was compiled with; None where there are several, or none."""
    inside = list(loss.values()) if isinstance(loss, Mapping) else loss
    if isinstance(inside, list | tuple):
        return inside[0] if len(inside) == 1 else None
    return inside


def _described(loss: Any) -> tuple[str, bool, Literal["", "mean", "sum", "none"]]:
    """Class of the loss, whether it wants logits, and its reduction; of a function of the user's own its name."""
    if isinstance(loss, str):
        try:
            loss = keras.losses.get(loss)
        except ValueError:
            return "", False, ""
    if isinstance(loss, keras.losses.Loss):
        is_of_logits = bool(getattr(loss, "from_logits", False))
        given = str(loss.reduction or "none")
        return type(loss).__name__, is_of_logits, "mean" if given not in ("sum", "none") else given  # type: ignore[return-value]
    name = getattr(loss, "__name__", type(loss).__name__)
    if getattr(loss, "__module__", "").startswith("keras."):
        name = re.sub(r"(?:^|_)(\w)", lambda found: found[1].upper(), name)
    return _ALIASES.get(name, name), False, "mean"
