"""Samples of several tensors: the model is run on them as its user runs it."""

from collections import OrderedDict, UserDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import AugmentedSample, Collector, open_collection
from collector.storage import Collection

IDS = torch.arange(5 * 7).reshape(5, 7) % 11
MASK = (torch.arange(7) < torch.arange(3, 8)[:, None]).float()
LABELS = torch.tensor([0, 1, 2, 0, 1])


class Words(nn.Module):
    """A mean of embedded words; the mask says which there are."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.hidden, self.out = nn.Embedding(11, 4), nn.Linear(4, 6), nn.Linear(6, 3)

    def forward(self, ids: Tensor, mask: Tensor | None = None, *, scale: float = 1.0) -> Tensor:
        mask = torch.ones_like(ids, dtype=torch.float32) if mask is None else mask
        words = self.embedding(ids) * mask[..., None]
        return self.out(self.hidden(words.sum(1)).relu()) * scale


class OneDict(Words):
    def forward(self, batch: Any) -> Tensor:
        return super().forward(batch["ids"], batch["mask"], scale=batch["scale"])


@dataclass
class Given:
    """What some library's model gives."""

    state: Tensor
    logits: Tensor
    loss: Tensor | None = None


class GivesDataclass(Words):
    def forward(self, ids: Tensor, mask: Tensor) -> Any:
        return Given(mask[:, :2], super().forward(ids, mask))


class GivesTuple(Words):
    def forward(self, ids: Tensor, mask: Tensor) -> Any:
        return self.embedding(ids), super().forward(ids, mask), mask


class GivesMaps(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(11, 3)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.embedding(ids) * mask[..., None]


@dataclass(frozen=True)
class Batch:
    """What some user's model takes."""

    ids: Tensor
    mask: Tensor
    scale: float = 1.0

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


class Named(NamedTuple):
    ids: Tensor
    mask: Tensor
    scale: float


class OneTuple(Words):
    def forward(self, batch: Any) -> Tensor:
        return super().forward(batch.ids, batch.mask, scale=batch.scale)


FORMS: dict[str, tuple[type[nn.Module], Any]] = {
    "arguments": (Words, (IDS, MASK)),
    "list of arguments": (Words, [IDS, MASK]),
    "arguments and keywords": (Words, ((IDS,), {"mask": MASK, "scale": 2.0})),
    "dict of keywords": (Words, {"ids": IDS, "mask": MASK, "scale": 2.0}),
    "mapping of keywords": (Words, UserDict(ids=IDS, mask=MASK)),
    "the one dict it takes": (OneDict, {"ids": IDS, "mask": MASK, "scale": 2.0}),
    "the one dataclass it takes": (OneDict, Batch(IDS, MASK, 2.0)),
    "the one named tuple it takes": (OneTuple, Named(IDS, MASK, 2.0)),
    "an ordered dict in a tuple": (OneDict, (OrderedDict(ids=IDS, mask=MASK, scale=1.0),)),
}


def called(model: nn.Module, inputs: Any) -> Any:
    """What a person writes who knows the model."""
    if isinstance(model, OneDict | OneTuple):
        return model(inputs[0] if type(inputs) is tuple else inputs)
    if isinstance(inputs, tuple | list):
        return model(*inputs[0], **inputs[1]) if isinstance(inputs[1], dict) else model(*inputs)
    return model(**inputs)


def collected(path: Path, model: nn.Module, inputs: Any, **options: Any) -> Collection:
    """The state before the first step, as it was recorded."""
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    with Collector(model, optimizer, path, probe=(inputs, LABELS), **options):
        model.zero_grad()
        sum(each.sum() for each in model.parameters()).backward()
        optimizer.step()
    return open_collection(path)


@pytest.mark.parametrize("form", FORMS)
def test_that_a_probe_in_any_form_is_what_the_model_is_called_with(path: Path, form: str) -> None:
    kind, inputs = FORMS[form]
    model = kind()
    hidden: list[Tensor] = []
    handle = model.hidden.register_forward_hook(lambda *given: hidden.append(given[2]))
    with torch.no_grad():
        logits = called(model, inputs)
    handle.remove()

    with collected(path, model, inputs) as collection:
        one = collection.passes[0]
        np.testing.assert_array_equal(one.logits, logits)
        np.testing.assert_array_equal(one.layers["hidden"].activation, hidden[0].detach())
        assert collection.layers["out"].reads == ("hidden",)
        np.testing.assert_array_equal(collection.probe.inputs, IDS)
        assert collection.probe.whole_numbers
        assert collection.probe.labels.tolist() == LABELS.tolist()
        (note,) = collection.notes
        assert note.text.startswith("Of the probe's inputs the file holds the first, ")
        assert note.text.endswith("1." if isinstance(inputs, list) or form == "arguments" else "mask.")


@pytest.mark.parametrize("form", FORMS)
def test_that_layers_are_compared_and_projected_on_samples_in_any_form(path: Path, form: str) -> None:
    kind, inputs = FORMS[form]
    model = kind()
    with torch.no_grad():
        predicted = called(model, inputs).argmax(1)

    with collected(path, model, inputs, similarity=(inputs, LABELS), projection=(inputs, None)) as collection:
        assert list(collection.similarity.layers) == ["embedding", "hidden", "out", "softmax"]
        features = collection.similarities[0].features("hidden")
        np.testing.assert_array_equal(features, collection.passes[0].layers["hidden"].activation)
        assert collection.projections[0].predictions.tolist() == predicted.tolist()


def test_that_inputs_are_cut_into_batches_and_masks_of_all_samples_stay_whole(path: Path) -> None:
    class Masked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
            self.out = nn.Linear(4, 3)

        def forward(self, sequences: Tensor, mask: Tensor) -> Tensor:
            return self.out(self.encoder(sequences, src_mask=mask).mean(1))

    model = Masked().eval()
    sequences, mask = torch.randn(150, 5, 4), torch.triu(torch.full((5, 5), -torch.inf), 1)
    with torch.no_grad():
        logits = model(sequences, mask)

    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    samples = ({"sequences": sequences, "mask": mask}, None)
    with Collector(model, optimizer, path, similarity=samples):
        pass

    with open_collection(path) as collection:
        np.testing.assert_allclose(collection.similarities[0].features("out"), logits, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (GivesDataclass, ""),
        (GivesTuple, "Of the network's outputs 0, 1, 2 the one that is kept is 1."),
        (GivesMaps, ""),
    ],
)
def test_that_logits_are_found_in_any_output_and_what_is_no_row_is_kept_as_it_is(
    path: Path, kind: Any, words: str
) -> None:
    model = kind()
    with torch.no_grad():
        output = model(IDS, MASK)

    with collected(path, model, (IDS, MASK)) as collection:
        assert [note.text for note in collection.notes[1:]] == [words] * bool(words)
        logits = collection.passes[0].logits
        if kind is GivesMaps:
            assert logits is None
            np.testing.assert_array_equal(collection.passes[0].outputs, output)
        else:
            np.testing.assert_array_equal(logits, output.logits if kind is GivesDataclass else output[1])


