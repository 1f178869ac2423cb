"""Whether a module multiplies its input with its weight, as linear layers do, and which axis of the weight is which."""

from typing import Literal

import torch
from torch import Tensor, nn

from collector.pytorch.layers import STAGES, parameters_of

WeightForm = Literal["", "out_in", "in_out"]
"""Of a weight ``[out, in]`` or ``[in, out]``; empty: it is no such weight, or that cannot be told."""

_N_ROWS = 8
_TOLERANCE = {torch.float64: 1e-6, torch.float32: 1e-3}
_ROUGH = 3e-2
"""Of shorter numbers, as under autocast."""


def weight_form(module: nn.Module, given: Tensor, output: Tensor) -> WeightForm:
    """Told by what the module gave: x @ weightᵀ or x @ weight, plus the bias, where it has one of that name.

    Args:
        module: with ``weight``, as the Conv1D of GPT-2 or the linear layer of PyTorch Geometric.
        given: its input ``[…, in]``.
        output: ``[…, out]``.
    """
    own = parameters_of(module)
    weight, bias = own.get("weight"), own.get("bias")
    if isinstance(module, STAGES) or weight is None or not _are_plain(weight, given, output):
        return ""
    n_in, n_out = given.shape[-1], output.shape[-1]
    if given.shape[:-1] != output.shape[:-1] or not given.numel():
        return ""
    rows = given.reshape(-1, n_in)[:_N_ROWS].to(weight.dtype)
    wanted = output.reshape(-1, n_out)[:_N_ROWS].to(weight.dtype)
    biases = [torch.zeros((), dtype=weight.dtype, device=weight.device)]
    if bias is not None and bias.shape == (n_out,):
        biases.insert(0, bias)
    forms: list[WeightForm] = []
    for form, matrix in (("out_in", weight.T), ("in_out", weight)):
        if matrix.shape == (n_in, n_out):
            product = rows @ matrix
            # Of a weight of zeros, as an adapter begins with, nothing is told by what comes of it.
            if product.any() and any(_is_close(product + each, wanted, output.dtype) for each in biases):
                forms.append(form)  # type: ignore[arg-type]
    return forms[0] if len(forms) == 1 else ""


def _are_plain(*tensors: Tensor) -> bool:
    return tensors[0].ndim == 2 and all(
        each.is_floating_point() and each.layout == torch.strided and not each.is_nested and each.ndim > 1
        for each in tensors
    )


def _is_close(made: Tensor, wanted: Tensor, dtype: torch.dtype) -> bool:
    most = float(wanted.abs().max())
    return bool(((made - wanted).abs() <= _TOLERANCE.get(dtype, _ROUGH) * most).all())
