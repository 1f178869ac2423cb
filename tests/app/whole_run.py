"""A real run that has recorded everything that there is a view for."""

from pathlib import Path

import numpy as np

N_CLASSES = 4
STEPS, INTERVAL, PER_EPOCH = 12, 3, 6
PASS_STEPS = tuple(range(0, STEPS + 1, INTERVAL))
KINDS = ("none", "noise", "noise", "noise", "blur", "blur", "blur")


def record_whole_run(
    path: Path, *, other_rate_at: int | None = None, n_steps: int = STEPS, neuron_cap: int = 24
) -> Path:
    """Train a small CNN for 12 steps of two epochs, with a pass each 3.

    Its gradients are followed at every step with a row of the raster each 3, its layers are compared at 0, 6 and 12,
    one sample is augmented at each of these, and 30 samples can be laid out, of which the first 5 are the probe.

    Args:
        other_rate_at: the rate is five times as high from this step on; None: it stays.
        n_steps: of the training.
        neuron_cap: units kept of each layer.
    """
    import torch
    from torch import nn

    from collector import AugmentedSample, Collector, InsightOptions

    generator = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (64, 1, 12, 12), generator=generator) / 255
    labels = torch.arange(64) % N_CLASSES
    changed = images[:1] + 0.1 * torch.randn(len(KINDS), 1, 12, 12, generator=generator)
    changed[0] = images[0]
    augmented = AugmentedSample(
        changed,
        (changed.clip(0, 1) * 255).numpy().astype(np.uint8),
        KINDS,
        np.array([0, -1, 0.2, 1, -1, 0.2, 1]),
        {"noise": "a tenth", "blur": "a pixel"},
        label=0,
        every_epoch=True,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = nn.Sequential()
        model.add_module("conv1", nn.Conv2d(1, 6, 3, padding=1))
        model.add_module("relu1", nn.ReLU())
        model.add_module("pool1", nn.MaxPool2d(2))
        model.add_module("flatten", nn.Flatten())
        model.add_module("fc1", nn.Linear(6 * 36, 30))
        model.add_module("relu2", nn.ReLU())
        model.add_module("fc2", nn.Linear(30, N_CLASSES))
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
        with Collector(
            model,
            optimizer,
            path,
            probe=(images[:5], labels[:5]),
            interval=INTERVAL,
            neuron_cap=neuron_cap,
            class_names=["ant", "bee", "cat", "dog"],
            mean=[0.0],
            std=[1.0],
            insight=InsightOptions(interval=1, sign_interval=INTERVAL),
            similarity=(images[:20], labels[:20]),
            augmented=augmented,
            projection=(images[:30], labels[:30]),
            about={"model": "small", "dataset": "noise", "data_used": "noise", "steps_per_epoch": PER_EPOCH, "seed": 0},
        ) as collector:
            for step in range(n_steps):
                if step == other_rate_at:
                    optimizer.param_groups[0]["lr"] = 0.05
                loss = nn.functional.cross_entropy(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                collector.log(loss=loss, accuracy=step / STEPS)
                if step % PER_EPOCH == PER_EPOCH - 1:
                    collector.end_epoch(test_loss=1.0, test_accuracy=0.5)
    return path
