"""What is made of a run is not changed any more, and is compared by its fields only where these can be compared."""

import dataclasses
import importlib
import pkgutil

import pytest

import app.views.correlations
import app.views.stories


def results_of(package: object) -> list[type]:
    """Every dataclass of a room."""
    found = []
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):  # type: ignore[attr-defined]
        every = vars(importlib.import_module(module.name)).values()
        of_module = [each for each in every if isinstance(each, type) and each.__module__ == module.name]
        found += [each for each in of_module if dataclasses.is_dataclass(each)]
    return found


@pytest.mark.parametrize("package", [app.views.stories, app.views.correlations], ids=["stories", "correlations"])
def test_that_results_are_frozen_and_those_of_arrays_are_each_their_own(package: object) -> None:
    results = results_of(package)
    assert len(results) > 5
    arrays = {"ndarray", *(each.__name__ for each in results if not each.__dataclass_params__.eq)}  # type: ignore[attr-defined]
    for each in results:
        assert each.__dataclass_params__.frozen, each  # type: ignore[attr-defined]
        kinds = [str(field.type) for field in dataclasses.fields(each)]
        has_arrays = any(name in kind for name in arrays for kind in kinds)
        assert each.__dataclass_params__.eq != has_arrays, each  # type: ignore[attr-defined]
