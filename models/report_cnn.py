"""The convolutional network of the report on looking into a CNN: large filters, easy to see."""

from collections import OrderedDict

from torch import nn


def report_cnn(n_classes: int) -> nn.Sequential:
    """Pictures `[N, 3, 32, 32]` to logits `[N, n_classes]`.

    Layer sizes and order of brfi3983/Applied-Deep-Learning, report 6: two 5×5 convolutions without padding to
    64 and 32 channels, both batch-normalised and pooled, then 64 and 32 units with a fifth of them dropped.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 3
    for number, outputs in enumerate((64, 32), start=1):
        layers[f"conv{number}"] = nn.Conv2d(channels, outputs, kernel_size=5)
        layers[f"bn{number}"] = nn.BatchNorm2d(outputs)
        layers[f"relu{number}"] = nn.ReLU()
        layers[f"pool{number}"] = nn.MaxPool2d(2)
        channels = outputs
    layers["flatten"] = nn.Flatten()
    inputs = 32 * 5 * 5
    for number, units in enumerate((64, 32), start=1):
        layers[f"fc{number}"] = nn.Linear(inputs, units)
        layers[f"relu{number + 2}"] = nn.ReLU()
        layers[f"drop{number}"] = nn.Dropout(0.2)
        inputs = units
    layers["fc3"] = nn.Linear(inputs, n_classes)
    return nn.Sequential(layers)
