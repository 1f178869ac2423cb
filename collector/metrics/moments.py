"""The running averages that optimizers keep."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from collector.metrics.norms import layer_norms

Key = TypeVar("Key", bound=Hashable)


def layer_moments(
    first_norms: Mapping[Key, float],
    second_sums: Mapping[Key, float],
    sizes: Mapping[Key, int],
    layers: Mapping[str, Sequence[Key]],
) -> dict[str, float]:
    """``first_moment_norm/layer`` = ‖m‖₂ and ``second_moment_mean/layer`` = mean(v), where the optimizers have them.

    m is Adam's first moment or the momentum, v Adam's second moment, RMSprop's mean square or Adagrad's sum, as the
    optimizer holds them after the step: without bias correction. ``total`` counts each parameter once.

    Args:
        first_norms: parameter → ‖m‖₂.
        second_sums: parameter → Σ v.
        sizes: parameter → its number of values in v.
        layers: layer → its parameters; those of none are left out.
    """
    own = dict.fromkeys(key for keys in layers.values() for key in keys)
    means = {}
    for layer, keys in (*layers.items(), ("total", list(own))):
        present = [key for key in keys if key in second_sums]
        if present:
            n_values = sum(sizes[key] for key in present)
            means[f"second_moment_mean/{layer}"] = sum(second_sums[key] for key in present) / n_values
    norms = {key: norm for key, norm in first_norms.items() if key in own}
    return means | layer_norms("first_moment_norm", norms, layers)
