"""Runs that a panel of correlations could show, and what it asks for."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from app.views.correlations.across_run import AcrossRun
from app.views.correlations.panel import CorrelationsPanel
from tests.app.views.correlations.made_up import LAYERS as NAMES
from tests.app.views.correlations.made_up import augmentations_of

PASSES = np.arange(0, 100, 20)


class Measured:
    """So many measurements."""

    def __init__(self, steps: list[int]) -> None:
        self.steps = np.array(steps)

    def __len__(self) -> int:
        return len(self.steps)


def opened(n: int = 4, augmented_at: list[int] | None = None, **changes: Any) -> Any:
    """A run of four layers, measured at steps 0, 30, 60 and 90; its passes are 20 steps apart."""
    known = {
        "similarity": SimpleNamespace(layers=dict.fromkeys(NAMES), labels=np.zeros(3, int)),
        "similarities": Measured([30 * each for each in range(n)]),
        "augmentations": augmentations_of(),
        "augmentation_records": Measured(augmented_at or []),
        "layers": dict.fromkeys(NAMES[:-1]),
        "passes": SimpleNamespace(steps=PASSES),
        "probe": None,
    }
    return SimpleNamespace(collection=SimpleNamespace(**(known | changes)), comparing=None, last_step=90)


class Asked:
    """What a panel asked for."""

    def __init__(self, panel: CorrelationsPanel) -> None:
        self.runs = 0
        self.procrustes: list[AcrossRun] = []
        self.readings: list[Any] = []
        self.layers: list[str] = []
        self.steps: list[float] = []
        panel.run_requested.connect(self._on_run)
        panel.procrustes_requested.connect(self.procrustes.append)
        panel.reading_requested.connect(self.readings.append)
        panel.layer_requested.connect(self.layers.append)
        panel.step_requested.connect(self.steps.append)

    def _on_run(self) -> None:
        self.runs += 1


def view(layer: str | None = None) -> Any:
    return SimpleNamespace(layer=layer)
