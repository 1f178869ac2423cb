"""A small BERT from transformers that tells from which of three files a line of code is."""

from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification

from collector import Collector
from tests.architectures.code_lines import FILES, LENGTH, lines_of_code


def train(path: Path, seed: int = 0, steps: int = 250) -> float:
    """Share of held-out lines told right."""
    ids, mask, classes, n_words = lines_of_code()
    order = torch.randperm(len(ids), generator=torch.Generator().manual_seed(0))
    ids, mask, classes = ids[order], mask[order], classes[order]
    n_held = 256
    held = {"input_ids": ids[:n_held], "attention_mask": mask[:n_held]}

    torch.manual_seed(seed)
    sizes = {"vocab_size": n_words, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = BertConfig(**sizes, intermediate_size=128, max_position_embeddings=LENGTH, num_labels=len(FILES))
    model = BertForSequenceClassification(config)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    probe = {name: each[:16] for name, each in held.items()}
    with Collector(model, optimizer, path, probe=(probe, classes[:16]), class_names=FILES) as collector:
        for _ in range(steps):
            chosen = torch.randint(n_held, len(ids), (32,))
            outputs = model(input_ids=ids[chosen], attention_mask=mask[chosen], labels=classes[chosen])
            optimizer.zero_grad()
            outputs.loss.backward()
            optimizer.step()
            collector.log(loss=outputs.loss)
    model.eval()
    with torch.no_grad():
        return (model(**held).logits.argmax(1) == classes[:n_held]).float().mean().item()
