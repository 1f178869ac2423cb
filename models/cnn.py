"""The original visualizer's two convolutional networks for grey pictures of 28×28."""

from collections import OrderedDict

from torch import nn

CONVOLUTION_DROPOUT = 0.05
# The original drops half of everything, four times in a row among 24 units: 15 % right after an epoch of MNIST.
LINEAR_DROPOUT = 0.0


def cnn(n_classes: int) -> nn.Sequential:
    """Pictures `[N, 1, 28, 28]` to logits `[N, n_classes]`; 40,282 parameters for ten classes.

    Layer sizes and order of kubosis/VIZ_project's CNN: four 3×3 convolutions to 8, 16, 32 and 64 channels,
    the last three pooled before they are rectified, then five linear layers, four of them with 24 units.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 1
    for number, outputs in enumerate((8, 16, 32, 64), start=1):
        layers[f"conv{number}"] = nn.Conv2d(channels, outputs, kernel_size=3, padding=1)
        if number > 1:
            layers[f"pool{number}"] = nn.MaxPool2d(2)
        layers[f"relu{number}"] = nn.ReLU()
        layers[f"drop{number}"] = nn.Dropout(CONVOLUTION_DROPOUT)
        channels = outputs
    layers["flatten"] = nn.Flatten()
    inputs = 64 * 3 * 3
    for number in range(1, 5):
        layers[f"fc{number}"] = nn.Linear(inputs, 24)
        layers[f"relu{number + 4}"] = nn.ReLU()
        layers[f"drop{number + 4}"] = nn.Dropout(LINEAR_DROPOUT)
        inputs = 24
    layers["fc5"] = nn.Linear(inputs, n_classes)
    return nn.Sequential(layers)


def cnn_large(n_classes: int) -> nn.Sequential:
    """Pictures `[N, 1, 28, 28]` to logits `[N, n_classes]`; 905,354 parameters for ten classes.

    Layer sizes and order of kubosis/VIZ_project's large CNN: three 3×3 convolutions to 32, 64 and 128
    channels, all batch-normalised, the last two pooled, then 128 and 64 units, half of whose inputs are dropped.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 1
    for number, outputs in enumerate((32, 64, 128), start=1):
        layers[f"conv{number}"] = nn.Conv2d(channels, outputs, kernel_size=3, padding=1)
        layers[f"bn{number}"] = nn.BatchNorm2d(outputs)
        layers[f"relu{number}"] = nn.ReLU()
        if number > 1:
            layers[f"pool{number}"] = nn.MaxPool2d(2)
        channels = outputs
    layers["flatten"] = nn.Flatten()
    inputs = 128 * 7 * 7
    for number, units in enumerate((128, 64), start=1):
        layers[f"drop{number}"] = nn.Dropout(0.5)
        layers[f"fc{number}"] = nn.Linear(inputs, units)
        layers[f"bn{number + 3}"] = nn.BatchNorm1d(units)
        layers[f"relu{number + 3}"] = nn.ReLU()
        inputs = units
    layers["drop3"] = nn.Dropout(0.5)
    layers["fc3"] = nn.Linear(inputs, n_classes)
    return nn.Sequential(layers)
