"""What stands in front of the softmax of an attention, ``[N, heads, T, S]``, for some samples and queries.

However attention is computed, this tells all of it: the weights are its softmax.
"""

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


class Scores(ABC):
    """The scores of one call, masks included: of a key that a query may not attend to minus infinity, or far below 0.

    Attributes:
        shape: ``(N, heads, T, S)``.
        dtype: in which the model computes them.
        device: where.
    """

    shape: tuple[int, int, int, int]
    dtype: torch.dtype
    device: torch.device

    @abstractmethod
    def of(self, samples: slice, queries: Tensor) -> Tensor:
        """Those of some samples and queries, int ``[t]``: float32 ``[n, heads, t, S]``."""


class ProductScores(Scores):
    """Those of a call of ``scaled_dot_product_attention``.

    They are q kᵀ · scale + mask, as PyTorch documents the function; scale is 1 / √E where none is given.
    """

    def __init__(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attn_mask: Tensor | None = None,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> None:
        self._query, self._key = (each.unsqueeze(1) if each.ndim == 3 else each for each in (query, key))
        n_samples, heads, n_queries, n_inputs = self._query.shape
        self.shape, self.dtype = (n_samples, heads, n_queries, self._key.shape[2]), query.dtype
        self.device = query.device
        self._scale = 1 / math.sqrt(n_inputs) if scale is None else scale
        self._is_causal, self._mask = is_causal, None
        if attn_mask is not None:
            own = attn_mask.unsqueeze(1) if query.ndim == 3 and attn_mask.ndim == 3 else attn_mask
            self._mask = own.expand(self.shape)

    def of(self, samples: slice, queries: Tensor) -> Tensor:
        query = self._query[samples][:, :, queries].float() * self._scale
        key = self._key[samples].float()
        if key.shape[1] != query.shape[1]:  # groups of heads share their keys
            key = key.repeat_interleave(query.shape[1] // key.shape[1], 1)
        scores = query @ key.transpose(-2, -1)
        if self._is_causal:
            keys = torch.arange(self.shape[3], device=queries.device)
            scores = scores.masked_fill(keys > queries.unsqueeze(1), -torch.inf)
        if self._mask is None:
            return scores
        mask = self._mask[samples][:, :, queries]
        return scores.masked_fill(~mask, -torch.inf) if mask.dtype is torch.bool else scores + mask.float()


class MultiHeadScores(Scores):
    """Those of a call of ``multi_head_attention_forward``, which `nn.MultiheadAttention` makes.

    The function itself computes them once more, in the way that has a softmax of its own.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        query, key = given["query"], given["key"]
        static = given.get("static_k")
        n_keys = key.shape[0] + (given["bias_k"] is not None) if static is None else static.shape[1]
        self.shape = (query.shape[1], given["num_heads"], query.shape[0], n_keys + bool(given["add_zero_attn"]))
        self.dtype, self.device = query.dtype, query.device
        without = {"dropout_p": 0.0, "training": False, "is_causal": False}
        self._given = {**given, **without, "need_weights": True, "average_attn_weights": False}

    def of(self, samples: slice, queries: Tensor) -> Tensor:
        given = {**self._given, "query": self._given["query"][queries][:, samples]}
        given |= {name: given[name][:, samples] for name in ("key", "value")}
        if (padding := given.get("key_padding_mask")) is not None:
            given["key_padding_mask"] = padding[samples]
        for name in ("static_k", "static_v"):
            if given.get(name) is not None:
                given[name] = self._by_sample(given[name])[samples].flatten(0, 1)
        if (mask := given.get("attn_mask")) is not None:
            of_each = mask.ndim == 3 and mask.shape[0] != 1
            own = self._by_sample(mask)[samples].flatten(0, 1)[:, queries] if of_each else mask[..., queries, :]
            given["attn_mask"] = own
        with _SoftmaxInput() as seen:
            F.multi_head_attention_forward(**given)
        assert seen.given is not None
        return seen.given.float().unflatten(0, (-1, self.shape[1]))

    def _by_sample(self, tensor: Tensor) -> Tensor:
        return tensor.unflatten(0, self.shape[:2])


class _SoftmaxInput(TorchDispatchMode):
    given: Tensor | None = None

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        if func is torch.ops.aten._softmax.default:
            self.given = args[0]
        return func(*args, **(kwargs or {}))


class GivenScores(Scores):
    """Those that a model gives to a softmax of its own."""

    def __init__(self, scores: Tensor) -> None:
        self._scores = scores.unsqueeze(1) if scores.ndim == 3 else scores
        self.shape, self.dtype = tuple(self._scores.shape), scores.dtype  # type: ignore[assignment]
        self.device = scores.device

    def of(self, samples: slice, queries: Tensor) -> Tensor:
        return self._scores[samples][:, :, queries].float()


def scores_of(function: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Scores | None:
    """The scores of a call of a function; None where it is no attention, or one whose samples cannot be told.

    Of a softmax it is not known yet whether anything is weighted by it.
    """
    make = _MAKERS.get(function)
    return None if make is None else make(args, kwargs)


def _of_product(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Scores | None:
    query, key = (
        kwargs.get(name) if len(args) <= place else args[place] for place, name in enumerate(("query", "key"))
    )
    is_known = all(isinstance(each, Tensor) and not each.is_nested and each.ndim in (3, 4) for each in (query, key))
    return ProductScores(*args, **kwargs) if is_known else None


def _of_module(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Scores | None:
    bound = _MULTI_HEAD.bind(*args, **kwargs)
    bound.apply_defaults()
    return MultiHeadScores(bound.arguments) if bound.arguments["query"].ndim == 3 else None


def _of_softmax(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Scores | None:
    given = dict(zip(("input", "dim"), args, strict=False)) | dict(kwargs)
    scores, axis = given.get("input"), given.get("dim")
    if not isinstance(scores, Tensor) or scores.is_nested or scores.ndim not in (3, 4):
        return None
    return GivenScores(scores) if axis in (-1, scores.ndim - 1) else None


_MULTI_HEAD = inspect.signature(F.multi_head_attention_forward)
_MAKERS: Mapping[str, Callable[[Sequence[Any], Mapping[str, Any]], Scores | None]] = {
    "scaled_dot_product_attention": _of_product,
    "multi_head_attention_forward": _of_module,
    "softmax": _of_softmax,
}
