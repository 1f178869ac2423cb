"""Units that are of no use for the whole probe: dead behind a rectifier, or saturated behind a bounded function.

A unit is **dead** behind ReLU or ReLU6 if it is exactly 0 for every sample at every position: no gradient passes it
(Lu, Shin, Su & Karniadakis 2020, Dying ReLU and Initialization). Leaky and smooth rectifiers let a gradient pass
below 0, so the notion has no meaning for them.

A unit is **saturated** behind a function with two bounds if at least 95 of 100 of its values, over samples and
positions, lie beyond 0.99 of the way from the middle of its range to a bound: for tanh |y| > 0.99, for the sigmoid
y < 0.005 or y > 0.995. That such units learn slowly is from Glorot & Bengio 2010, section 3; the two thresholds are
ours.
"""

from torch import Tensor, nn

RECTIFIERS = (nn.ReLU, nn.ReLU6)
BOUNDS = {nn.Sigmoid: (0.0, 1.0), nn.Hardsigmoid: (0.0, 1.0), nn.Tanh: (-1.0, 1.0), nn.Softsign: (-1.0, 1.0)}
BEYOND = 0.99
SHARE = 0.95


def idle_fractions(module: nn.Module, output: Tensor, unit_axis: int) -> dict[str, float]:
    """``dead_fraction`` or ``saturated_fraction`` in 0…1 of all units, where the notion has a meaning.

    A unit with a NaN is neither.

    Args:
        module: what gave the output.
        output: ``[N, …]`` for the probe, not empty.
        unit_axis: the axis of the units.
    """
    others = [axis for axis in range(output.ndim) if axis != unit_axis]
    if isinstance(module, RECTIFIERS):
        return {"dead_fraction": float((output.abs().amax(others) == 0).float().mean())}
    bounds = _bounds(module)
    if bounds is None:
        return {}
    middle, half = sum(bounds) / 2, (bounds[1] - bounds[0]) / 2
    is_beyond = (output - middle).abs() > BEYOND * half
    return {"saturated_fraction": float((is_beyond.float().mean(others) >= SHARE).float().mean())}


def _bounds(module: nn.Module) -> tuple[float, float] | None:
    if type(module) is nn.Hardtanh:
        return float(module.min_val), float(module.max_val)
    return next((bounds for kind, bounds in BOUNDS.items() if isinstance(module, kind)), None)
