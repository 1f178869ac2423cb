"""The one door to torchvision.

torchvision's wheels carry compiled operators built against one exact torch. Beside another build of the
same torch (a CUDA torchvision next to a CPU torch) those operators do not load, and `import torchvision`
fails with "operator torchvision::nms does not exist", although its datasets, transforms and models are plain
Python and would work. Declaring the operators, without giving them a body, lets the import go through. Code
that calls one of them (non-maximum suppression for object detection; nothing in Strobe does) still fails,
saying so.
"""

import importlib
import sys
from types import ModuleType

import torch

_OPERATORS = ("nms", "qnms")
_declarations: list[torch.library.Library] = []


def import_torchvision() -> ModuleType:
    """The torchvision package, imported; on a healthy machine exactly as `import torchvision` would.

    Raises ImportError where torchvision is not installed, and whatever else a broken installation raises.
    """
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "operator torchvision::" not in str(error) or "does not exist" not in str(error):
            raise
    _forget_half_imported("torchvision")
    _declare_missing_operators()
    return importlib.import_module("torchvision")


def _forget_half_imported(package: str) -> None:
    for name in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        del sys.modules[name]


def _declare_missing_operators() -> None:
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in _OPERATORS:
        if not hasattr(torch.ops.torchvision, operator):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    # A declaration lives as long as its library object.
    _declarations.append(library)
