"""Samples of any kind of tensor as the file holds them: rows of real numbers."""

from math import prod

import numpy as np
import torch
from torch import Tensor

from collector.pytorch.tensors import to_numpy

MOST_VALUES = 2**26
"""A sparse tensor that would be larger with its zeros is not in the file."""

COMPLEX = "{} are complex: the file holds the real and the imaginary part of each number, along a last axis."
SPARSE = "{} are sparse: the file holds them with their zeros."
TOO_LARGE = "{} are sparse, and not in the file: with their zeros they would be {:,} numbers."
QUANTIZED = "{} are quantized: the file holds the numbers that they stand for."
NESTED = "{} are nested, of different lengths: in the file zeros fill them up."


def plain_numbers(tensor: Tensor, what: str) -> tuple[np.ndarray | None, str]:
    """The values, float32 in memory of their own, and a sentence where they are not simply those.

    None where they are too many. ``what`` begins the sentence, as "The probe's inputs".
    """
    tensor, told = tensor.detach(), ""
    if tensor.is_nested:
        tensor, told = tensor.to_padded_tensor(0.0), NESTED.format(what)
    elif tensor.layout != torch.strided:
        if prod(tensor.shape) > MOST_VALUES:
            return None, TOO_LARGE.format(what, prod(tensor.shape))
        tensor, told = tensor.to_dense(), SPARSE.format(what)
    elif tensor.is_quantized:
        tensor, told = tensor.dequantize(), QUANTIZED.format(what)
    if tensor.is_complex():
        tensor, told = torch.view_as_real(tensor.resolve_conj()), f"{told} {COMPLEX.format(what)}".strip()
    return np.array(to_numpy(tensor)), told
