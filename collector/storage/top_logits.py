"""What a pass holds of the logits where there are very many classes."""

from dataclasses import dataclass

import numpy as np

from collector.storage import schema
from collector.storage.blocks import Array, exactly, to_array, to_whole_numbers
from collector.storage.errors import BlockError


@dataclass(frozen=True, eq=False)
class TopLogits:
    """The largest logits of each of `N` samples, and what is needed to tell their probabilities.

    Of tokens ``[M, T]`` stands in the place of ``[N]``: a row for each position of a sample.

    Attributes:
        classes: how many classes there are.
        numbers: the classes of the largest logits, largest first, int ``[N, k]``.
        values: those logits, float32 ``[N, k]``.
        log_sum_exp: of all logits, float32 ``[N]``.
        entropy: of the probabilities of all classes, in nats, float32 ``[N]``.
        true: the true class's logit, float32 ``[N]``; None where no labels are known.
    """

    classes: int
    numbers: np.ndarray
    values: np.ndarray
    log_sum_exp: np.ndarray
    entropy: np.ndarray
    true: np.ndarray | None

    @property
    def probabilities(self) -> np.ndarray:
        """Those of the kept classes, float64 ``[N, k]``; NaN where a logit of the sample is not finite."""
        return np.exp(self.values.astype(np.float64) - self.log_sum_exp[..., None])


def read_top_logits(record: schema.TopLogits, *rows: int | None) -> TopLogits:
    """The arrays of a record, of so many rows: ``N``, or ``M, T``; None where any number may be.

    Raises:
        BlockError: they do not fit together.
    """

    def checked(value: Array, *shape: int) -> np.ndarray:
        array = to_array(value, check=exactly(*shape))
        if array.dtype.kind != "f":
            raise BlockError("an array of the largest logits holds no real numbers")
        return array

    numbers = to_whole_numbers(record.numbers, exactly(*rows, None))
    if not numbers.shape[-1]:
        raise BlockError(f"the largest logits have shape {numbers.shape}")
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < record.classes):
        raise BlockError("the largest logits are of classes that there are not")
    return TopLogits(
        classes=record.classes,
        numbers=numbers,
        values=checked(record.values, *numbers.shape),
        log_sum_exp=checked(record.log_sum_exp, *numbers.shape[:-1]),
        entropy=checked(record.entropy, *numbers.shape[:-1]),
        true=None if record.true is None else checked(record.true, *numbers.shape[:-1]),
    )
