"""Two runs' layers beside one another: by what is known of them, and as a user sees it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.replay.comparing import Comparing
from app.session import Session
from app.views.correlations.across_pair import Across, AcrossRequest, AcrossResult
from app.views.correlations.across_run import (
    OTHER_SAMPLES,
    AcrossMeasure,
    AcrossRun,
    across_run,
    procrustes_run,
)
from app.views.correlations.analysis.correlation import pearson
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside
from app.views.correlations.analysis.similarity_run import PairMeasure
from app.views.correlations.panel import CorrelationsPanel
from app.window.main_window import MainWindow
from collector.comparing.saved import SavedComparison
from collector.comparing.similarity import cka_across
from collector.storage import Collection
from tests.app.parts import part
from tests.app.views.correlations.choosing import choose


@pytest.fixture
def run(comparing: Comparing) -> AcrossRun:
    found = across_run(comparing)
    assert isinstance(found, AcrossRun)
    return found


def features(collection: Collection, number: int, layer: str) -> np.ndarray:
    found = collection.similarities[number].features(layer)
    assert found is not None
    return found


def test_that_each_layer_of_a_is_compared_with_each_of_b_at_the_same_place(
    run: AcrossRun, comparing: Comparing
) -> None:
    assert run.steps.tolist() == [0, 6, 12]
    for number in range(3):
        a, b = (
            [features(each, number, name) for name in run.rows]
            for each in (comparing.a.collection, comparing.b.collection)
        )
        expected = cka_across(a, b)
        assert np.allclose(run.values(AcrossMeasure.CKA)[number], expected.values)
        assert np.allclose(run.likeness[AcrossMeasure.CKA].null[number], expected.null)
    assert run.is_same.tolist() == [True, False, False]
    assert run.place(0).endswith("the same, to the bit")


def test_that_a_difference_is_what_is_within_b_less_what_is_within_a(run: AcrossRun) -> None:
    one, other = (each.measures[PairMeasure.CKA] for each in run.runs)
    assert np.allclose(run.values(AcrossMeasure.CKA_DIFFERENCE), other - one, equal_nan=True)
    scale = run.scale(AcrossMeasure.CKA_DIFFERENCE)
    assert scale.low == -scale.high
    assert run.decimals(AcrossMeasure.CKA_DIFFERENCE) >= 2


def test_that_a_layer_without_partner_has_no_difference_and_no_layer_beside_it(
    session: Session, two_paths: tuple[Path, Path]
) -> None:
    a, b = map(str, two_paths)
    session.compare(SavedComparison(a=a, b=b, layers={"fc1": None}))
    assert session.comparing is not None
    run = across_run(session.comparing)
    assert isinstance(run, AcrossRun)
    row = run.rows.index("fc1")
    values = run.values(AcrossMeasure.CKA_DIFFERENCE)
    assert np.isnan(values[:, row]).all()
    assert np.isfinite(run.values(AcrossMeasure.CKA)[:, row]).all()
    assert run.turned("fc1", "fc1") is None
    request = AcrossRequest((2, 2), "fc1", "fc1", None, Across.DIFFERENCE, Inside.FEATURES, Order.AS_IS)
    found = request.read(session.comparing)
    assert "no partner" in found.problem
    assert (found.values.size, len(found.rows), len(found.columns)) == (0, 0, 0)


def test_that_procrustes_comes_later_and_is_kept_beside_the_rest(run: AcrossRun, comparing: Comparing) -> None:
    assert np.isnan(run.values(AcrossMeasure.PROCRUSTES)).all()
    told: list[tuple[int, int]] = []
    fuller = procrustes_run(comparing, run, lambda *given: not told.append(given))  # type: ignore[func-returns-value]
    assert fuller is not None
    total = len(run.numbers) * len(run.rows)
    assert told == [(done, total) for done in range(1, total + 1)]
    values = fuller.values(AcrossMeasure.PROCRUSTES)
    assert np.allclose(np.diagonal(values[0]), 1), "the same features turn into themselves"
    assert (np.diagonal(values[2]) < 1).all()
    assert fuller.values(AcrossMeasure.CKA) is run.values(AcrossMeasure.CKA)


def test_that_other_samples_are_not_compared(comparing: Comparing) -> None:
    comparing.pair.__dict__["has_same_probe"] = False
    assert across_run(comparing) == OTHER_SAMPLES


def test_that_a_held_pass_is_compared_with_each_measurement_of_its_run(
    session: Session, two_paths: tuple[Path, Path]
) -> None:
    session.open(two_paths[0])
    session.show_last()
    session.hold_pass()
    assert session.comparing is not None
    run = across_run(session.comparing)
    assert isinstance(run, AcrossRun)
    assert run.numbers.tolist() == [[2, 0], [2, 1], [2, 2]]
    assert run.is_same.tolist() == [False, False, True]
    assert np.allclose(np.diagonal(run.values(AcrossMeasure.CKA)[2]), 1)


def asked(what: Across, order: Order, inside: Inside = Inside.FEATURES, number: int = 2) -> AcrossRequest:
    return AcrossRequest((number, number), "fc1", "fc1", ("fc1", "fc1"), what, inside, order)


def test_that_a_matrix_of_units_is_b_less_a_or_one_by_the_other(comparing: Comparing) -> None:
    a, b = (features(each, 2, "fc1") for each in (comparing.a.collection, comparing.b.collection))
    found = asked(Across.DIFFERENCE, Order.AS_IS).read(comparing)
    assert np.allclose(found.values, pearson(b, b) - pearson(a, a), equal_nan=True)
    found = asked(Across.PRODUCT, Order.AS_IS).read(comparing)
    assert np.allclose(found.values, pearson(a, b), equal_nan=True)
    same = asked(Across.DIFFERENCE, Order.AS_IS, number=0).read(comparing)
    assert same.about.startswith("the same")


def test_that_units_in_another_order_are_put_in_that_of_a_and_those_without_match_are_marked(
    comparing: Comparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(3)
    order = np.array([2, 0, 3, 1])
    a = random.normal(size=(60, 4))
    b = a[:, order].copy()
    b[:, 1] = random.normal(size=60)  # what is unit 0 of A does something else in B

    class Layer:
        def __init__(self, values: np.ndarray) -> None:
            self.values, self.kept = values, np.arange(4)

    made = {id(comparing.a.collection): a, id(comparing.b.collection): b}
    monkeypatch.setattr("app.views.correlations.across_pair._layer", lambda collection, *_: Layer(made[id(collection)]))
    found = asked(Across.PRODUCT, Order.AS_IS).read(comparing)
    assert found.offers_matching
    found = asked(Across.PRODUCT, Order.MATCHED).read(comparing)
    assert found.columns.tolist() == [1, 3, 0, 2]
    assert np.diagonal(found.values)[1:] == pytest.approx(1)
    assert found.hatched is not None
    assert found.hatched[:, 0].tolist() == [True, False, False, False]
    assert "3 matched" in found.about
    found = asked(Across.DIFFERENCE, Order.MATCHED).read(comparing)
    assert np.abs(found.values[1:, 1:]).max() == pytest.approx(0, abs=1e-12)


@pytest.fixture
def panel(two_in_window: MainWindow) -> CorrelationsPanel:
    """Both at their last measurement."""
    two_in_window.show_view("correlations")
    panel: CorrelationsPanel = part(two_in_window, "correlations")
    return panel


def test_that_a_user_sees_the_layers_of_a_by_those_of_b_and_how_each_pair_went(
    two_in_window: MainWindow, panel: CorrelationsPanel, qtbot: QtBot
) -> None:
    picture = panel.layers.picture
    assert picture is not None
    assert (picture.rows.title, picture.columns.title) == ("usual", "faster")
    assert "usual fc1 × faster fc2: " in picture.tell(list(picture.rows.names).index("fc1"), 2)
    assert panel.place_label.about.startswith("usual × faster, 20 held-out samples")
    cell = panel.layers.cell_rect(1, 1).center()
    from PyQt6.QtCore import Qt

    qtbot.mouseClick(panel.layers, Qt.MouseButton.LeftButton, pos=cell)
    assert isinstance(panel.pair.reading, AcrossResult)
    assert panel.pair.reading.request.is_within
    assert panel.evolution.pair_heading.title.endswith(", both")
    assert panel.evolution.pairs.lines[-2].values[0] == pytest.approx(1), "both began alike"
    choose(qtbot, panel.measure_box, AcrossMeasure.CKA_DIFFERENCE)
    assert [each.label for each in panel.evolution.rank_legend.entries] == ["usual", "faster"]
    *_, dashed, solid, _ = panel.evolution.pairs.lines
    assert len(dashed.steps) == len(solid.steps) == 3


def test_that_procrustes_is_read_when_it_is_chosen(panel: CorrelationsPanel, qtbot: QtBot) -> None:
    choose(qtbot, panel.measure_box, AcrossMeasure.PROCRUSTES)
    assert panel.layers.picture is not None
    assert np.isfinite(panel.layers.picture.values).all()


def test_that_the_tables_have_both_and_their_difference(panel: CorrelationsPanel) -> None:
    headings, rows = panel.numbers()
    told = [dict(zip(headings, row, strict=True)) for row in rows]
    n = len(panel.layers.picture.rows.names)  # type: ignore[union-attr]
    assert len(told) == 3 * n * n
    one = told[-1]
    assert float(one["cka_difference"] or 0) == pytest.approx(float(one["cka_b"] or 0) - float(one["cka_a"] or 0))
    assert panel.pair_numbers()[1]


def test_that_without_another_run_it_is_as_ever_again(two_in_window: MainWindow, panel: CorrelationsPanel) -> None:
    two_in_window._session.stop_comparing()
    assert panel.measure_box.choice is PairMeasure.CKA
    assert panel.layers.picture is not None
    assert panel.layers.picture.rows.title == ""
    assert panel.numbers()[0][:2] == ("step", "epoch")


def test_that_other_samples_are_told_in_words(
    show: Callable[..., None], two_in_window: MainWindow, panel: CorrelationsPanel
) -> None:
    panel.show_run(OTHER_SAMPLES)
    assert panel.empty_state.isVisible()
    assert panel.empty_state.label.text() == OTHER_SAMPLES
