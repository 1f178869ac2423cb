"""Where two runs part, and why, in words."""

from collections.abc import Sequence

import numpy as np

from collector.comparing.comparison import FirstDifference, OptionDifference, Phase, Verdict
from collector.comparing.options import is_cause
from collector.comparing.pair import Pair
from collector.comparing.tracks import WEIGHTS, Track
from collector.comparing.walk import Seen
from collector.comparing.words import value_text
from collector.findings.percent import percent

ROUNDING = 1e-5
"""As a share of a layer's largest value, what a sum of thousands of float32 may differ by where it is made in another
order (an eps is 1.2e-7; a gradient in front of a norm is the difference of sums that nearly cancel)."""

_MOST_NAMED = 3


def told(pair: Pair, seen: Seen, tracks: Sequence[Track], options: Sequence[OptionDifference]) -> FirstDifference:
    """What was seen first, with its verdict and a sentence."""
    cause = _cause(seen, options)
    is_start = seen.rank[0] == WEIGHTS and seen.equal_at is None
    phase: Phase = "options" if cause or is_start else seen.phase
    quantity = cause.name if cause else "initial weights" if is_start else seen.quantity
    layer = cause.layer if cause else seen.layer
    verdict = _verdict(pair, seen, phase, tracks)
    why = _because(seen, phase, verdict, cause, tracks)
    if verdict == "noise":
        why += "".join(
            f", with {each.name} {each.a} in A and {each.b} in B" for each in options if each.kind == "version"
        )
    of = f" of {layer}" if layer else ""
    text = f"{_equal_so_far(seen, tracks)}first difference: {quantity}{of} at step {seen.step:,}{why}"
    return FirstDifference(
        step=seen.step,
        phase=phase,
        layer=layer,
        quantity=quantity,
        verdict=verdict,
        text=text,
        equal_at=seen.equal_at,
        size=seen.size if np.isfinite(seen.size) else None,
    )


def _cause(seen: Seen, options: Sequence[OptionDifference]) -> OptionDifference | None:
    """What the runs were told that explains it; None: nothing that is known."""
    causes = [each for each in options if is_cause(each) and each.step <= seen.step]
    own = [each for each in causes if each.kind == "layer" and each.layer == seen.layer]
    if own and seen.phase in ("forward", "backward"):
        return own[0]
    groups = [each for each in causes if each.kind == "group"]
    if groups and seen.phase == "update" and not (seen.rank[0] == WEIGHTS and seen.equal_at is None):
        return groups[-1]
    if seen.equal_at is None:  # of what a run begins with
        return next((each for each in causes if each.kind in ("option", "data")), None)
    return None


def _verdict(pair: Pair, seen: Seen, phase: Phase, tracks: Sequence[Track]) -> Verdict | None:
    if phase in ("options", "data"):
        return phase
    if seen.size <= max(pair.tolerance, ROUNDING):
        return "noise"
    if seen.quantity == "loss" and _modules_at(seen.step, tracks):
        return None  # the same outputs: other targets, or another loss
    is_known = _last_equal("batch", seen.step, tracks) == seen.step
    came_before = seen.rank[0] == WEIGHTS and seen.equal_at is not None
    if came_before:
        last = _last_equal("batch", seen.step - 1, tracks)
        is_known = last is not None and (last >= seen.step - 1 or last >= seen.equal_at)  # type: ignore[operator]
    return "computation" if is_known or (seen.phase == "backward" and _modules_at(seen.step, tracks)) else None


def _because(
    seen: Seen,
    phase: Phase,
    verdict: Verdict | None,
    cause: OptionDifference | None,
    tracks: Sequence[Track],
) -> str:
    if cause is not None:
        return f", which is {value_text(cause.a)} in A and {value_text(cause.b)} in B"
    if phase in ("options", "data"):
        return _given(seen, phase)
    size = "" if not np.isfinite(seen.size) else f" (by {_how_much(seen.size)})" if seen.size else " (of one norm)"
    if verdict == "noise":
        return f"{size}: no more than rounding"
    if verdict is None:
        return size + _unknown(seen, tracks)
    return size + _computation(seen, tracks)


