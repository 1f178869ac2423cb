"""What the ranks of a sharded model settle before its training begins."""

from typing import Any

from torch import nn

from collector.capture.setup_guard import SetupGuard
from collector.capture.wording import listed
from collector.pytorch.layers import is_sharded
from collector.pytorch.process_group import own_group, rank_here
from collector.pytorch.shards import Shards, ShardsError
from collector.pytorch.unreadable_models import why_out_of_reach

ALONE = (
    "The model is sharded over its ranks, and not all of them have made a collector: only what is logged is recorded. "
    "Make it on every rank."
)
NO_PROBE = "Not all ranks have a probe, so no activations are recorded: give every rank the same one."
LEFT_OUT = "The model is sharded over its ranks, which run it together or not at all: {} not recorded."
OF_WHOLE_TENSORS = (
    "Each rank holds a part of the parameters. Not recorded are what needs more than that: checksums of weights and "
    "gradients, each rank's own gradient, norms before clipping, changes of the weights between the steps, and where "
    "NaN or Inf began."
)


class ShardedSetup:
    """Whether the model's parameters can be looked at, and with whom; brings the ranks together where they must be.

    Args:
        distributed: whether the ranks record together.
        probe: of this rank.

    Attributes:
        out_of_reach: why nothing of the model is recorded; empty where it is.
        group: of all ranks; None: they have not come together here.
        shards: adds up what the ranks hold; None: the model is not shared out.
        probe: what all ranks have, if the model is shared out.
        warnings, remarks: sentences for the file; of the warnings the user hears, too.
    """

    def __init__(self, model: nn.Module, probe: Any, attempt: SetupGuard, *, distributed: bool) -> None:
        is_alone = rank_here() is None
        self.out_of_reach = why_out_of_reach(model, is_with_others=is_alone or distributed)
        self.group: Any = None
        self.shards: Shards | None = None
        self.probe = probe
        self.warnings: list[str] = []
        self.remarks: list[str] = []
        if not is_sharded(model) or self.out_of_reach:
            return
        self.shards = Shards()
        if not is_alone:
            self.remarks.append(OF_WHOLE_TENSORS)
            self._join(attempt)

    def _join(self, attempt: SetupGuard) -> None:
        self.group = attempt("joining the ranks", own_group, None)
        group = self.group and attempt("joining the ranks", own_group, None)
        shards = self.shards = Shards(group) if group else None
        if shards is None:
            self.out_of_reach = ALONE
            return
        try:
            all_have, none_has = shards.agree(self.probe is not None, self.probe is None)
        except ShardsError as error:
            self.out_of_reach, self.shards = f"{ALONE} ({error})", None
            return
        if not all_have:
            self.probe = None
            self.warnings += [] if none_has else [NO_PROBE]

    def leave_out(self, **given: Any) -> None:
        """Tell which of these options stand for something that is not recorded."""
        names = [name for name, value in given.items() if value]
        if names:
            self.warnings.append(LEFT_OUT.format(f"{listed(names)} {'are' if len(names) > 1 else 'is'}"))
