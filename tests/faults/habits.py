"""What people do in healthy trainings."""

import random

import torch
from torch.nn import functional

from tests.faults.networks import Draft
from tests.faults.training import accumulating


def cosine(numbers: random.Random, draft: Draft) -> None:
    """The rate falls to zero."""
    optimizer, n_steps = draft.training.optimizers[0], draft.training.n_steps
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, n_steps)
    draft.from_step(1, lambda step: schedule.step())


def warm_up(numbers: random.Random, draft: Draft) -> None:
    """The rate rises from zero."""
    length = numbers.randint(20, 80)
    schedule = torch.optim.lr_scheduler.LambdaLR(draft.training.optimizers[0], lambda step: min(1.0, step / length))
    draft.from_step(1, lambda step: schedule.step())


def clipped(numbers: random.Random, draft: Draft) -> None:
    """Clipping that cuts the largest gradients."""
    draft.training.clip = 5.0


def smoothed(numbers: random.Random, draft: Draft) -> None:
    """Smoothed labels."""
    if draft.has_classes:
        draft.training.loss = lambda outputs, targets: functional.cross_entropy(outputs, targets, label_smoothing=0.1)


def frozen_stem(numbers: random.Random, draft: Draft) -> None:
    """The first layer is frozen on purpose."""
    draft.module(draft.layers[0]).requires_grad_(False)
    draft.optimize([each for each in draft.model.parameters() if each.requires_grad])


def accumulated(numbers: random.Random, draft: Draft) -> None:
    """Two batches for each update."""
    draft.training.step = accumulating(2)


def as_it_is(numbers: random.Random, draft: Draft) -> None:
    """Nothing special."""


HABITS = (as_it_is, as_it_is, cosine, warm_up, clipped, smoothed, frozen_stem, accumulated)
