"""What the header says of a network's output."""

from typing import Any

from collector.capture.network_output import Output
from collector.capture.targets import Targets
from collector.capture.token_names import TokenNames
from collector.storage import schema


def describe_output(probe: schema.Probe, main: Output | None, targets: Targets, names: TokenNames) -> None:
    """Put into a probe what is known of the output, and the texts of its tokens.

    Args:
        main: what is kept of it; None where nothing is.
    """
    if main is not None:
        probe.output_shape, probe.output_name = list(main.shape[1:]), main.name
    if names:
        inputs: Any = probe.inputs if probe.whole_numbers else None
        probe.token_names = names.first(inputs, targets.values if main is not None and main.form == "tokens" else None)
