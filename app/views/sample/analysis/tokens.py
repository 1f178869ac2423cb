"""A text as a network reads it: the tokens of a sample, how likely the network finds each, and what it finds likely."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.analysis.token_words import token_name

if TYPE_CHECKING:
    from collector.storage.passes import Pass
    from collector.storage.probe import Probe
    from collector.storage.top_logits import TopLogits


@dataclass(frozen=True)
class Likely:
    """A token among the likeliest at a position."""

    name: str
    share: float
    is_wanted: bool


@dataclass(frozen=True, eq=False)
class Tokens:
    """A sample's.

    Attributes:
        words: their texts, in order.
        shares: probability that the network gives to each, or to what is wanted at its place, ``[T]``; NaN: not known.
        are_following: whether each word's share is that of the word itself, as the position before it has it.
        likely: of each word's position the likeliest tokens; of a word that nothing is before none.
        wanted: text of what is wanted at each word's place; empty where nothing is, or the word itself.
        n_kinds: size of the vocabulary.
        lines: what there is to say of the sample.
    """

    words: tuple[str, ...]
    shares: np.ndarray
    are_following: bool
    likely: tuple[tuple[Likely, ...], ...]
    wanted: tuple[str, ...]
    n_kinds: int
    lines: tuple[str, ...]

    @property
    def first(self) -> int:
        """The first word whose position has likeliest tokens."""
        return next((number for number, each in enumerate(self.likely) if each), 0)


def tokens_of(pass_: Pass, probe: Probe, sample: int, names: Mapping[int, str]) -> Tokens | None:
    """What a pass holds of a sample; None where it holds nothing."""
    top = pass_.token_logits
    if top is None or sample >= len(top.numbers):
        return None
    inputs = probe.inputs[sample].reshape(-1)
    given = np.rint(inputs).astype(np.int64) if probe.whole_numbers else None
    n = top.numbers.shape[1]
    targets = probe.targets
    wanted = (
        None if targets is None or targets.ndim != 2 or sample >= len(targets) else targets[sample].astype(np.int64)
    )
    are_of_vocabulary = given is None or top.classes > given.max(initial=0)

    def name_in(number: int) -> str:
        return token_name(number, names)

    def name_out(number: int) -> str:
        return name_in(number) if are_of_vocabulary else _class_name(probe, number)

    are_following = given is not None and wanted is not None and _follow(given, wanted)
    rows = [_likely(top.numbers[sample, t], top.probabilities[sample, t], _at(wanted, t), name_out) for t in range(n)]
    shares = _wanted_shares(top, sample)
    words = [name_in(int(each)) for each in given] if given is not None else [f"position {t + 1}" for t in range(n)]
    told = [("" if wanted is None or _at(wanted, t) < 0 else name_out(_at(wanted, t))) for t in range(n)]
    if are_following and wanted is not None:
        last = [name_in(int(wanted[n - 1]))] if n == len(words) and wanted[n - 1] >= 0 else []
        words = (words + last)[: n + 1]
        rows, shares, told = [(), *rows][: len(words)], np.append(np.nan, shares)[: len(words)], [""] * len(words)
    else:
        words = words[:n]
    return Tokens(
        words=tuple(words),
        shares=shares,
        are_following=are_following,
        likely=tuple(rows),
        wanted=tuple(told),
        n_kinds=top.classes,
        lines=_lines(shares, wanted is not None, n, len(inputs)),
    )


def _lines(shares: np.ndarray, has_wanted: bool, n_kept: int, n: int) -> tuple[str, ...]:
    known = shares[np.isfinite(shares)]
    lines = []
    if len(known):
        surprise = -np.log(np.maximum(known, 1e-30)).mean()
        lines.append(f"perplexity {np.exp(surprise):.3g} over {len(known):,} token{'s' * (len(known) != 1)}")
        lines.append("shaded: the likelier a token, the bluer")
    elif not has_wanted:
        lines.append('what is to follow is not known: probe=(tokens, targets), or task="next_token"')
    if n_kept < n:
        lines.append(f"the first {n_kept:,} of {n:,} positions")
    return tuple(lines)


def _follow(given: np.ndarray, wanted: np.ndarray) -> bool:
    n = min(len(given) - 1, len(wanted))
    is_there = wanted[:n] >= 0
    return bool(is_there.any()) and bool((wanted[:n] == given[1 : n + 1])[is_there].all())


def _at(wanted: np.ndarray | None, position: int) -> int:
    return -1 if wanted is None or position >= len(wanted) else int(wanted[position])


def _wanted_shares(top: TopLogits, sample: int) -> np.ndarray:
    if top.true is None:
        return np.full(top.numbers.shape[1], np.nan)
    return np.exp(top.true[sample].astype(float) - top.log_sum_exp[sample])


def _likely(numbers: np.ndarray, shares: np.ndarray, wanted: int, name: Callable[[int], str]) -> tuple[Likely, ...]:
    pairs = zip(numbers.tolist(), shares.tolist(), strict=True)
    return tuple(Likely(name(number), share, number == wanted) for number, share in pairs)


def _class_name(probe: Probe, number: int) -> str:
    return probe.class_names[number] if 0 <= number < len(probe.class_names) else f"class {number}"
