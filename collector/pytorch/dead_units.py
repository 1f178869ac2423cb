"""Which units are dead or saturated, as `collector.metrics.dead_units` has them."""

from torch import Tensor, nn

from collector.metrics.dead_units import BEYOND, SHARE

RECTIFIERS = (nn.ReLU, nn.ReLU6)
BOUNDS = {nn.Sigmoid: (0.0, 1.0), nn.Hardsigmoid: (0.0, 1.0), nn.Tanh: (-1.0, 1.0), nn.Softsign: (-1.0, 1.0)}


def useless_units(module: nn.Module, output: Tensor, unit_axis: int) -> dict[str, Tensor]:
    """``dead_fraction`` or ``saturated_fraction`` → which of all units are so, bool ``[units]``, where the output is.

    Nothing where the notion has no meaning. A unit with a NaN is neither.

    Args:
        module: what gave the output.
        output: ``[N, …]`` for the probe, not empty.
        unit_axis: the axis of the units.
    """
    others = [axis for axis in range(output.ndim) if axis != unit_axis]
    if isinstance(module, RECTIFIERS):
        return {"dead_fraction": output.abs().amax(others) == 0}
    bounds = _bounds(module)
    if bounds is None:
        return {}
    middle, half = sum(bounds) / 2, (bounds[1] - bounds[0]) / 2
    is_beyond = (output - middle).abs() > BEYOND * half
    return {"saturated_fraction": is_beyond.float().mean(others) >= SHARE}


def _bounds(module: nn.Module) -> tuple[float, float] | None:
    if type(module) is nn.Hardtanh:
        return float(module.min_val), float(module.max_val)
    return next((bounds for kind, bounds in BOUNDS.items() if isinstance(module, kind)), None)
