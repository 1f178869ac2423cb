"""Whatever a stranger trains learns as without the collector, and is recorded as it is or said not to be."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.optim import optimizer as of_optimizers

from collector import CollectorWarning, open_collection
from collector.pytorch.layers import TRANSPOSED, layers_of
from collector.storage import Collection
from collector.storage.layer import Layer
from tests.collector.pytorch.third_party import STRANGERS, Run, Values

LOUD = {
    "a layer used twice, one never": 1,
    "None gradients": 1,
    "LBFGS": 1,
    "an optimizer replaced": 1,
    "no optimizer's step": 1,
}
"""So many warnings; all else is noted only."""


def trained(name: str, path: Path | None) -> Run:
    """One of the strangers, trained from the same random numbers."""
    torch.manual_seed(0)
    run = Run(path)
    try:
        STRANGERS[name][0](run)
    finally:
        run.end()
    return run


def hooks_left(run: Run) -> list[object]:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    left = [hook for module in run.model.modules() for kind in kinds for hook in getattr(module, kind).values()]
    for optimizer in run.optimizers:
        left += [*optimizer._optimizer_step_pre_hooks.values(), *optimizer._optimizer_step_post_hooks.values()]
    left += [*of_optimizers._global_optimizer_pre_hooks.values(), *of_optimizers._global_optimizer_post_hooks.values()]
    return left


def reduced(values: Tensor, layer: Layer, *, is_transposed: bool) -> np.ndarray:
    """The rows and columns that the unit plan keeps."""
    array = values.float().numpy()
    if array.ndim == 1 or not layer.input_units:
        return array[layer.kept]
    if is_transposed:
        array = array.swapaxes(0, 1)
    block = layer.input_block
    columns = (
        (layer.input_kept[:, None] * block + np.arange(block)).reshape(-1) if array.ndim == 2 else layer.input_kept
    )
    return array[layer.kept][:, columns]


def check_arrays(collection: Collection, run: Run) -> int:
    """Whether all arrays of all passes are what was kept by hand, or explained; how many were compared."""
    modules = layers_of(run.model)
    n_compared = 0
    for one in collection.passes:
        for name, arrays in one.layers.items():
            layer = collection.layers[name]
            is_transposed = isinstance(modules.get(name), TRANSPOSED)
            assert (arrays.activation is None) == ("activation" in layer.not_recorded)
            for kind in layer.parameters:
                full = kind if name == "(model)" else f"{name}.{kind}"
                truth: dict[str, Tensor | None] = {kind: run.weights[one.step][full]}
                if one.step < len(run.gradients):
                    truth[f"{kind}_gradient"] = run.gradients[one.step].get(full)
                    truth[f"{kind}_update"] = run.weights[one.step + 1][full] - run.weights[one.step][full]
                for field, values in truth.items():
                    axes = layer.kept_parameters.get(kind)
                    if axes is None:
                        array = getattr(arrays, field, None)
                    else:
                        own = field.removeprefix(kind).lstrip("_") or "value"
                        array = getattr(arrays.parameters[kind], own)
                    if values is None or kind in layer.not_recorded:
                        assert array is None
                        continue
                    assert array is not None, (name, field)
                    if axes is not None:
                        values = values.to_dense().float().numpy()[np.ix_(*(axis.kept for axis in axes))]
                        np.testing.assert_array_equal(array, values)
                    else:
                        np.testing.assert_array_equal(array, reduced(values, layer, is_transposed=is_transposed))
                    n_compared += 1
    return n_compared


def norm_of(gradients: Values) -> float:
    dense = [each.to_dense().double() for each in gradients.values() if each is not None]
    return float(np.sqrt(sum(each.square().sum().item() for each in dense)))


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
def test_that_a_stranger_learns_as_alone_and_is_recorded_or_said_not_to_be(
    path: Path, name: str, recwarn: pytest.WarningsRecorder
) -> None:
    run, alone = trained(name, path), trained(name, None)

    assert run.losses == alone.losses
    ends = run.model.state_dict(), alone.model.state_dict()
    assert ends[0].keys() == ends[1].keys()
    assert all(torch.equal(ends[0][each], ends[1][each]) for each in ends[0])
    assert not hooks_left(run)

    _, notes, unrecorded = STRANGERS[name]
    with open_collection(path) as collection:
        assert collection.finished
        told = [note.text for note in collection.notes]
        assert len(told) == len(notes), told
        assert all(text.startswith(start) for text, start in zip(told, notes, strict=True)), told
        for layer, reasons in unrecorded.items():
            assert reasons.items() <= collection.layers[layer].not_recorded.items()
        n_steps = len(run.gradients)
        assert [one.step for one in collection.passes] == [*range(0, n_steps, 2), n_steps]
        assert check_arrays(collection, run) > 0
        if n_steps:
            assert collection.series["loss"].tolist() == pytest.approx(run.losses)
            shared = {id(each): key for key, each in run.model.named_parameters(remove_duplicate=False)}
            once = {key: run.gradients[0].get(key) for key in shared.values()}
            is_sampled = collection.insight.sample < collection.insight.parameters
            true_to = 0.1 if is_sampled else 1e-5
            assert collection.series["gradient_norm/total"][0] == pytest.approx(norm_of(once), rel=true_to)
    assert len([each for each in recwarn if each.category is CollectorWarning]) == LOUD.get(name, 0)
