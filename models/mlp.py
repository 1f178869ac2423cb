"""Four linear layers with batch normalisation: the network of the feature-signal study."""

from collections import OrderedDict
from math import prod

from torch import nn

HIDDEN_UNITS = (128, 64, 32)


def mlp(shape: tuple[int, int, int], n_classes: int) -> nn.Sequential:
    """Pictures `[N, C, H, W]` of any `shape` to logits `[N, n_classes]`.

    Layer sizes of ai-vis-theory/nn-0, feature-signal-vis: 128, 64 and 32 units, each batch-normalised and
    rectified, then one unit a class. The original ends in a softmax and then takes the cross-entropy of it,
    which applies softmax twice; here the logits come out and the cross-entropy does the one softmax there is.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict(flatten=nn.Flatten())
    inputs = prod(shape)
    for number, units in enumerate(HIDDEN_UNITS, start=1):
        layers[f"fc{number}"] = nn.Linear(inputs, units)
        layers[f"bn{number}"] = nn.BatchNorm1d(units)
        layers[f"relu{number}"] = nn.ReLU()
        inputs = units
    layers[f"fc{len(HIDDEN_UNITS) + 1}"] = nn.Linear(inputs, n_classes)
    return nn.Sequential(layers)
