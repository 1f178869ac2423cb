"""The convolutional network of the original visualizer for colour pictures of 32×32."""

from collections import OrderedDict

from torch import nn


def cifar10_cnn(n_classes: int) -> nn.Sequential:
    """Pictures `[N, 3, 32, 32]` to logits `[N, n_classes]`; 5,851,338 parameters for ten classes.

    Layer sizes and order of kubosis/VIZ_project's CIFAR-10 CNN: six 3×3 convolutions, every second pooled,
    then 1024 and 512 units; no batch normalisation, no dropout.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 3
    for number, outputs in enumerate((32, 64, 128, 128, 256, 256), start=1):
        layers[f"conv{number}"] = nn.Conv2d(channels, outputs, kernel_size=3, padding=1)
        layers[f"relu{number}"] = nn.ReLU()
        if number % 2 == 0:
            layers[f"pool{number // 2}"] = nn.MaxPool2d(2)
        channels = outputs
    layers["flatten"] = nn.Flatten()
    layers["fc1"] = nn.Linear(256 * 4 * 4, 1024)
    layers["relu7"] = nn.ReLU()
    layers["fc2"] = nn.Linear(1024, 512)
    layers["relu8"] = nn.ReLU()
    layers["fc3"] = nn.Linear(512, n_classes)
    return nn.Sequential(layers)
