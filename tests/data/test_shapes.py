import numpy as np
import pytest
import torch

from data.names import PICTURE_SHAPES
from data.pictures import DataSource
from data.shape_outlines import OUTLINES
from data.shapes import draw_shapes, load_shapes


@pytest.fixture(scope="module")
def shapes() -> DataSource:
    return load_shapes()


def test_that_every_class_has_as_many_pictures(shapes: DataSource) -> None:
    assert shapes.train.labels.bincount().tolist() == [1000] * 10
    assert shapes.test.labels.bincount().tolist() == [200] * 10
    assert shapes.shape == PICTURE_SHAPES["shapes"]
    assert shapes.class_names == tuple(OUTLINES)


def test_that_loading_again_gives_the_same_pictures(shapes: DataSource) -> None:
    again = load_shapes()
    assert torch.equal(shapes.train.pictures, again.train.pictures)
    assert torch.equal(shapes.test.pictures, again.test.pictures)


def test_that_the_generator_decides_what_is_drawn() -> None:
    first, second, other = (draw_shapes(20, np.random.default_rng(seed))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_that_every_picture_shows_two_clearly_different_brightnesses(shapes: DataSource) -> None:
    brightness = shapes.test.pictures.float().mean(1).flatten(1)
    spread = brightness.quantile(0.97, dim=1) - brightness.quantile(0.03, dim=1)
    assert spread.min() > 30


@pytest.mark.parametrize("name", list(OUTLINES))
def test_that_a_figure_stays_near_its_unit_circle_and_fills_a_fair_part_of_it(name: str) -> None:
    side = np.linspace(-2, 2, 401, dtype=np.float32)
    x, y = np.meshgrid(side, side)
    inside = OUTLINES[name](x[None], y[None])[0] < 0
    assert np.hypot(x, y)[inside].max() < 1.3
    assert 0.2 < inside.sum() * 0.01**2 / np.pi < 0.95


def test_that_figures_stand_upright_before_they_are_turned() -> None:
    point = np.zeros((1, 1, 1), np.float32)
    assert OUTLINES["triangle"](point, point + 0.8) < 0 < OUTLINES["triangle"](point, point - 0.8)
    assert OUTLINES["heart"](point, point - 0.8) < 0 < OUTLINES["heart"](point, point + 0.9)
    assert OUTLINES["star"](point, point + 0.9) < 0 < OUTLINES["star"](point, point - 0.9)
