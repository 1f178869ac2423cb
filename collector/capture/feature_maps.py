"""Of which layers and of how many probe samples a pass keeps feature maps.

The rule, for the layers of convolutional stages whose output is ``[U, H, W]``:

- ``last``: the last layer of each stage, behind norm and activation.
- ``ends`` (default): the same, and the convolution's own output, before norm and activation.
- ``all``: every layer.
- ``none``: no layer.

A number of samples that is asked for is kept to. Left out, the last layers (or all of them) are kept of as many first
samples as make `MOST_VALUES` values a pass, of one at the least; and the convolutions' own outputs of as many as make
`MOST_OWN_VALUES` more, maybe of none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from collector.capture.layer_plan import LayerPlan

MAP_RULES = ("ends", "last", "all", "none")
MOST_VALUES = 2**20
MOST_OWN_VALUES = 2**17


@dataclass(frozen=True)
class MapSource:
    """A layer that could have maps; ``n_values`` are those of one sample, for the kept units."""

    name: str
    n_values: int
    is_own: bool
    """Whether it is the convolution itself."""
    is_last: bool
    """Whether it is the last layer of its stage with such an output."""


def check_maps(rule: object, n_samples: object) -> None:
    """Whether maps can be kept in this way.

    Raises:
        ValueError: what is wrong, in words.
    """
    if rule not in MAP_RULES:
        raise ValueError(f"feature_maps is {rule!r}; choose one of {', '.join(MAP_RULES)}")
    if n_samples is not None and (not isinstance(n_samples, int) or n_samples < 1):
        raise ValueError(f"feature_samples is {n_samples!r}; it must be a whole number, 1 or more, or None")


def mapped_samples(
    sources: Iterable[MapSource], rule: str, n_probe: int, asked: int | None = None
) -> dict[str, int | str]:
    """Layer → of so many first samples its maps are kept; or why of none, and how they would be.

    Args:
        sources: the layers.
        rule: one of `MAP_RULES`.
        n_probe: samples of the probe.
        asked: so many samples were asked for; None: as many as the budget allows.
    """
    sources = list(sources)
    if rule == "none":
        return {each.name: "left out on request; feature_maps 'ends' keeps them" for each in sources}
    main = [each for each in sources if each.is_last or rule == "all"]
    own = [each for each in sources if each.is_own and each not in main] if rule == "ends" else []
    n_main = min(n_probe, max(1, MOST_VALUES // _n_values(main)) if asked is None else asked)
    n_own = min(n_main, MOST_OWN_VALUES // _n_values(own) if asked is None else asked)
    found: dict[str, int | str] = {each.name: _between(rule) for each in sources}
    found |= {each.name: n_main for each in main}
    return found | {each.name: n_own or _too_large(own) for each in own}


def choose_maps(plans: Iterable[LayerPlan], rule: str, n_probe: int, asked: int | None = None) -> None:
    """Put into the plans of which layers maps are kept, or why they are not.

    Args:
        plans: in order of execution; those whose output is channels of pictures could have maps.
        rule: one of `MAP_RULES`.
        n_probe: samples of the probe.
        asked: so many samples were asked for; None: as many as the budget allows.
    """
    mapped = {plan.name: plan for plan in plans if plan.has_maps}
    last = {plan.stage: name for name, plan in mapped.items()}
    sources = [
        MapSource(
            name, len(plan.units.kept) * prod(plan.shape_by_units[1:]), name == plan.stage, last[plan.stage] == name
        )
        for name, plan in mapped.items()
    ]
    for name, found in mapped_samples(sources, rule, n_probe, asked).items():
        if isinstance(found, str):
            mapped[name].not_recorded["feature_maps"] = found
        else:
            mapped[name].n_mapped = found


def _n_values(sources: Iterable[MapSource]) -> int:
    return max(1, sum(each.n_values for each in sources))


def _between(rule: str) -> str:
    if rule == "last":
        return "only the last layer of a stage has them; feature_maps 'ends' keeps the convolution's own too"
    return "only the first and the last layer of a stage have them; feature_maps 'all' keeps these too"


def _too_large(own: list[MapSource]) -> str:
    size = f"{_n_values(own):,} values a sample, where {MOST_OWN_VALUES:,} are kept at most"
    return f"those of all convolutions are {size}; feature_samples 1 keeps them of one sample"
