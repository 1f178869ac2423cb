"""A list with a tensor for each sample, as a detector takes pictures of any size, is a batch of as many samples."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from collector import Collector, open_collection
from collector.pytorch.sample_lists import is_list_of_samples
from collector.pytorch.samples import samples_of
from collector.storage import Collection

SIZES = ((8, 8), (6, 9), (7, 5), (8, 6))
PICTURES = [torch.randn(3, h, w, generator=torch.Generator().manual_seed(h * w)) for h, w in SIZES]
ALIKE = [each[:, :6, :5] for each in PICTURES]
BOXES = [{"boxes": torch.rand(n, 4), "labels": torch.arange(n)} for n in (1, 0, 2, 3)]
NOT_KEPT = "The probe's targets, dicts, one for each sample, are not in the file."
FILLED = "The probe's samples have different sizes: in the file zeros fill them up."


class Detector(nn.Module):
    """As torchvision's: in training it wants targets, and gives losses; else a dict for each picture."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.box = nn.Conv2d(3, 5, 3), nn.Linear(5, 4)

    def forward(self, images: Any, targets: Any = None) -> Any:
        assert not self.training or targets is not None
        assert isinstance(images, list)
        size = [max(each.shape[axis] for each in images) for axis in (1, 2)]
        batch = torch.stack(
            [nn.functional.pad(each, (0, size[1] - each.shape[2], 0, size[0] - each.shape[1])) for each in images]
        )
        boxes = self.box(self.conv(batch).relu().mean((2, 3)))
        return [{"boxes": each} for each in boxes]


class Annotated(Detector):
    def forward(self, images: list[Tensor], targets: list[dict[str, Tensor]] | None = None) -> Any:
        return super().forward(images, targets)


class OnlyOne(Detector):
    def forward(self, images: Any) -> Any:
        return super().forward(images)


def collected(path: Path, model: nn.Module, probe: Any, **options: Any) -> Collection:
    """The state before the first step, as it was recorded."""
    with Collector(model, torch.optim.SGD(model.parameters(), 0.1), path, probe=probe, **options):
        pass
    return open_collection(path)


def filled(pictures: list[Tensor]) -> np.ndarray:
    whole = np.zeros((len(pictures), 3, *np.max([each.shape[1:] for each in pictures], axis=0)), np.float32)
    for place, each in zip(whole, pictures, strict=True):
        place[:, : each.shape[1], : each.shape[2]] = each
    return whole


FORMS: dict[str, tuple[type[Detector], Any, Any]] = {
    "as many dicts": (Detector, PICTURES, BOXES),
    "as many dicts, in a tuple": (Detector, tuple(PICTURES), BOXES),
    "as the one argument": (Detector, (PICTURES,), BOXES),
    "of different sizes": (Detector, PICTURES, None),
    "with a class each": (Detector, ALIKE, torch.tensor([0, 1, 1, 0])),
    "for a model that says so": (Annotated, ALIKE[:2], None),
    "for a model of one argument": (OnlyOne, ALIKE, None),
}


@pytest.mark.parametrize("form", FORMS)
def test_that_each_picture_of_a_list_is_a_sample(path: Path, form: str) -> None:
    kind, inputs, targets = FORMS[form]
    model = kind()
    pictures = list(inputs[0] if isinstance(inputs[0], list) else inputs)
    hidden: list[Tensor] = []
    handle = model.conv.register_forward_hook(lambda *given: hidden.append(given[2]))
    with torch.no_grad():
        boxes = torch.stack([each["boxes"] for each in model.eval()(pictures)])
    handle.remove()
    model.train()

    with collected(path, model, (inputs, targets)) as collection:
        one = collection.passes[0]
        np.testing.assert_array_equal(collection.probe.inputs, filled(pictures))
        np.testing.assert_array_equal(one.layers["box"].activation, boxes)
        np.testing.assert_array_equal(one.logits, boxes)
        np.testing.assert_allclose(one.layers["conv"].activation, hidden[0].mean((2, 3)).detach(), rtol=1e-6)
        (given,) = (node for node in collection.flow if node.role == "input")
        assert tuple(given.output_shape) == filled(pictures).shape[1:]
        told = [note.text for note in collection.notes]
        assert (FILLED in told) == (len({each.shape for each in pictures}) > 1)
        assert (NOT_KEPT in told) == isinstance(targets, list)


def test_that_a_tuple_of_pictures_by_sample_is_still_a_tuple_of_arguments() -> None:
    class Two(nn.Module):
        def forward(self, left: Tensor, right: Tensor) -> Tensor:
            return left + right

    left, right = torch.randn(3, 5, 4), torch.randn(3, 5, 4)

    samples = samples_of((left, right), Two(), targets=torch.tensor([0, 1, 1]))

    assert len(samples) == 3
    assert samples.args == (left, right)


def test_that_some_of_the_pictures_are_a_shorter_list() -> None:
    part = samples_of(PICTURES, Annotated())[1:3]

    assert len(part) == 2
    assert all(one is other for one, other in zip(part.args[0], PICTURES[1:3], strict=True))


def test_that_pictures_are_compared_and_projected_by_picture(path: Path) -> None:
    model, many = Annotated(), [torch.randn(3, 8, 6 + n % 3) for n in range(70)]
    with torch.no_grad():
        boxes = torch.cat(
            [torch.stack([each["boxes"] for each in model.eval()(part)]) for part in (many[:64], many[64:])]
        )

    samples = (many, None)
    with collected(path, model.train(), None, similarity=samples, projection=samples) as collection:
        np.testing.assert_allclose(collection.similarities[0].features("box"), boxes, rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(collection.projection_samples.pictures.shape[0], 70)


def test_that_outputs_of_another_size_for_each_picture_are_said_not_to_be_in_the_file(path: Path) -> None:
    class Many(Annotated):
        def forward(self, images: list[Tensor], targets: Any = None) -> Any:
            given = super().forward(images)
            return [{"boxes": each["boxes"].expand(n + 3, 4)} for n, each in enumerate(given)]

    with collected(path, Many(), (PICTURES, BOXES), task=None) as collection:
        assert collection.passes[0].logits is collection.passes[0].outputs is None
        told = [note.text for note in collection.notes if "No step" not in note.text]
        size = "The network's output, of another size for each sample, is not in the file."
        assert sorted(told) == sorted([NOT_KEPT, FILLED, size])


@pytest.mark.parametrize(
    ("targets", "is_list"),
    [(torch.tensor(1.0), False), (torch.arange(4), True), (torch.arange(5), False), (None, False)],
)
def test_that_pictures_of_one_size_are_samples_where_each_has_a_target(targets: Tensor | None, is_list: bool) -> None:
    assert is_list_of_samples(ALIKE, targets, nn.Flatten(), may_be_arguments=False) is is_list
