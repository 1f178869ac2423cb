"""How alike the layers are, driven as a user would."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.analysis.figures import signed
from app.jobs import Jobs
from app.session import Session
from app.views.correlations.analysis.augmentation_correlation import AugmentationRequest, mean_by_strength
from app.views.correlations.analysis.matrix_order import Order
from app.views.correlations.analysis.pair_correlation import Inside, PairRequest
from app.views.correlations.analysis.similarity_run import PairMeasure
from app.views.correlations.augmentation_page import AugmentationPage
from app.views.correlations.evolution_page import EvolutionPage
from app.views.correlations.pair_card import Colours
from app.views.correlations.panel import AUGMENTATIONS, LAYERS, NO_AUGMENTATIONS, NO_SIMILARITY, CorrelationsPanel
from app.views.correlations.reading import MatrixReading, MeasurementsReading
from collector.storage import CollectionWriter
from collector.storage.schema import PassRecord
from tests.app.painted import painted
from tests.app.plots import double_click, pixel_of, place_in
from tests.app.plots import turn_wheel as turn_wheel_over
from tests.app.pointer import turn_wheel
from tests.app.views.correlations.choosing import choose
from tests.app.views.correlations.similar_layers import augmented, header_of, similarity_at, write_run


class Shown:
    """A panel on a session, whose wishes are written down."""

    def __init__(self, panel: CorrelationsPanel) -> None:
        self.panel = panel
        self.session = Session(Jobs(is_synchronous=True))
        self.wishes: list[PairRequest | AugmentationRequest] = []
        panel.reading_requested.connect(self.wishes.append)
        self._measurements, self._matrix = MeasurementsReading(self.session), MatrixReading(self.session)
        panel.run_requested.connect(self._measurements.read)
        self._measurements.ready.connect(panel.show_run)
        panel.reading_requested.connect(self._matrix.read)
        self._matrix.ready.connect(panel.show_reading)
        self.session.collection_opened.connect(panel.show_collection)
        self.session.collection_grown.connect(panel.show_collection)
        self.session.view_changed.connect(lambda view: panel.show_view(view, view.step))
        panel.layer_requested.connect(self.session.select_layer)

    @property
    def place(self) -> str:
        return self.panel.place_label.title


@pytest.fixture
def shown(show: Callable[..., None]) -> Iterator[Shown]:
    panel = CorrelationsPanel()
    show(panel, 900, 560)
    shown = Shown(panel)
    yield shown
    shown.session.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(tmp_path_factory.mktemp("similar") / "run.json")


@pytest.fixture
def at_end(shown: Shown, path: Path) -> Shown:
    """The made-up run at its last pass: compared at steps 0, 10, 20 and 30, augmented at step 30."""
    shown.session.open(path)
    shown.session.show_last()
    return shown


def click_cell(qtbot: QtBot, panel: CorrelationsPanel, row: int, column: int) -> None:
    qtbot.mouseClick(panel.layers, Qt.MouseButton.LeftButton, pos=panel.layers.cell_rect(row, column).center())


def click_page(qtbot: QtBot, panel: CorrelationsPanel, page: str) -> None:
    qtbot.mouseClick(panel.page_choice.buttons[page], Qt.MouseButton.LeftButton)


def test_that_an_empty_panel_says_what_would_fill_it(shown: Shown, collection_path: Path, qtbot: QtBot) -> None:
    assert "Open a collection" in shown.panel.empty_state.label.text()
    assert shown.panel.page_choice.buttons[LAYERS].isChecked()
    shown.session.open(collection_path)
    assert shown.panel.empty_state.label.text() == NO_SIMILARITY
    assert "--similarity_samples" in NO_SIMILARITY
    assert not shown.panel.empty_state.go_button.isVisible()
    click_page(qtbot, shown.panel, AUGMENTATIONS)
    assert shown.panel.empty_state.label.text() == NO_AUGMENTATIONS
    assert shown.wishes == []
    assert shown.panel.numbers()[1] == []


def test_that_the_nearest_measurement_at_or_before_the_pass_is_shown_and_named(at_end: Shown) -> None:
    collection = at_end.session.opened.collection
    for number, place, cka in ((0, "epoch 0, step 0", 0), (3, "epoch 1, step 10", 1), (6, "epoch 3, step 30", 3)):
        at_end.session.show_pass(number)
        assert at_end.place == place
        assert at_end.panel.layers.picture.values == pytest.approx(collection.similarities[cka].cka)
        assert at_end.panel.pair.reading.request.number == cka
        assert at_end.panel.evolution.strip.current == cka


def test_that_a_move_within_an_epoch_reads_and_redraws_nothing(at_end: Shown) -> None:
    at_end.session.show_pass(2)
    picture, wishes = at_end.panel.layers.picture, list(at_end.wishes)
    at_end.session.show_pass(3)
    assert at_end.panel.layers.picture is picture
    assert at_end.wishes == wishes
    assert at_end.panel.evolution.pairs.playhead.value() == 15


def test_that_before_the_first_measurement_the_panel_says_so_and_leads_there(
    shown: Shown, tmp_path: Path, qtbot: QtBot
) -> None:
    shown.session.open(write_run(tmp_path / "late.json", first=1))
    shown.session.show_pass(1)
    assert "the first time was at step 10" in shown.panel.empty_state.label.text()
    with qtbot.waitSignal(shown.panel.step_requested) as request:
        qtbot.mouseClick(shown.panel.empty_state.go_button, Qt.MouseButton.LeftButton)
    assert request.args == [10.0]
    shown.session.show_pass(2)
    assert not shown.panel.empty_state.isVisible()
    assert shown.panel.place_label.about == "measured on 40 held-out samples"
    shown.session.show_pass(1)
    assert (shown.place, shown.panel.place_label.about) == ("", "")


def test_that_a_click_opens_the_pair_and_asks_for_its_layer(at_end: Shown, qtbot: QtBot) -> None:
    with qtbot.waitSignal(at_end.panel.layer_requested) as request:
        click_cell(qtbot, at_end.panel, 1, 3)
    assert request.args == ["bn1"]
    one = at_end.session.opened.collection.similarities[3]
    with np.errstate(invalid="ignore"):
        expected = np.corrcoef(one.features("bn1").T, one.features("softmax").T)[:12, 12:]
    assert at_end.panel.pair.matrix.picture.values == pytest.approx(expected, abs=1e-6, nan_ok=True)
    assert at_end.panel.layers.chosen == (1, 3)
    assert at_end.panel.pair.heading.title == "bn1 × softmax"
    assert not at_end.panel.pair.inside_box.isVisible()


def test_that_a_click_on_the_diagonal_opens_the_layer_itself(at_end: Shown, qtbot: QtBot) -> None:
    click_cell(qtbot, at_end.panel, 2, 2)
    pair = at_end.panel.pair
    assert pair.inside_box.isVisible()
    assert pair.feature_order_box.isVisible()
    choose(qtbot, pair.inside_box, Inside.SAMPLES)
    assert not pair.feature_order_box.isVisible()
    assert pair.matrix.picture.values.shape == (40, 40)
    assert pair.matrix.picture.rows.groups, "by class"
    choose(qtbot, pair.sample_order_box, Order.CLUSTERED)
    assert not pair.matrix.picture.rows.groups


def test_that_features_can_stand_by_clusters_and_in_the_colours_of_the_original(at_end: Shown, qtbot: QtBot) -> None:
    pair = at_end.panel.pair
    before = pair.matrix.picture
    choose(qtbot, pair.feature_order_box, Order.CLUSTERED)
    after = pair.matrix.picture
    assert after.rows.names != before.rows.names
    assert sorted(after.rows.names) == sorted(before.rows.names)
    wishes = len(at_end.wishes)
    choose(qtbot, pair.colours_box, Colours.CLIPPED)
    assert (pair.matrix.picture.scale.low, pair.matrix.picture.scale.high) == (0, 1)
    assert len(at_end.wishes) == wishes, "colours need no reading"


def test_that_another_pair_is_seen_as_a_whole(at_end: Shown, qtbot: QtBot) -> None:
    matrix = at_end.panel.pair.matrix
    turn_wheel(matrix, matrix.cell_rect(3, 4).center(), 4)
    assert matrix.seen is not None
    click_cell(qtbot, at_end.panel, 1, 3)
    assert matrix.seen is None


def test_that_a_matrix_that_is_long_in_coming_gives_way_to_words(at_end: Shown, qtbot: QtBot) -> None:
    pair = at_end.panel.pair
    assert pair.heading.about == pair.reading.about != ""
    pair.expect()
    assert pair._waiting.isActive()
    pair.show_reading(pair.reading)
    assert not pair._waiting.isActive(), "it has come"
    pair.expect()
    QApplication.processEvents()
    assert pair.reading is not None, "for a moment the one before stays"
    qtbot.waitUntil(lambda: pair.reading is None)
    assert not pair._waiting.isActive()
    assert painted(pair.matrix).texts == ["Correlating …"]
    assert (pair.matrix.picture, pair.heading.about) == (None, "")


def test_that_a_pair_that_cannot_be_correlated_says_why(at_end: Shown) -> None:
    reading = at_end.panel.pair.reading
    at_end.panel.show_reading(replace(reading, problem="it is damaged"))
    assert painted(at_end.panel.pair.matrix).texts == ["it is damaged"]


def test_that_the_measure_can_be_chosen(at_end: Shown, qtbot: QtBot) -> None:
    one = at_end.session.opened.collection.similarities[3]
    choose(qtbot, at_end.panel.measure_box, PairMeasure.CLIPPED)
    assert at_end.panel.layers.picture.values == pytest.approx(one.clipped)
    assert at_end.panel.evolution.pairs.band_values[0].size == 0
    choose(qtbot, at_end.panel.measure_box, PairMeasure.CKA)
    qtbot.mouseMove(at_end.panel.layers, at_end.panel.layers.cell_rect(0, 2).center())
    assert "chance" in at_end.panel.layers.tip


def test_that_the_chosen_pair_is_a_strong_curve_with_its_null_band(at_end: Shown, qtbot: QtBot) -> None:
    click_cell(qtbot, at_end.panel, 3, 0)
    collection, plot = at_end.session.opened.collection, at_end.panel.evolution.pairs
    assert plot.lines[-2].values == pytest.approx([one.cka[0, 3] for one in collection.similarities])
    low, high = plot.band_values
    assert low == pytest.approx([one.cka_null[0, 3, 0] for one in collection.similarities])
    assert high == pytest.approx([one.cka_null[0, 3, 1] for one in collection.similarities])
    assert len(plot.others[1]) == 5, "the other pairs of different layers"
    ranks = at_end.panel.evolution.ranks.lines[-2:]
    assert ranks[0].values == pytest.approx([one.effective_rank[3] for one in collection.similarities])
    assert ranks[1].values == pytest.approx([one.effective_rank[0] for one in collection.similarities])


def test_that_a_curve_under_the_pointer_tells_its_name(at_end: Shown) -> None:
    plot = at_end.panel.evolution.ranks
    value = at_end.session.opened.collection.similarities[2].effective_rank[3]
    assert plot.tell(pixel_of(plot, 20, value)) == f"softmax: {value:.1f} at step 20"
    assert plot.tell(QPoint(0, 0)) == ""


def test_that_the_curves_tell_their_figures_at_the_measurement(at_end: Shown) -> None:
    page, collection = at_end.panel.evolution, at_end.session.opened.collection
    for number in (3, 1):
        at_end.session.show_step(10 * number)
        one = collection.similarities[number]
        assert page.pair_heading.figure == signed(float(one.cka[0, 2]), 2)
        ranks = [signed(float(one.effective_rank[layer]), 1) for layer in (0, 2)]
        assert [each.figure for each in page.rank_legend.entries] == ranks
    assert page.pair_heading.about == "grey: chance, thin: other pairs"


def test_that_grey_in_a_small_matrix_is_explained_where_there_is_any(at_end: Shown) -> None:
    page = at_end.panel.evolution
    assert "grey" not in page.strip_heading.about
    evolution = page._evolution
    assert evolution is not None
    values = evolution.pairs.values.copy()
    values[0, 1] = np.nan
    page.show_evolution(replace(evolution, pairs=replace(evolution.pairs, values=values)), 30)
    page.show_measurement(1)
    assert page.strip_heading.about.startswith("grey: no variance · by ")


def test_that_the_headings_of_the_curves_stand_on_one_line(at_end: Shown) -> None:
    page = at_end.panel.evolution
    at_end.panel.resize(1200, 700)
    at_end.panel.show()
    places = []
    for heading, plot in ((page.pair_heading, page.pairs), (page.rank_heading, page.ranks)):
        at = heading.mapTo(page, QPoint())
        places.append((at.y(), heading.height(), at.x() - plot.mapTo(page, QPoint()).x()))
    assert places[0] == places[1]


@pytest.mark.parametrize("name", ["pairs", "ranks"])
def test_that_a_curve_is_zoomed_by_the_wheel_and_shows_all_steps_after_a_double_click(
    at_end: Shown, qtbot: QtBot, name: str
) -> None:
    plot = getattr(at_end.panel.evolution, name)
    whole = plot.shown_range
    turn_wheel_over(plot, 15, 4)
    low, high = plot.shown_range
    assert whole[0] <= low < high <= whole[1] and high - low < whole[1] - whole[0]
    assert plot.asked_range == pytest.approx((low, high))
    double_click(qtbot, plot, 15)
    assert (plot.asked_range, plot.shown_range) == (None, whole)


def test_that_a_click_in_a_curve_moves_the_playhead(at_end: Shown, qtbot: QtBot) -> None:
    plot = at_end.panel.evolution.pairs
    with qtbot.waitSignal(at_end.panel.step_requested) as request:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place_in(plot, 12))
    assert request.args[0] == pytest.approx(12, abs=1)


def test_that_a_click_on_a_small_matrix_asks_for_the_first_pass_that_shows_it(at_end: Shown, qtbot: QtBot) -> None:
    strip = at_end.panel.evolution.strip
    with qtbot.waitSignal(at_end.panel.step_requested) as request:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.thumbnail_rect(1).center())
    assert request.args == [10.0]


def test_that_small_matrices_are_named_by_what_tells_them_apart(shown: Shown, path: Path, tmp_path: Path) -> None:
    strip, heading = shown.panel.evolution.strip, shown.panel.evolution.strip_heading
    shown.session.open(path)
    shown.session.show_last()
    assert strip.names == ("0", "1", "2", "3")
    assert heading.about == "by epochs that had ended"
    shown.session.open(write_run(tmp_path / "one_epoch.json", is_one_epoch=True))
    shown.session.show_last()
    assert strip.names == ("0", "10", "20", "30")
    assert heading.about == "by step"


def test_that_a_layer_chosen_elsewhere_opens_unless_it_is_open(at_end: Shown) -> None:
    assert at_end.panel.pair.pair == ("fc1", "fc2")
    at_end.session.select_layer("fc2")
    assert at_end.panel.pair.pair == ("fc1", "fc2")
    at_end.session.select_layer("bn1")
    assert at_end.panel.pair.pair == ("bn1", "bn1")
    assert at_end.panel.augmentations.layer == "bn1"
    at_end.session.select_layer("fc2")
    assert at_end.panel.augmentations.layer == "fc2"


def test_that_the_panel_makes_its_parts_turn_by_turn_and_the_page_of_augmentations_when_it_is_chosen(
    show: Callable[..., None], qtbot: QtBot
) -> None:
    panel = CorrelationsPanel()
    assert not panel.findChildren(EvolutionPage)
    show(panel, 900, 560)
    qtbot.waitUntil(lambda: len(panel.findChildren(EvolutionPage)) == 1)
    assert not panel.findChildren(AugmentationPage)


def test_that_words_need_no_more_room_because_another_page_does(at_end: Shown, collection_path: Path) -> None:
    panel = at_end.panel
    whole = panel.minimumSizeHint().height()
    panel._pages.setCurrentWidget(panel.empty_state)
    panel.layout().activate()
    assert panel.minimumSizeHint().height() < whole / 2


def test_that_a_late_reading_is_passed_over(at_end: Shown) -> None:
    reading = at_end.panel.pair.reading
    at_end.panel.show_reading(replace(reading, request=replace(reading.request, number=0)))
    assert at_end.panel.pair.reading is reading


def test_that_augmentations_are_shown_with_pictures_and_words(at_end: Shown, qtbot: QtBot) -> None:
    click_page(qtbot, at_end.panel, AUGMENTATIONS)
    page = at_end.panel.augmentations
    assert at_end.place == "epoch 3, step 30"
    assert page.matrix.picture.values.shape == (25, 25)
    assert page.pictures.shown == (0, 24), "the unchanged one, and one that was changed"
    assert page.bars_heading.about == "of each layer: mean, 5–95 %"
    with_small_ones = page.matrix.grab().toImage()
    page.matrix.show_side_pictures(lambda _: None)
    assert page.matrix.grab().toImage() != with_small_ones
    page.matrix.show_side_pictures(page.pictures.small)
    assert page.matrix.grab().toImage() == with_small_ones
    qtbot.mouseMove(page.matrix, page.matrix.cell_rect(1, 24).center())
    assert page.pictures.labels[0].text().startswith("rotation")
    assert page.pictures.labels[0].text().endswith("of 30 degrees")
    assert page.pictures.labels[1].text().startswith("noise")
    header = at_end.session.opened.collection.augmentations
    shown = page.pictures.views[1].image
    assert shown.pixelColor(7, 7).red() == header.pictures[page.reading.places[24], 0, 7, 7]


def test_that_augmentations_stand_in_the_order_and_the_colours_that_are_chosen(at_end: Shown, qtbot: QtBot) -> None:
    click_page(qtbot, at_end.panel, AUGMENTATIONS)
    page = at_end.panel.augmentations
    choose(qtbot, page.order_box, Order.AS_IS)
    assert at_end.wishes[-1].order is Order.AS_IS
    assert page.reading.places.tolist() == list(range(25))
    before = page.matrix.grab().toImage()
    choose(qtbot, page.colours_box, Colours.SIGNED)
    assert page.matrix.grab().toImage() != before


def test_that_stability_of_each_layer_is_a_bar_that_chooses_it(at_end: Shown, qtbot: QtBot) -> None:
    click_page(qtbot, at_end.panel, AUGMENTATIONS)
    bars = at_end.panel.augmentations.bars
    stability = at_end.session.opened.collection.augmentation_records[0].stability
    assert [bar.mean for bar in bars.bars] == pytest.approx(stability[:, 1:].mean(1))
    with qtbot.waitSignal(at_end.panel.layer_requested) as request:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.row_rect(2).center().toPoint())
    assert request.args == ["fc2"]
    assert at_end.panel.augmentations.reading.request.layer == "fc2"


def test_that_the_softmax_which_is_no_layer_of_the_network_has_a_bar_too(
    shown: Shown, tmp_path: Path, qtbot: QtBot
) -> None:
    names, labels = ("fc1", "softmax"), np.arange(40) % 5
    augmentations, record = augmented(names, 12, 3)
    header = header_of(names, labels, 12, augmentations)
    header.layers = header.layers[:1]
    with CollectionWriter(tmp_path / "run.json", header) as writer:
        writer.write(PassRecord(number=0, step=0))
        writer.write(record)
    shown.session.open(tmp_path / "run.json")
    click_page(qtbot, shown.panel, AUGMENTATIONS)
    bars = shown.panel.augmentations.bars
    with qtbot.assertNotEmitted(shown.panel.layer_requested):
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars.row_rect(1).center().toPoint())
    assert shown.panel.augmentations.layer == shown.panel.augmentations.reading.request.layer == "softmax"


def test_that_augmentations_that_cannot_be_correlated_say_why(at_end: Shown, qtbot: QtBot) -> None:
    click_page(qtbot, at_end.panel, AUGMENTATIONS)
    reading = at_end.panel.augmentations.reading
    at_end.panel.show_reading(replace(reading, problem="it is damaged"))
    page = at_end.panel.augmentations
    assert painted(page.matrix).texts == ["it is damaged"]
    assert (page.bars_heading.about, page.strength_heading.about) == ("", ""), "what stood there was of another"


def test_that_stability_stands_against_strength_for_each_kind(at_end: Shown, qtbot: QtBot) -> None:
    click_page(qtbot, at_end.panel, AUGMENTATIONS)
    page = at_end.panel.augmentations
    header = at_end.session.opened.collection.augmentations
    record = at_end.session.opened.collection.augmentation_records[0]
    choose(qtbot, page.kind_box, "blur")
    numbers = [number for number, kind in enumerate(header.kinds) if kind == "blur"]
    strengths, values = page.strengths.dots.getData()
    assert strengths == pytest.approx(header.strengths[numbers])
    assert values == pytest.approx(record.stability[0, numbers])
    at = pixel_of(page.strengths, header.strengths[numbers[1]], record.stability[0, numbers[1]])
    qtbot.mouseMove(page.strengths.viewport(), at)
    assert page.pictures.shown == (0, numbers[1])
    assert page.strength_heading.about == ""
    strengths, means = mean_by_strength(*stability_of(at_end, "rotation"))
    middle = pixel_of(page.strengths, strengths[1], means[1])
    qtbot.mouseClick(page.strengths.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert page.kind_box.choice == page.strengths.chosen == "rotation"
    assert page.strength_heading.about == "1 is 30 degrees"


def stability_of(shown: Shown, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Of the first layer: strengths and stability of the changes of a kind."""
    collection = shown.session.opened.collection
    of_kind = np.array(collection.augmentations.kinds) == kind
    return collection.augmentations.strengths[of_kind], collection.augmentation_records[0].stability[0][of_kind]


