"""The columns of measured steps: which numbers there are, and which of them have a standard error."""

import pytest

from collector.capture.dynamics_metrics import ANGLES, COUNTED, NORMS
from collector.capture.insight_rows import InsightRows
from collector.capture.layer_sums import LayerSums
from collector.metrics.flat_layout import FlatLayout

LIMITS = ("@1e-07", "@1e-05")


def columns(sample: int, *, averages: bool = False) -> list[str]:
    """Of a layer of 9,000 parameters and one of 30."""
    layout = FlatLayout([9000, 30], sample, 0)
    return list(InsightRows(LayerSums([("a",), ("b",)]), layout, [1e-7, 1e-5], averages=averages).columns)


def test_that_what_all_values_were_counted_for_has_no_error() -> None:
    assert not [name for name in columns(0) if "~se" in name]


@pytest.mark.parametrize("averages", [False, True])
def test_that_of_a_sample_totals_have_errors_and_of_layers_shares_and_angles_alone(averages: bool) -> None:
    endings = [limit + course for course in ("", "~ema")[: 1 + averages] for limit in LIMITS]
    expected = set()
    for metric in COUNTED:
        if metric.error is not None:
            places = ["total"]
            if metric.name.endswith("_fraction") or metric in ANGLES:
                places += ["a", "b"]
            if metric in ANGLES:
                own = [""]
            elif metric.name.startswith("flips_all"):
                own = ["", "~ema"][: 1 + averages]
            else:
                own = endings
            expected |= {f"{metric.name}{ending}~se/{place}" for ending in own for place in places}

    found = [name for name in columns(4096, averages=averages) if "~se" in name]

    assert set(found) == expected
    assert len(found) == len(expected)
    assert not [name for name in found if name.startswith(("still_change_max", *(each.name for each in NORMS)))]


@pytest.mark.parametrize("sample", [0, 4096])
def test_that_every_number_has_a_column_of_its_own(sample: int) -> None:
    found = columns(sample, averages=True)

    assert len(set(found)) == len(found)
    for metric in (*COUNTED, *NORMS):
        assert {f"{metric.name}{LIMITS[0]}/total", f"{metric.name}/total"} & set(found), metric.name
