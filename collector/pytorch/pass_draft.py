"""A pass of a PyTorch model in the making."""

from dataclasses import dataclass, field

from torch import Tensor

from collector.capture import pass_draft
from collector.pytorch.host_copy import HostCopy
from collector.pytorch.last_updates import LastUpdate


@dataclass
class PassDraft(pass_draft.PassDraft[Tensor]):
    """What was taken of a pass so far. It is whole when `host_copy` has fetched what lies on other devices."""

    before: dict[Tensor, Tensor] = field(default_factory=dict)
    """Parameter → its values before the step."""
    updated_before: dict[str, LastUpdate] = field(default_factory=dict)
    """Layer → its last update, where its optimizer makes none in this step."""
    without_gradient: list[str] | None = None
    """Layers that could learn, but have no gradient; None: gradients were not taken."""
    host_copy: HostCopy = field(default_factory=HostCopy)