def test_that_the_probe_is_a_copy_whatever_its_form(path: Path) -> None:
    model = Words()
    ids, mask = IDS.clone(), MASK.clone()
    with torch.no_grad():
        logits = model(ids, mask)
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=({"ids": ids, "mask": mask}, None)):
        ids.zero_()
        mask.zero_()

    with open_collection(path) as collection:
        np.testing.assert_array_equal(collection.passes[0].logits, logits)


def test_that_a_keyword_the_model_does_not_have_is_told_as_its_own_failure(
    path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    with collected(path, nn.Linear(4, 3), {"ids": torch.ones(5, 4)}) as collection:
        assert "could not run on the probe (TypeError" in collection.notes[0].text
        assert collection.probe.inputs.shape == (5, 4)
    assert len(recwarn) == 1


def test_that_only_pictures_can_be_changed(path: Path) -> None:
    model = Words()
    sample = AugmentedSample({"ids": IDS}, np.zeros((5, 1, 2, 2), "u1"), ["none"] * 5, np.zeros(5), {})

    with pytest.raises(ValueError, match="inputs of type dict; give one array"):
        Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, augmented=sample)


def test_that_a_layer_that_reads_two_inputs_at_once_is_not_said_to_read_the_first(path: Path) -> None:
    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.both = nn.Linear(4, 4), nn.Linear(4, 3)

        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return self.both(x + y) + self.one(x).sum()

    model = Both()
    probe = (torch.randn(3, 4), torch.randn(3, 4))
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=(probe, None)):
        pass

    with open_collection(path) as collection:
        assert collection.layers["one"].reads == ("input",)
        assert collection.layers["both"].reads == ()


def test_that_one_sample_of_two_numbers_is_no_graph(path: Path) -> None:
    class Scaled(nn.Linear):
        def forward(self, x: Tensor, scale: Tensor) -> Tensor:
            return super().forward(x) * scale

    x, model = torch.randn(1, 4), Scaled(4, 3)
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=((x, torch.ones(1, 1)), None)):
        pass

    with open_collection(path) as collection:
        np.testing.assert_array_equal(collection.probe.inputs, x)
