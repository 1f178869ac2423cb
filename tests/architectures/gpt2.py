"""A small GPT-2 from transformers, its own loss, in a loop of one's own."""

from pathlib import Path

import torch
from transformers import GPT2Config, GPT2LMHeadModel

from collector import Collector
from tests.faults.examples.data import vocabulary, words


def train(path: Path, seed: int = 0, steps: int = 400) -> float:
    """Minus the held-out loss."""
    torch.manual_seed(seed)
    numbers, n_words = words()
    lines = numbers[: len(numbers) // 32 * 32].view(-1, 32)
    lines = lines[torch.randperm(len(lines), generator=torch.Generator().manual_seed(0))]
    held, lines = lines[:16], lines[16:]

    sizes = {"vocab_size": n_words, "n_positions": 32, "n_embd": 64, "n_layer": 2, "n_head": 4}
    model = GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=0, eos_token_id=0))
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3)
    with Collector(model, optimizer, path, probe=({"input_ids": held}, None), tokenizer=vocabulary()) as collector:
        for _ in range(steps):
            batch = lines[torch.randint(len(lines), (16,))]
            loss = model(input_ids=batch, labels=batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            collector.log(loss=loss)
    model.eval()
    with torch.no_grad():
        return -model(input_ids=held, labels=held).loss.item()
