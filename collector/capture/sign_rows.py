"""The rows of the sign raster."""

from collections.abc import Sequence

import numpy as np

from collector.capture.insight_options import InsightOptions
from collector.capture.parameters import ParameterSpec
from collector.capture.run_log import RunLog
from collector.metrics.signs import not_finite_bits, shares, sign_bits, sign_overview
from collector.storage.schema import Band, SignBitsRecord, SignsRecord

THRESHOLD = 1e-5

_LARGER = 1.0
"""Neither of the two bits is set, where there is no gradient."""


class SignRows:
    """Writes a row each ``options.sign_interval`` steps.

    Every parameter has a column, in the given order; where there are more than ``options.sign_columns``, evenly
    spread ones of each tensor have. What is NaN or Inf, and tensors without a gradient, are told beside them.

    Args:
        parameters: those that have a column, in order.
        dtype: of the gradients that `write` is given.

    Attributes:
        bands: where each tensor's columns lie.
        n_columns: of a row.
    """

    def __init__(self, parameters: Sequence[ParameterSpec], options: InsightOptions, dtype: type[np.floating]) -> None:
        self._interval = options.sign_interval
        total = sum(each.size for each in parameters)
        share = min(1.0, options.sign_columns / total) if options.sign_columns and total else 1.0
        self.bands: list[Band] = []
        self.n_columns = 0
        for each in parameters if self._interval else ():
            n_columns = min(each.size, max(1, round(each.size * share)))
            self.bands.append(Band(each.layer, each.name, each.size, self.n_columns, n_columns))
            self.n_columns += n_columns
        self._row = np.empty(self.n_columns, dtype)
        self._kept = [
            None if band.columns == band.size else np.linspace(0, band.size - 1, band.columns).round().astype(np.int64)
            for band in self.bands
        ]

    def wants(self, step: int) -> bool:
        """Whether a row belongs to this step."""
        return self.n_columns > 0 and step % self._interval == 0

    def numbers(self, band: int) -> np.ndarray:
        """Which values of a band's tensor have a column, int, rising."""
        kept = self._kept[band]
        return np.arange(self.bands[band].size) if kept is None else kept

    def write(self, log: RunLog, step: int, gradients: Sequence[np.ndarray | None]) -> None:
        """Write the row of flattened gradients, whole or those of `numbers` alone, in the order of the bands."""
        no_gradient = [number for number, gradient in enumerate(gradients) if gradient is None]
        for band, kept, gradient in zip(self.bands, self._kept, gradients, strict=True):
            into = self._row[band.first : band.first + band.columns]
            if gradient is None:
                into.fill(_LARGER)
            else:
                np.copyto(into, gradient if kept is None or gradient.size == kept.size else gradient[kept])
        bits, not_finite = sign_bits(self._row, THRESHOLD), not_finite_bits(self._row)
        log.add(
            SignsRecord(
                step=step,
                overview=sign_overview(bits, self.n_columns),  # type: ignore[arg-type]
                not_finite=None if not_finite is None else shares(not_finite, self.n_columns),  # type: ignore[arg-type]
                no_gradient=no_gradient,
            )
        )
        log.add(SignBitsRecord(step=step, bits=bits, not_finite=not_finite, no_gradient=no_gradient))  # type: ignore[arg-type]
