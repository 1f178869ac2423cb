"""Runs of modules whose activations are given, and how two of them differ."""

import numpy as np

from app.views.network.modules.analysis.module_differences import ModuleDifference
from tests.app.looks.pieces.network_modules import CHAIN
from tests.app.made_up import made_up_pass
from tests.app.views.network.modules.made_up_modules import MadeUpPasses, ModuleRun


def with_activations(run: ModuleRun, **given: np.ndarray) -> ModuleRun:
    """The same run, whose passes have other activations, all of them equal."""
    records = {name: {"activation": np.asarray(each, "f4")} for name, each in given.items()}
    run.passes = MadeUpPasses([made_up_pass(run.layers, records, n_samples=4)])
    return run


def of_two(a: dict[str, np.ndarray], b: dict[str, np.ndarray], *, same_probe: bool = True) -> ModuleDifference:
    runs = [with_activations(ModuleRun(CHAIN), **each) for each in (a, b)]
    return runs[1].less(runs[0], same_probe=same_probe)


ONES, ZEROS = np.ones((4, 8)), np.zeros((4, 8))
