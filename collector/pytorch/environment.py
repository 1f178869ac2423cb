"""What a training runs on: where sums are made in another order, they are rounded otherwise."""

import platform

import torch
from torch import nn

from collector.pytorch.layers import device_of
from collector.storage.schema import Option


def environment(model: nn.Module) -> dict[str, Option]:
    """Machine, device, threads and settings that the rounding of a sum depends on."""
    device = device_of(model)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return {
        "device": device.type,
        "hardware": name,
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "float32_matmul": torch.get_float32_matmul_precision(),
        "python": platform.python_version(),
    }
