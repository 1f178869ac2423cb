"""Attention of any make: the weights, entropies and largest logits in the file are those worked out by hand."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.capture import sequences
from collector.storage import Collection

N, T, D, HEADS = 4, 5, 8, 2


class Own(nn.Module):
    """Attention in its own code, by a function of query, key and value ``[N, heads, T, E]``."""

    def __init__(self, attend: Callable[[Tensor, Tensor, Tensor], Tensor], n_key_heads: int = HEADS) -> None:
        super().__init__()
        self.q, self.k = nn.Linear(D, D), nn.Linear(D, n_key_heads * D // HEADS)
        self.v, self.out = nn.Linear(D, n_key_heads * D // HEADS), nn.Linear(D, D)
        self.attend, self.drop = attend, nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (
            each(x).unflatten(2, (-1, D // HEADS)).transpose(1, 2) for each in (self.q, self.k, self.v)
        )
        return self.out(self.attend(query, key, value).transpose(1, 2).flatten(2))


class Classifier(nn.Module):
    """Takes the mean over the sequence."""

    def __init__(self, attn: nn.Module) -> None:
        super().__init__()
        self.attn, self.head = attn, nn.Linear(D, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.attn(x).mean(1))


def inputs(n_steps: int = T) -> Tensor:
    return torch.randn(N, n_steps, D, generator=torch.Generator().manual_seed(1))


def recorded(model: nn.Module, path: Path, probe: Any = None, **options: Any) -> Collection:
    probe = (inputs() if probe is None else probe, None)
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=probe, **options):
        pass
    return open_collection(path)


def by_hand(model: Own, mask: Tensor, n_steps: int = T, scale: float = 0.5) -> tuple[Tensor, Tensor]:
    """Scores ``[N, heads, T, S]`` with a mask added, and their weights, one number after the other."""
    x = inputs(n_steps).double()
    own = model.double()
    query, key = (F.linear(x, each.weight, each.bias).unflatten(2, (-1, D // HEADS)) for each in (own.q, own.k))
    model.float()
    share = HEADS // key.shape[2]
    scores = torch.zeros(N, HEADS, n_steps, n_steps, dtype=torch.float64)
    for n, head, t, s in np.ndindex(*scores.shape):
        scores[n, head, t, s] = scale * (query[n, t, head] * key[n, s, head // share]).sum()
    scores += mask
    return scores, scores.softmax(-1)


def kept(collection: Collection, kind: str) -> np.ndarray:
    array = getattr(collection.passes[0].layers["attn"], kind)
    assert isinstance(array, np.ndarray)
    return array


def assert_shown(collection: Collection, scores: Tensor, weights: Tensor) -> None:
    np.testing.assert_allclose(kept(collection, "attention"), weights.detach(), atol=1e-3)
    entropy = torch.special.entr(weights).sum(-1).mean((0, 2)).detach()
    np.testing.assert_allclose(kept(collection, "attention_entropy"), entropy, rtol=1e-5)
    np.testing.assert_allclose(kept(collection, "attention_logit"), scores.amax((0, 2, 3)).detach(), rtol=1e-5)


ALLOWED = torch.ones(T, T, dtype=torch.bool).tril()
CAUSAL = torch.zeros(T, T).masked_fill(~ALLOWED, -torch.inf)
SLOPES = torch.tensor([0.5, 0.25]).reshape(2, 1, 1) * torch.arange(T)
NONE = torch.zeros(T, T)


def softmax_of(query: Tensor, key: Tensor) -> Tensor:
    return (query @ key.transpose(-2, -1) / math.sqrt(D // HEADS) + CAUSAL).softmax(dim=-1)


WAYS: dict[str, tuple[Callable[..., Tensor], Tensor]] = {
    "plain": (F.scaled_dot_product_attention, NONE),
    "causal": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), CAUSAL),
    "truth mask": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, ALLOWED), CAUSAL),
    "number mask": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, attn_mask=SLOPES), SLOPES),
    "dropout": (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, dropout_p=0.5, is_causal=True), CAUSAL),
    "own softmax": (lambda q, k, v: softmax_of(q, k) @ v, CAUSAL),
    "own softmax, dropped out and cast": (
        lambda q, k, v: torch.matmul(F.dropout(softmax_of(q, k), 0.5, False).to(v.dtype), v),
        CAUSAL,
    ),
    "own softmax, einsum": (lambda q, k, v: torch.einsum("nhts,nhse->nhte", softmax_of(q, k), v), CAUSAL),
    "own softmax, one batch": (
        lambda q, k, v: torch.bmm(softmax_of(q, k).flatten(0, 1), v.flatten(0, 1)).unflatten(0, (N, HEADS)),
        CAUSAL,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_that_attention_in_a_modules_own_code_is_what_comes_out_by_hand(way: str, tmp_path: Path) -> None:
    attend, mask = WAYS[way]
    model = Classifier(Own(attend))
    collection = recorded(model, tmp_path / "run.json")
    assert_shown(collection, *by_hand(model.attn, mask))  # type: ignore[arg-type]


class Mixed(Own):
    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return super().forward(x).float()


@pytest.mark.parametrize("way", ["causal", "number mask", "own softmax"])
def test_that_attention_in_bfloat16_is_reckoned_in_float32(way: str, tmp_path: Path) -> None:
    attend, mask = WAYS[way]
    model = Classifier(Mixed(attend))
    collection = recorded(model, tmp_path / "run.json")
    scores, weights = by_hand(model.attn, mask)  # type: ignore[arg-type]
    np.testing.assert_allclose(kept(collection, "attention"), weights.detach(), atol=0.02)
    np.testing.assert_allclose(kept(collection, "attention_logit"), scores.amax((0, 2, 3)).detach(), rtol=0.05)
    assert not [note.text for note in collection.notes if "failed" in note.text]


def test_that_a_module_which_attends_is_a_layer_with_the_units_that_it_gives(tmp_path: Path) -> None:
    collection = recorded(Classifier(Own(F.scaled_dot_product_attention)), tmp_path / "run.json")
    layer = collection.layers["attn"]
    assert (layer.kind, layer.stage, layer.units, layer.output_shape) == ("Own", "attn.out", D, (T, D))
    assert layer.attention is not None
    assert (layer.attention.heads, layer.attention.queries.size, layer.attention.keys.size) == (HEADS, T, T)


def test_that_heads_which_share_their_keys_attend_each_with_its_own_query(tmp_path: Path) -> None:
    own = Own(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, scale=2.0, enable_gqa=True), n_key_heads=1)
    collection = recorded(Classifier(own), tmp_path / "run.json")
    assert_shown(collection, *by_hand(own, NONE, scale=2.0))


def test_that_attention_without_an_axis_of_heads_has_one(tmp_path: Path) -> None:
    class OneHead(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key, self.out = (nn.Linear(D, D) for _ in range(3))

        def forward(self, steps: Tensor) -> Tensor:
            return self.out(F.scaled_dot_product_attention(self.query(steps), self.key(steps), steps))

    own = OneHead()
    collection = recorded(Classifier(own), tmp_path / "run.json")
    attention = collection.layers["attn"].attention
    assert attention is not None and attention.heads == 1
    with torch.no_grad():
        scores = own.query(inputs()) @ own.key(inputs()).transpose(1, 2) / math.sqrt(D)
    assert_shown(collection, scores[:, None], scores.softmax(-1)[:, None])


class Encoder(nn.Module):
    """`nn.MultiheadAttention` over sequences of which some are padded at their end."""

    def __init__(self, batch_first: bool, need_weights: bool, causal: bool) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(D, HEADS, dropout=0.5, batch_first=batch_first)
        self.head = nn.Linear(D, 3)
        self.need_weights, self.mask = need_weights, ~ALLOWED if causal else None

    def forward(self, x: Tensor, padding: Tensor | None = None) -> Tensor:
        if not self.attn.batch_first:
            x = x.transpose(0, 1)
        given, _ = self.attn(x, x, x, padding, self.need_weights, self.mask)
        return self.head(given.mean(1 if self.attn.batch_first else 0))


def multi_head_by_hand(model: Encoder, mask: Tensor) -> tuple[Tensor, Tensor]:
    weight, bias = (each.detach().double() for each in (model.attn.in_proj_weight, model.attn.in_proj_bias))
    rows = F.linear(inputs().double(), weight, bias)
    query, key = (each.unflatten(2, (HEADS, -1)) for each in rows.chunk(3, 2)[:2])
    scores = torch.einsum("nthe,nshe->nhts", query, key) / math.sqrt(D // HEADS) + mask
    return scores, scores.softmax(-1)


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("need_weights", [True, False])
@pytest.mark.parametrize("causal", [True, False])
def test_that_the_weights_of_multihead_attention_are_those_of_each_head(
    batch_first: bool, need_weights: bool, causal: bool, tmp_path: Path
) -> None:
    model = Encoder(batch_first, need_weights, causal)
    collection = recorded(model, tmp_path / "run.json")
    assert_shown(collection, *multi_head_by_hand(model, CAUSAL if causal else NONE))


def test_that_padding_is_attended_to_by_nobody_and_counts_in_no_entropy(tmp_path: Path) -> None:
    model = Encoder(batch_first=True, need_weights=False, causal=False)
    padding = torch.arange(T) >= torch.tensor([[5], [3], [4], [2]])
    collection = recorded(model, tmp_path / "run.json", {"x": inputs(), "padding": padding})

    scores, weights = multi_head_by_hand(model, torch.zeros(N, 1, 1, T).masked_fill(padding[:, None, None], -torch.inf))
    np.testing.assert_allclose(kept(collection, "attention"), weights, atol=1e-3)
    rows = ~padding[:, None].expand(N, HEADS, T)
    entropies = torch.special.entr(weights).sum(-1)
    for head in range(HEADS):
        expected = entropies[:, head][rows[:, head]].mean().item()
        assert kept(collection, "attention_entropy")[head] == pytest.approx(expected, rel=1e-5)
        assert kept(collection, "attention_logit")[head] == pytest.approx(
            scores[:, head][rows[:, head]].max().item(), rel=1e-5
        )


def test_that_a_query_that_may_attend_to_nothing_has_weights_of_0(tmp_path: Path) -> None:
    allowed = ALLOWED.clone()
    allowed[0] = False
    own = Own(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, allowed))
    collection = recorded(Classifier(own), tmp_path / "run.json")
    assert not kept(collection, "attention")[:, :, 0].any()
    assert np.isfinite(kept(collection, "attention_entropy")).all()


def test_that_long_sequences_are_kept_at_64_positions_from_the_first_to_the_last(tmp_path: Path) -> None:
    own = Own(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True))
    n_steps = 150
    collection = recorded(Classifier(own), tmp_path / "run.json", inputs(n_steps), neuron_cap=3)

    layer = collection.layers["attn"]
    steps = np.linspace(0, n_steps - 1, 64).round().astype(int)
    assert layer.sequence is not None and layer.attention is not None
    for axis in layer.steps:
        np.testing.assert_array_equal(axis.kept, steps)
    with torch.no_grad():
        whole = own(inputs(n_steps)).numpy()
    np.testing.assert_allclose(kept(collection, "sequence"), whole[:, steps][..., layer.kept], atol=2e-3)
    allowed = torch.ones(n_steps, n_steps, dtype=torch.bool).tril()
    _, weights = by_hand(own, torch.zeros(n_steps, n_steps).masked_fill(~allowed, -torch.inf), n_steps)
    np.testing.assert_allclose(kept(collection, "attention"), weights[:, :, steps][..., steps].detach(), atol=1e-3)
    entropy = torch.special.entr(weights[:, :, steps]).sum(-1).mean((0, 2)).detach()
    np.testing.assert_allclose(kept(collection, "attention_entropy"), entropy, rtol=1e-5)


@pytest.mark.parametrize(("asked", "shown"), [(None, 2), (3, 3)])
def test_that_of_very_many_scores_those_of_the_first_samples_are_computed(
    asked: int | None, shown: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequences, "MOST_SCORES", 2 * HEADS * T * T)
    own = Own(F.scaled_dot_product_attention)

    collection = recorded(Classifier(own), tmp_path / "run.json", feature_samples=asked)

    scores, weights = by_hand(own, NONE)
    assert_shown(collection, scores[:shown], weights[:shown])


class Language(nn.Module):
    """Gives probabilities by which nothing is weighted."""

    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Linear(D, 11)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(x).softmax(-1)


def test_that_a_softmax_by_which_nothing_is_weighted_is_no_attention(tmp_path: Path) -> None:
    collection = recorded(Language(), tmp_path / "run.json")
    assert all(layer.attention is None for layer in collection.layers.values())


def test_that_the_mean_entropy_and_the_largest_logit_of_a_layer_are_scalars_of_each_pass(tmp_path: Path) -> None:
    model = Encoder(batch_first=True, need_weights=False, causal=True)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, tmp_path / "run.json", probe=(inputs(), None), interval=1):
        for _ in range(3):
            model(inputs()).square().mean().backward()
            optimizer.step()
    collection = open_collection(tmp_path / "run.json")

    found = [each.layers["attn"] for each in collection.passes]
    entropies, logits = ([getattr(each, kind) for each in found] for kind in ("attention_entropy", "attention_logit"))
    np.testing.assert_allclose(collection.series["attention_entropy/attn"], np.mean(entropies, 1)[:3], rtol=1e-6)
    np.testing.assert_allclose(collection.series["attention_logit/attn"], np.max(logits, 1)[:3])


def test_that_a_training_with_attention_is_the_same_with_and_without_us(tmp_path: Path) -> None:
    def trained(path: Path | None) -> list[float]:
        torch.manual_seed(0)
        model = Encoder(batch_first=True, need_weights=False, causal=True)
        optimizer = torch.optim.Adam(model.parameters())
        losses = []

        def train() -> None:
            for _ in range(6):
                loss = model(torch.randn(3, T, D)).square().mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(loss.item())

        if path is None:
            train()
        else:
            with Collector(model, optimizer, path, probe=(inputs(), None), interval=2):
                train()
        return losses

    assert trained(None) == trained(tmp_path / "run.json")