def test_that_choices_stay_while_the_run_grows(shown: Shown, tmp_path: Path, qtbot: QtBot) -> None:
    names, labels = ("fc1", "bn1", "fc2", "softmax"), np.arange(40) % 5
    with CollectionWriter(tmp_path / "live.json", header_of(names, labels, 12)) as writer:
        writer.write(PassRecord(number=0, step=0))
        shown.session.open(tmp_path / "live.json")
        assert "measured yet" in shown.panel.empty_state.label.text()
        writer.write(similarity_at(names, 0, 0, labels, 12))
        grow(shown)
        click_cell(qtbot, shown.panel, 3, 1)
        choose(qtbot, shown.panel.pair.feature_order_box, Order.CLUSTERED)
        choose(qtbot, shown.panel.measure_box, PairMeasure.MEAN)
        before, reading = list(shown.wishes), shown.panel.pair.reading
        writer.write(PassRecord(number=1, step=10, epoch=1))
        writer.write(similarity_at(names, 10, 1, labels, 12))
        grow(shown)
    assert shown.panel.pair.pair == ("softmax", "bn1")
    assert shown.panel.measure_box.choice is PairMeasure.MEAN
    assert shown.panel.evolution.pairs.lines[-2].steps.tolist() == [0, 10]
    assert (shown.wishes, shown.panel.pair.reading) == (before, reading), "what is shown is not read again"
    shown.session.show_last()
    assert shown.panel.pair.reading.request == PairRequest(1, "softmax", "bn1", Inside.FEATURES, Order.CLUSTERED)


