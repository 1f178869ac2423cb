"""Held-out samples of any kind of tensor are recorded as what they are, or a note says what became of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.pytorch import plain_numbers
from collector.pytorch.samples import samples_of

pytestmark = pytest.mark.filterwarnings("ignore:.*(Sparse|nested|quantize).*:UserWarning")

VALUES = torch.randn(6, 4, generator=torch.Generator().manual_seed(2))


class Any4(nn.Module):
    """Takes anything that holds four numbers for each sample."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        if inputs.is_nested:
            inputs = inputs.to_padded_tensor(0.0).mean(1)
        elif inputs.is_quantized:
            inputs = inputs.dequantize()
        elif inputs.layout != torch.strided:
            inputs = inputs.to_dense()
        return self.fc((inputs.real + inputs.imag if inputs.is_complex() else inputs).float())


def nested(layout: torch.layout) -> Tensor:
    return torch.nested.nested_tensor([VALUES[:2], VALUES[2:5]], layout=layout)


PADDED = np.stack([np.concatenate([VALUES[:2], np.zeros((1, 4))]), VALUES[2:5]])

STRANGE: dict[str, tuple[Callable[[], Tensor], Any, str]] = {
    "sparse": (lambda: VALUES.relu().to_sparse(), VALUES.relu(), "sparse"),
    "sparse by rows": (lambda: VALUES.relu().to_sparse_csr(), VALUES.relu(), "sparse"),
    "complex": (lambda: torch.complex(VALUES, -VALUES), torch.stack([VALUES, -VALUES], -1), "complex"),
    "conjugate": (lambda: torch.complex(VALUES, VALUES).conj(), torch.stack([VALUES, -VALUES], -1), "complex"),
    "nested": (lambda: nested(torch.strided), PADDED, "nested"),
    "jagged": (lambda: nested(torch.jagged), PADDED, "nested"),
    "quantized": (lambda: torch.quantize_per_tensor(VALUES.round(), 1.0, 0, torch.qint8), VALUES.round(), "quantized"),
    "truth values": (lambda: VALUES > 0, VALUES > 0, ""),
    "half": (lambda: VALUES.round().half(), VALUES.round(), ""),
    "wanting gradients": (lambda: VALUES.clone().requires_grad_() * 2, VALUES * 2, ""),
    "not contiguous": (lambda: VALUES.reshape(4, 6).t(), VALUES.reshape(4, 6).t(), ""),
    "expanded": (lambda: VALUES[:1].expand(6, 4), VALUES[:1].expand(6, 4), ""),
    "not finite": (lambda: VALUES / 0, VALUES / 0, ""),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_that_samples_of_any_kind_are_recorded_and_what_became_of_them_is_said(kind: str, path: Path) -> None:
    make, expected, word = STRANGE[kind]
    model = Any4()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    given = make()
    with torch.no_grad():
        logits = model(given)

    with Collector(model, optimizer, path, probe=(given, None), similarity=(given, None), projection=(given, None)):
        pass

    with open_collection(path) as collection:
        assert collection.probe is not None
        np.testing.assert_array_equal(collection.probe.inputs, np.asarray(expected, np.float32))
        np.testing.assert_allclose(collection.passes[0].logits, logits, rtol=1e-6)
        notes = [note.text for note in collection.notes if "No step was seen" not in note.text]
        assert all(word and f" {word}" in text for text in notes if "inputs hold" in text and kind != "not finite")
        assert not any("not recorded" in text or "failed" in text for text in notes)
        assert bool(word) == any("The probe's inputs are" in text for text in notes)


@pytest.mark.parametrize("given", [VALUES[:0], torch.tensor(1.0), VALUES.to("meta")])
@pytest.mark.parametrize("option", ["probe", "similarity", "projection"])
def test_that_what_holds_no_samples_is_a_wrong_call(given: Tensor, option: str, path: Path) -> None:
    model = Any4()

    with pytest.raises(ValueError, match="inputs"):
        Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, **{option: (given, None)})
    assert not path.exists()


def test_that_a_sparse_probe_too_large_with_its_zeros_is_told_and_still_run(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_numbers, "MOST_VALUES", 20)
    model = Any4()

    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(VALUES.to_sparse(), None)):
        pass

    with open_collection(path) as collection:
        assert collection.probe is None
        assert collection.passes[0].layers["fc"].activation is not None
        assert any("they would be 24 numbers" in note.text for note in collection.notes)


@pytest.mark.parametrize("kind", ["sparse", "sparse by rows", "nested", "jagged", "half"])
def test_that_some_of_the_samples_are_those_rows_in_the_same_layout(kind: str) -> None:
    given = STRANGE[kind][0]()

    part = samples_of(given, Any4())[1:2]

    assert part.shown.layout == given.layout
    assert len(part) == 1
    expected = given.to_padded_tensor(0.0) if given.is_nested else given.to_dense()
    found = part.shown.to_padded_tensor(0.0) if given.is_nested else part.shown.to_dense()
    assert torch.equal(found, expected[1:2, : found.shape[1]])


def test_that_a_view_of_data_that_change_later_is_recorded_as_it_was_given(path: Path) -> None:
    data = VALUES.clone()
    model = Any4()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)

    with Collector(model, optimizer, path, probe=(data[::2], None), projection=(data[::2], None)) as collector:
        data.zero_()
        optimizer.step()
        collector.log(loss=1.0)

    with open_collection(path) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, VALUES[::2])
        assert collection.passes[0].logits.std(0).min() > 0