def _how_much(size: float) -> str:
    return percent(size, int(size < 0.1)) if size >= 1e-3 else f"{size:.1g} of its size"


def _given(seen: Seen, phase: Phase) -> str:
    if phase == "data":
        return ": other samples were given"
    if seen.quantity == "weights":
        return f"{_others(seen)}: the runs begin with other weights"
    return f", {seen.a:.6g} in A and {seen.b:.6g} in B"


def _computation(seen: Seen, tracks: Sequence[Track]) -> str:
    if seen.rank[0] == WEIGHTS:
        since = f" behind step {seen.equal_at:,}" if seen.equal_at is not None else ""
        return f"{_others(seen)}: with the same batches another update or gradient{since}"
    if seen.phase == "update":
        return ", gradients equal: another update"
    if seen.phase == "backward":
        lacking = {(True, False): "A", (False, True): "B"}.get((_is_none(seen.a), _is_none(seen.b)))
        none = f", of which {lacking} has none" if lacking else ""
        return f"{none}, inputs and outputs equal, and the gradients nearer to the loss: same data, other computation"
    if seen.quantity == "input":
        return ": what all modules before it give is equal, so something between them that is no module differs"
    if seen.quantity == "loss":
        return _where_unknown(seen, tracks)
    return ", inputs equal: same data, other computation"


def _is_none(value: float) -> bool:
    return bool(np.isnan(value)) or value < 0


def _unknown(seen: Seen, tracks: Sequence[Track]) -> str:
    if seen.quantity == "loss" and _modules_at(seen.step, tracks):
        return ", outputs of all modules equal: other targets or another loss, of which neither is recorded"
    told = _where_unknown(seen, tracks) if seen.quantity == "loss" else ""
    return f"{told}; whether the batches were the same cannot be told: they were not recorded at that step"


def _where_unknown(seen: Seen, tracks: Sequence[Track]) -> str:
    steps = np.unique(np.concatenate([each.column.steps_a for each in tracks if each.layer] or [np.zeros(0, int)]))
    before, behind = steps[steps < seen.step], steps[steps > seen.step]
    if not len(before) and not len(behind):
        return ": which layer cannot be told, as none was followed"
    places = " and ".join(f"{int(each[at]):,}" for each, at in ((before, -1), (behind, 0)) if len(each))
    each_step = "(InsightOptions(interval=1) follows each)"
    return f": which layer cannot be told, as layers were compared at steps {places} {each_step}"


def _modules_at(step: int, tracks: Sequence[Track]) -> bool:
    return any(each.quantity == "output" and step in each.column.steps_a for each in tracks)


def _others(seen: Seen) -> str:
    if not seen.others:
        return ""
    named = ", ".join(seen.others[:_MOST_NAMED])
    n_more = len(seen.others) - _MOST_NAMED
    return f", and of {named}" + (f" and {n_more} more" if n_more > 0 else "")


def _equal_so_far(seen: Seen, tracks: Sequence[Track]) -> str:
    parts = []
    for quantity, name in (("batch", "batches"), ("weights", "weights")):
        last = _last_equal(quantity, seen.step, tracks)
        if last is not None:
            parts.append(f"{name} equal up to step {last:,}")
    return f"{', '.join(parts)}; " if parts else ""


def _last_equal(quantity: str, step: int, tracks: Sequence[Track]) -> int | None:
    """The last step up to this one before which, and at which, a quantity of all layers is the same; None: none."""
    own = [each for each in tracks if each.quantity == quantity]
    if not own:
        return None
    steps = np.unique(np.concatenate([each.column.steps_a for each in own]))
    differing = [each.column.steps_a[each.sizes > 0] for each in own]
    first = min((int(each[0]) for each in differing if len(each)), default=None)
    equal = steps[(steps <= step) & (steps < (first if first is not None else step + 1))]
    return int(equal[-1]) if len(equal) else None
