"""Which samples the outputs of a pass are of."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.views.sample.frame import prepare
from collector.storage.task import Task
from tests.app.views.sample.outputs import a_pass, a_probe


@pytest.mark.parametrize(("own", "wanted"), [(None, 2.0), (5.0, 5.0)])
def test_that_outputs_are_of_the_probe_or_of_the_samples_that_the_pass_has_itself(
    own: float | None, wanted: float
) -> None:
    def probe_of(target: float) -> Any:
        return a_probe(np.zeros((1, 4), "f4"), targets=np.array([[target]], "f4"))

    opened: Any = SimpleNamespace(collection=SimpleNamespace(probe=probe_of(2.0), task=Task("values"), token_names={}))
    view: Any = SimpleNamespace(sample=0)
    taken = a_pass(logits=np.array([[3.0]], "f4"))
    if own is not None:
        taken.probe = probe_of(own)
    found = prepare(opened, view, taken)
    assert found is not None
    assert [(row.value, row.target) for row in found.figures] == [(3.0, wanted)]
