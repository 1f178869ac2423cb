"""Small trainings by the Trainer of Hugging Face, of models made here: nothing is loaded from anywhere."""

import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from data.torchvision_import import import_torchvision

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
import_torchvision()  # transformers imports it, which fails beside a torch of another build
from transformers import (  # noqa: E402
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    Trainer,
    TrainingArguments,
)

THEIR_WARNINGS = ("ignore:.*pin_memory.*argument is set as true but no accelerator",)
"""What the packages say on a machine without a GPU."""


def a_classifier() -> BertForSequenceClassification:
    """Reads words of 30, tells three classes; it has dropout."""
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 20}
    return BertForSequenceClassification(
        BertConfig(vocab_size=30, max_position_embeddings=8, num_labels=3, pad_token_id=0, **sizes)
    )


def a_writer() -> GPT2LMHeadModel:
    """Tells the next of 30 words; its loss counts words, not batches."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 30, "n_positions": 8, "n_embd": 16, "n_layer": 1, "n_head": 2}
    model = GPT2LMHeadModel(GPT2Config(bos_token_id=0, eos_token_id=0, **sizes))
    model.loss_type = "ForCausalLM"  # which it would find, and say that it had to
    return model


def texts(n: int, seed: int) -> list[dict[str, Any]]:
    """``n`` texts of six words with a class, and the text itself, which no model takes."""
    chance = torch.Generator().manual_seed(seed)
    words = torch.randint(1, 30, (n, 6), generator=chance)
    classes = torch.randint(0, 3, (n,), generator=chance)
    return [
        {"input_ids": ids.tolist(), "attention_mask": [1] * 6, "label": int(label), "text": str(ids.tolist())}
        for ids, label in zip(words, classes, strict=True)
    ]


def writings(n: int, seed: int) -> list[dict[str, Any]]:
    """``n`` texts to be gone on with, of which so many last words count as to make batches differ."""
    return [
        {"input_ids": each["input_ids"], "labels": [-100] * (number % 5) + each["input_ids"][number % 5 :]}
        for number, each in enumerate(texts(n, seed))
    ]


class Watched(Trainer):
    """Keeps what the steps go down on: of each batch, divided as its gradient is."""

    losses: list[float]

    def training_step(self, *given: Any, **named: Any) -> Tensor:
        loss = super().training_step(*given, **named)
        self.losses = [*getattr(self, "losses", ()), loss.item()]
        return loss


def arguments(folder: Path, **options: Any) -> TrainingArguments:
    """Two epochs of batches of 8 on the CPU, each with its evaluation."""
    chosen = {
        "output_dir": str(folder),
        "num_train_epochs": 2,
        "per_device_train_batch_size": 8,
        "learning_rate": 0.01,
        "eval_strategy": "epoch",
        "save_strategy": "no",
        "report_to": "none",
        "disable_tqdm": True,
        "use_cpu": True,
        "logging_steps": 4,
        "seed": 0,
    }
    return TrainingArguments(**(chosen | options))


def train(
    folder: Path, model: Any, *callbacks: Any, kind: type[Trainer] = Watched, data: Any = texts, **options: Any
) -> Any:
    """Trains on 40 samples, evaluates on 20; gives back the trainer."""
    trainer = kind(
        model=model,
        args=arguments(folder / "trainer", **options),
        train_dataset=data(40, 1),
        eval_dataset=data(20, 2),
        callbacks=list(callbacks),
    )
    trainer.train()
    return trainer
