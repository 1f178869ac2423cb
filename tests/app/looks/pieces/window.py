"""What stands around the views, and the page that the window begins with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from PyQt6.QtCore import QRect
from PyQt6.QtGui import QColor, QImage
from PyQt6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from app.jobs import Jobs
from app.replay.state import ReplayView
from app.session import Session
from app.view import Place, ViewSpec
from app.views.panel_view import PanelView
from app.widgets.pass_note import PassNote
from app.window.card_grid import CardGrid
from app.window.comparing_bar import ComparingBar
from app.window.comparing_text import CLOCK_TEXTS
from app.window.demos import FOLDER
from app.window.icons import icon
from app.window.keys_dialog import KeysDialog
from app.window.overview import Overview
from app.window.pages import Page
from app.window.picture_card import PictureCard
from app.window.remote_bar import RemoteBar
from app.window.run_bar import RunBar
from app.window.start_page import StartPage
from app.window.thumbnails import Thumbnails
from app.window.tour import Stop, Tour
from app.window.train_dialog import TrainDialog, TrainingChoices
from app.window.training import TrainingProgress
from app.window.training_bar import TrainingBar
from app.window.transport_bar import TransportBar
from tests.app.looks.pieces import Canvas, Piece

ICONS = ("first", "back", "play", "pause", "stop", "forward", "last", "loop")
LONG = "a_run_with_a_name_as_people_give_them_who_tell_what_it_was_of"


def _icons() -> QWidget:
    return Canvas(lambda painter: [icon(name).paint(painter, 4 + 26 * n, 4, 20, 20) for n, name in enumerate(ICONS)])


def _run_bar(
    line: str, badge: str = "", ended: str = "", whole: str = "", n_notes: int = 0, cost: str = "", problem: str = ""
) -> Callable[[], QWidget]:
    def make() -> QWidget:
        bar = RunBar()
        bar.run_label.setText(line)
        bar.overhead_label.setText(cost)
        bar._show_badge(bar.data_badge, badge, "why")
        bar._show_badge(bar.ending_badge, ended, "why")
        bar._show_badge(bar.whole_label, whole, "why")
        bar.notes_button.setText(f"{n_notes:,} notes of the collector")
        bar.notes_button.setVisible(n_notes > 0)
        bar._keep_height()
        if problem:
            bar.show_problem(problem)
        return bar

    return make


VIEW = ReplayView(
    pass_number=4, n_passes=10, step=50, pass_step=50, sample=0, is_playing=False, delay_ms=500, is_looping=False
)


def _transport(view: ReplayView | None = VIEW, why_kept: str = "") -> Callable[[], QWidget]:
    def make() -> QWidget:
        bar = TransportBar()
        if view is not None:
            bar.show_view(view, 1, why_kept)
        return bar

    return make


def _training(progress: TrainingProgress, *, is_following: bool = False) -> Callable[[], QWidget]:
    def make() -> QWidget:
        bar = TrainingBar()
        bar.show_progress(progress)
        bar.show_following(is_following)
        return bar

    return make


def _comparing(texts: Sequence[str], clock: str, place: str) -> Callable[[], QWidget]:
    """The bar as it is filled when something is compared."""

    def make() -> QWidget:
        bar = ComparingBar()
        bar.sides.show_options(list(texts))
        bar.sides.show_chosen(texts[-1])
        bar.clock_box.choose(clock)
        bar.show_place(place)
        return bar

    return make


def _picture(colour: str) -> QImage:
    picture = QImage(480, 270, QImage.Format.Format_RGB32)
    picture.fill(QColor(colour))
    return picture


def _card(*, is_there: bool, title: str = "healthy.json", line: str = "180 steps · finished") -> PictureCard:
    card = PictureCard(title, line)
    card.show_absence("Its picture is being painted.")
    if is_there:
        card.show_picture(_picture("#4060a0"), "1 finding · 180 steps · finished")
    return card


def _cards(n: int) -> Callable[[], QWidget]:
    def make() -> QWidget:
        grid = CardGrid()
        grid.show_cards([_card(is_there=number % 2 == 0, title=f"run {number}.json") for number in range(n)])
        return grid

    return make


class Unpainted(Thumbnails):
    """Has no picture of anything, and makes none."""

    def ask(self, collections: Sequence[Path], theme: str) -> None:
        """Nothing comes."""


def _start(recent: int = 0, lacks: str = "", *, is_open: bool = False, script: str = "") -> Callable[[], QWidget]:
    def make() -> QWidget:
        page = StartPage(Unpainted(Path("pictures")), can_train=not lacks, lacks=lacks)
        names = [Path("runs") / f"{LONG[: 12 * (1 + number)]}.json" for number in range(recent)]
        page.show_recent(names, Path("runs/open_now.json") if is_open else None)
        page.own_script.code.setFont(QApplication.font())
        if script:
            page.own_script.show_script(script)
        return page

    return make


def _train(then: Mapping[str, str] | None = None, lacks: str = "") -> Callable[[], QWidget]:
    def make() -> QWidget:
        choices = TrainingChoices(
            program=Path("main.py"),
            models_of={"mnist": ("cnn", "mlp"), "pictures": ("cnn",)},
            path_of=lambda dataset, model: Path("nowhere") / f"{dataset}_{model}.json",
            needs_folder=frozenset({"pictures"}),
            optimizers=("adamw", "sgd"),
            lacks=lacks,
        )
        dialog = TrainDialog(choices)
        for name, text in (then or {}).items():
            edit = getattr(dialog, name)
            edit.setCurrentText(text) if hasattr(edit, "setCurrentText") else edit.setText(text)
        return dialog

    return make


def _overview(name: str, *, is_small: bool = False) -> Callable[[], QWidget]:
    """The picture of a demo, as it is painted for those who have no window; of a large one what fits in."""

    def make() -> QWidget:
        overview = Overview(FOLDER / f"{name}.json")
        picture = overview.small_image() if is_small else overview.image()
        overview.close()
        return Canvas(lambda painter: painter.drawImage(0, 0, picture))

    return make


def _tour(lit: QRect, number: int) -> Callable[[], QWidget]:
    def make() -> QWidget:
        whole = QWidget()
        part = QWidget(whole)
        part.setGeometry(lit)
        part.setStyleSheet("background: #335577;")
        texts = ("What stands here", "It is told in a line or two, so that whoever sees it for the first time knows.")
        whole.resize(700, 420)
        whole.show()
        tour = Tour(whole, [Stop(*texts, lambda: [part])] * 3)
        tour.go(number)
        return whole

    return make


def _note(step: int, pass_step: int | None) -> Callable[[], QWidget]:
    def make() -> QWidget:
        whole = QWidget()
        note = PassNote()
        QVBoxLayout(whole).addWidget(note)
        note.show_pass(pass_step)
        note.show_step(step)
        return whole

    return make


def _remote(problem: str) -> Callable[[], QWidget]:
    def make() -> QWidget:
        bar = RemoteBar()
        bar.show_connection(problem)
        return bar

    return make


def _page(notice: str = "", *, is_alone: bool = False) -> Callable[[], QWidget]:
    """The place of a view, in which words stand, or a view that shows one of two runs."""

    def make() -> QWidget:
        body = QLabel()
        body.setStyleSheet("background: #335577;")
        page = Page(
            ViewSpec("body", "Body", Place.CENTRE, lambda _: PanelView(body)), Session(Jobs(is_synchronous=True))
        )
        page.show_notice(notice)
        if is_alone:
            both = SimpleNamespace(front_name="usual")
            page.show_collection(SimpleNamespace(collection=None, comparing=both))  # type: ignore[arg-type]
        return page

    return make


CNN = "cnn on digits · 1,198 parameters · AdamW · a pass every 10 steps · seed 0"
RUNNING = TrainingProgress("Training", 1234, 5000, 201.0, 0.5432, can_stop=True)
SIDES = ("A usual", "B faster", "B − A")

PIECES = {
    "icons": Piece(_icons, (216, 28)),
    "icons_in_light": Piece(_icons, (216, 28), theme="light"),
    "run_bar": Piece(_run_bar(CNN, whole="finished"), (700, 40)),
    "run_bar_with_badges": Piece(
        _run_bar(CNN, "made up stood in for digits", n_notes=2, cost="recording cost 17 %"), (760, 40)
    ),
    "run_bar_narrow": Piece(_run_bar(CNN, LONG, "stopped at step 93 of 938"), (560, 40), theme="light"),
    "run_bar_with_a_problem": Piece(
        _run_bar(CNN, whole="finished", problem=f"'/data/{LONG}/{LONG}.json' cannot be read. Choose another file."),
        (600, 90),
    ),
    "run_bar_of_a_problem_alone": Piece(_run_bar("", problem="There is no such file."), (400, 60), theme="light"),
    "transport": Piece(_transport(), (1100, 44)),
    "transport_of_nothing": Piece(_transport(None), (1000, 44)),
    "transport_playing": Piece(_transport(replace(VIEW, is_playing=True, is_looping=True)), (1000, 44), theme="light"),
    "transport_between_passes": Piece(_transport(replace(VIEW, step=57, delay_ms=2000)), (1100, 44)),
    "transport_kept": Piece(_transport(why_kept="a spike of the loss at step 50 and the steps before"), (1300, 44)),
    "transport_kept_in_a_small_window": Piece(
        _transport(replace(VIEW, step=57), "a spike of the loss at step 50 and the steps before"), (945, 44)
    ),
    "transport_of_many": Piece(_transport(replace(VIEW, n_passes=20_000, pass_number=12_344, step=61_720)), (1200, 44)),
    "transport_of_one": Piece(_transport(replace(VIEW, n_passes=1, pass_number=0)), (1000, 44)),
    "transport_narrow": Piece(_transport(), (700, 44), theme="light"),
    "training": Piece(_training(RUNNING), (800, 44)),
    "training_followed": Piece(_training(RUNNING, is_following=True), (800, 44), theme="light"),
    "training_begun": Piece(_training(TrainingProgress("Loading the data", can_stop=True)), (600, 44)),
    "training_elsewhere": Piece(_training(TrainingProgress("Training elsewhere", 20, None)), (600, 44)),
    "training_narrow": Piece(_training(replace(RUNNING, text=LONG)), (420, 44)),
    "comparing": Piece(_comparing(SIDES, next(iter(CLOCK_TEXTS)), "pass 4 of B, step 60"), (800, 44)),
    "comparing_in_light": Piece(_comparing(SIDES, list(CLOCK_TEXTS)[-1], LONG), (640, 44), theme="light"),
    "card": Piece(lambda: _card(is_there=True), (260, 200)),
    "card_without_a_picture": Piece(lambda: _card(is_there=False), (260, 200), theme="light"),
    "card_of_a_long_name": Piece(lambda: _card(is_there=True, title=LONG, line=LONG), (260, 200)),
    "card_with_the_focus": Piece(lambda: _card(is_there=True), (260, 200), lambda card: card.setFocus()),
    "cards_in_two_columns": Piece(_cards(3), (520, 420)),
    "cards_in_three_columns": Piece(_cards(4), (820, 420), theme="light"),
    "start": Piece(_start(), (940, 560)),
    "start_small": Piece(_start(script="Keras"), (940, 420), theme="light"),
    "start_after_others": Piece(_start(3, is_open=True), (1180, 520)),
    "start_without_torch": Piece(_start(lacks="PyTorch is not installed: pip install torch"), (940, 560)),
    "train": Piece(_train(), (480, 460)),
    "train_without_a_folder": Piece(_train({"dataset_box": "pictures"}), (480, 460), theme="light"),
    "train_with_a_wrong_rate": Piece(_train({"rate_edit": "-1", "seed_edit": "7"}), (480, 460)),
    "train_with_a_wrong_seed": Piece(_train({"seed_edit": "seven"}), (480, 460), theme="light"),
    "train_without_a_name": Piece(_train({"path_edit": " "}), (480, 460)),
    "train_that_cannot": Piece(_train(lacks="PyTorch is not installed."), (480, 460), theme="light"),
    "keys": Piece(KeysDialog, (900, 520)),
    "note_between_passes": Piece(_note(57, 50), (320, 50), wait_ms=250),
    "note_of_no_pass": Piece(_note(57, None), (320, 50), theme="light", wait_ms=250),
    "overview_at_its_left": Piece(_overview("dead_layer"), (300, 1386)),
    "overview_small": Piece(_overview("healthy", is_small=True), (480, 270)),
    "page_of_nothing": Piece(_page("Open a collection (Ctrl+O) or drop one here, or train a network."), (260, 120)),
    "page_of_one_run_alone": Piece(_page(is_alone=True), (420, 120), theme="light"),
    "tour_at_the_left": Piece(_tour(QRect(0, 60, 200, 300), 0), (700, 420)),
    "tour_in_the_middle": Piece(_tour(QRect(20, 20, 660, 380), 1), (700, 420), theme="light"),
    "tour_at_its_end": Piece(_tour(QRect(0, 300, 700, 120), 2), (700, 420)),
    "remote_lost": Piece(_remote("example.org cannot be reached."), (500, 56)),
}