def grow(shown: Shown) -> None:
    grown = shown.session.opened.grown()
    assert grown is not None
    shown.panel.show_collection(grown)


def test_that_another_run_with_other_layers_opens_a_pair_of_its_own(at_end: Shown, tmp_path: Path) -> None:
    at_end.session.open(write_run(tmp_path / "other.json", ("a.conv", "b.conv"), epochs=1))
    assert at_end.panel.pair.pair == ("a.conv", "b.conv")
    assert at_end.place == "epoch 0, step 0"
    assert at_end.panel.layers.picture.rows.names == ("a.conv", "b.conv")


def test_that_the_page_of_augmentations_is_that_of_the_run_that_is_open(
    at_end: Shown, tmp_path: Path, qtbot: QtBot
) -> None:
    click_page(qtbot, at_end.panel, AUGMENTATIONS)
    at_end.session.open(write_run(tmp_path / "other.json", ("a.conv", "b.conv"), epochs=1))
    at_end.session.show_last()
    assert at_end.panel.augmentations.layer_box.offered == ["a.conv", "b.conv"]
    assert at_end.panel.augmentations.reading.request.layer == "a.conv"


def test_that_all_numbers_can_be_saved(at_end: Shown, qtbot: QtBot) -> None:
    headings, rows = at_end.panel.numbers()
    assert len(rows) == 4 * 10
    assert {len(row) for row in rows} == {len(headings)}
    headings, rows = at_end.panel.pair_numbers()
    assert headings[:2] == ("feature_of_fc1", "fc2/feature_0")
    assert rows[2][0] == 4
    assert rows[2][1] == pytest.approx(at_end.panel.pair.reading.values[2, 0])
    assert rows[2][-1] is None, "a feature without variance"
    assert at_end.panel.augmentation_numbers()[1] == []
    click_page(qtbot, at_end.panel, AUGMENTATIONS)
    headings, rows = at_end.panel.augmentation_numbers()
    assert headings == ("augmentation", "kind", "strength", "fc1", "bn1", "fc2", "softmax")
    assert rows[0][:3] == (0, "none", 0.0)
    assert rows[0][3:] == pytest.approx((1, 1, 1, 1))


@pytest.mark.parametrize("size", [(700, 420), (900, 560), (1400, 900)])
@pytest.mark.parametrize("page", [LAYERS, AUGMENTATIONS])
def test_that_nothing_sticks_out_at_any_size(at_end: Shown, qtbot: QtBot, size: tuple[int, int], page: str) -> None:
    click_page(qtbot, at_end.panel, page)
    at_end.panel.resize(*size)
    assert (at_end.panel.width(), at_end.panel.height()) == size, "it fits"
    at_end.panel.grab()
