"""The chosen sample, what is made of it as bars, figures, pictures or tokens, and the strip of all samples."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from PyQt6.QtWidgets import QScrollArea, QWidget

from app.analysis.samples_view import UNKNOWN, SampleOrder, SamplesView
from app.replay.frame import SampleView
from app.views.sample.analysis.probe_pictures import ProbePictures
from app.views.sample.analysis.shown_output import CaptionedPicture, FigureRow, ShownOutput
from app.views.sample.analysis.tokens import Tokens
from app.views.sample.figure_rows import FigureRows
from app.views.sample.panel import SamplePanel
from app.views.sample.picture_row import PictureRow
from app.views.sample.probability_bars import ProbabilityBars
from app.views.sample.probability_row import ProbabilityRow
from app.views.sample.sample_strip import SampleStrip
from app.views.sample.samples_difference import Beside, SamplesDifference
from app.views.sample.token_text import TokenText
from collector.storage.probe import Probe
from tests.app.looks.pieces import Piece
from tests.app.looks.pieces.features import as_they_ask, waves
from tests.app.views.sample.outputs import a_pass, a_probe, shown, words

Make = Callable[[], QWidget]
NAN = float("nan")


def made(kind: Callable[[], QWidget], show: Callable[[Any], object]) -> Make:
    def make() -> QWidget:
        widget = kind()
        show(widget)
        return widget

    return make


def share(name: str, probability: float, **given: Any) -> ProbabilityRow:
    return ProbabilityRow(name, probability, **({"is_true": False, "is_predicted": False} | given))


def bars(rows: list[ProbabilityRow], *given: str, px: int = 22) -> Make:
    return made(ProbabilityBars, lambda shown: (shown.limit_rows(px), shown.show_rows(rows, *given)))


PREDICTED, LABEL = {"is_predicted": True}, {"is_true": True}
RIGHT = [share("ant", 0.0002), share("a bee", 0.75, **PREDICTED, **LABEL), share("cat", 0.2498)]
WRONG = [share("ant", 0.1, **LABEL), share("a bee", 0.9, **PREDICTED, is_wrong=True), share("cat", NAN)]
LONG = [share(f"a class of a long name, number {n}, in words", n / 10, is_true=n == 2) for n in range(4)]
MANY = [share(f"class {n}", (n % 30) / 40, is_true=n == 1, is_predicted=n == 29) for n in range(40)]
TWO = [
    replace(RIGHT[0], beside=RIGHT[0]),
    replace(RIGHT[1], beside=replace(RIGHT[1], probability=0.25, is_predicted=False)),
    replace(RIGHT[2], beside=share("cat", 0.7498, **PREDICTED, is_wrong=True)),
    replace(RIGHT[2], beside=share("cat", 0.2499)),
    replace(RIGHT[2], name="dog", beside=share("dog", NAN)),
]
BARS = {
    "bars_right": Piece(bars(RIGHT), (260, 72)),
    "bars_wrong": Piece(bars(WRONG), (260, 72), theme="light"),
    "bars_high": Piece(bars(RIGHT), (200, 110)),
    "bars_low": Piece(bars(RIGHT, px=17), (200, 110)),
    "bars_squeezed": Piece(bars(RIGHT), (160, 50)),
    "bars_of_long_names": Piece(bars(LONG), (220, 92)),
    "bars_of_many": Piece(bars(MANY), (220, 320)),
    "bars_with_a_rest": Piece(bars(MANY[:14], "", "and 30,000 more classes"), (220, 360), theme="light"),
    "bars_of_two": Piece(bars(TWO), (280, 116)),
    "bars_of_two_in_light": Piece(bars(TWO), (200, 116), theme="light"),
    "bars_none": Piece(bars([], "no logits were recorded"), (200, 40)),
}


def figures(rows: list[FigureRow], rest: str = "") -> Make:
    return made(FigureRows, lambda shown: shown.show_rows(rows, rest))


VALUES = [FigureRow("x", 1.5, 1.0), FigureRow("y", -0.5, -1.25), FigureRow("z", 0.0, 0.0), FigureRow("none", NAN, NAN)]
BESIDE = [replace(row, beside=row.value / 2) for row in VALUES]
FIGURES = {
    "figures": Piece(figures(VALUES), (260, 92)),
    "figures_without_targets": Piece(figures([FigureRow(f"action {n}", n * 1000.0) for n in range(3)]), (260, 72)),
    "figures_of_two": Piece(figures(BESIDE, "and 12 more numbers"), (280, 120), theme="light"),
    "figures_of_many": Piece(figures([FigureRow(f"a long name of value {n}", n - 4.0) for n in range(20)]), (200, 300)),
    "figures_of_zero": Piece(figures([FigureRow("value", 0.0)]), (160, 40)),
    "figures_of_nothing": Piece(figures([]), (160, 40)),
}


def pictures(*shown: CaptionedPicture) -> Make:
    return made(PictureRow, lambda row: row.show_pictures(shown))


GREY, COLOUR = np.abs(waves(8, 8)), np.abs(waves(6, 12, 3))
OUTPUTS = [CaptionedPicture(name, GREY) for name in ("mask", "predicted", "wrong pixels of this sample")]
PICTURES = {
    "pictures": Piece(pictures(*OUTPUTS), (300, 150)),
    "picture": Piece(pictures(CaptionedPicture("generated", COLOUR)), (260, 210), theme="light"),
    "picture_larger_than_its_place": Piece(
        pictures(CaptionedPicture("output", np.kron(GREY, np.ones((50, 20))))), (220, 210)
    ),
}


def tokens(texts: tuple[str, ...], shares: np.ndarray, chosen: int = 0) -> Make:
    told = Tokens(texts, shares, False, (), ("",) * len(texts), 9, ())
    return made(TokenText, lambda shown: shown.show_tokens(told, chosen))


TEXT = ("the", "cat", "sat", "on", "a", "mattress", "and", "then", "slept")
SHARES = np.array([NAN, 0.0, 0.1, 0.3, 0.6, 1.0, 0.5, 0.9, 1.0])
TEXTS = {
    "tokens": Piece(tokens(TEXT, SHARES, 3), (220, 80)),
    "tokens_in_light": Piece(tokens(TEXT, SHARES, 8), (220, 80), theme="light"),
    "tokens_scrolled": Piece(
        tokens(TEXT * 9, np.tile(SHARES, 9)), (200, 90), lambda shown: shown.verticalScrollBar().setValue(33)
    ),
    "token_wider_than_its_place": Piece(tokens(("a " + "very " * 20 + "long token", "b"), SHARES[3:5]), (160, 60)),
}


def probe_of(inputs: np.ndarray) -> Probe:
    return a_probe(inputs.astype("f4"), labels=np.arange(len(inputs)) % 4, class_names=("ant", "bee", "cat", "dog"))


def view_of(n: int, predicted: Callable[[np.ndarray], np.ndarray]) -> SamplesView:
    numbers = np.arange(n)
    return SamplesView(numbers % 4, predicted(numbers), 0.5 + (numbers % 5) / 10)


def strip(inputs: np.ndarray, sample: int = 1, beside: Beside | None = None, order: list[int] | None = None) -> Make:
    def show(shown: SampleStrip) -> None:
        shown.show_pictures(ProbePictures(probe_of(inputs)))
        shown.show_view(view_of(len(inputs), lambda n: np.where(n % 3, n % 4, UNKNOWN if len(n) > 6 else 0)), beside)
        shown.show_order(np.arange(len(inputs)) if order is None else np.array(order))
        shown.show_sample(sample)

    return made(SampleStrip, show)


def beside(n: int, **given: Any) -> Beside:
    changed = SamplesDifference(changed=np.array([2, 0]), losses=(np.full(n, 0.5), np.full(n, 1.25)))
    difference = replace(changed, **given)
    return Beside(("one", "other"), CLASS_OF_B, view_of(n, lambda numbers: numbers // 2 % 4), difference)


PROBABILITIES = np.array([0.1, 0.0, 0.75, 0.15])
CLASS = SampleView(GREY, 2, 2, PROBABILITIES, ("ant", "bee", "class 2", "dog"))
CLASS_OF_B = replace(CLASS, predicted_class=3, probabilities=PROBABILITIES[[0, 1, 3, 2]])
IMAGES, VECTORS = np.abs(waves(7, 1, 8, 8)), waves(7, 12)
STRIPS = {
    "strip": Piece(strip(IMAGES), (220, 220)),
    "strip_in_another_order": Piece(strip(IMAGES, 5, order=[5, 3, 1, 0, 2, 4, 6]), (220, 220), theme="light"),
    "strip_narrow": Piece(strip(np.abs(waves(3, 3, 5, 9))), (70, 160)),
    "strip_of_large_pictures": Piece(strip(np.kron(IMAGES[:3], np.ones((1, 1, 20, 10)))), (220, 80)),
    "strip_of_vectors": Piece(strip(VECTORS), (220, 220)),
    "strip_of_what_cannot_be_drawn": Piece(strip(np.zeros((5, 2, 2, 2))), (220, 150)),
    "strip_of_two": Piece(
        strip(
            IMAGES[:6],
            0,
            Beside(("a", "b"), CLASS, view_of(6, lambda n: n // 2 % 4), SamplesDifference(changed=np.array([2, 3]))),
        ),
        (220, 150),
    ),
    "strip_scrolled": Piece(strip(np.abs(waves(30, 1, 4, 4)), 28), (220, 170)),
    "strip_of_nothing": Piece(strip(np.zeros((0, 1, 8, 8)), 0), (120, 80)),
}


def panel(
    view: SampleView,
    inputs: np.ndarray,
    compared: Beside | None = None,
    output: ShownOutput | None = None,
    probe: Probe | None = None,
    samples: SamplesView | None = None,
    order: SampleOrder = SampleOrder.PROBE,
) -> Make:
    """The first of some samples, in what scrolls it as its dock does."""

    def make() -> QWidget:
        shown, area = SamplePanel(), QScrollArea()
        n = len(inputs)
        shown.show_collection(SimpleNamespace(probe=probe or probe_of(inputs)))  # type: ignore[arg-type]
        frame = SimpleNamespace(sample=view, view=SimpleNamespace(sample=0), step=30)
        shown.show_frame(frame, n, compared, output)  # type: ignore[arg-type]
        shown.show_samples(samples or view_of(n, lambda numbers: numbers % 3))
        shown.order_box.setCurrentIndex(shown.order_box.findData(order))
        area.setWidgetResizable(True)
        area.setWidget(shown)
        return area

    return make


def output(task: str, probe: Probe, compared: Beside | None = None, **arrays: np.ndarray) -> Make:
    taken = a_pass(**arrays)
    view = SampleView(probe.picture(0), None, None, None, ())
    told = SamplesView(None, None, None, errors=np.zeros(len(probe)), score="mean squared error 0.25")
    return panel(view, probe.inputs, compared, shown(task, taken, probe), probe, told)


def of_tokens() -> Make:
    taken, probe = words()
    view, told = SampleView(None, None, None, None, ()), SamplesView(None, None, None, score="perplexity 2.72")
    return panel(view, probe.inputs, None, shown("tokens", taken, probe), probe, told)


FLAT = np.zeros((2, 4), "f4")
VALUED = a_probe(FLAT, targets=np.array([[1.0, 2.0], [0.0, 1.0]], "f4"))
LABELLED = a_probe(FLAT, targets=np.array([[1, 0, 1]] * 2), class_names=("red", "round", "large"))
OTHER = shown("values", a_pass(logits=np.array([[0.5, -1.0]] * 2, "f4")), VALUED)
PANELS = {
    "panel": Piece(panel(CLASS, IMAGES), (250, 420)),
    "panel_tall": Piece(panel(replace(CLASS, true_class=1), IMAGES), (250, 720), theme="light"),
    "panel_low": Piece(panel(CLASS, IMAGES, order=SampleOrder.WRONG), (250, 260)),
    "panel_of_one": Piece(panel(replace(CLASS, is_of_pass=True), IMAGES[:1]), (250, 300)),
    "panel_of_nothing": Piece(panel(CLASS, IMAGES[:0]), (250, 200)),
    "panel_of_two": Piece(panel(CLASS, IMAGES, beside(7)), (270, 470)),
    "panel_of_two_that_are_the_same": Piece(panel(CLASS, IMAGES, beside(7, is_same=True)), (250, 380), theme="light"),
    "panel_of_two_not_compared": Piece(panel(CLASS, IMAGES, beside(7, why_not="other samples")), (250, 380)),
    "panel_of_a_vector": Piece(panel(replace(CLASS, picture=None), VECTORS), (250, 330)),
    "panel_of_values": Piece(output("values", VALUED, logits=np.array([[1.5, 2.0]] * 2, "f4")), (250, 400)),
    "panel_of_values_of_two": Piece(
        output("values", VALUED, beside(2, outputs=OTHER), logits=np.array([[1.5, 2.0]] * 2, "f4")), (250, 430)
    ),
    "panel_of_labels": Piece(output("labels", LABELLED, logits=np.array([[2.0, 2.0, -2.0]] * 2, "f4")), (250, 400)),
    "panel_of_outputs": Piece(output("", a_probe(FLAT), logits=np.array([[1.5, -2.0]] * 2, "f4")), (250, 400)),
    "panel_of_pictures": Piece(
        output("reconstruction", a_probe(IMAGES[:2]), logits=IMAGES[:2].reshape(2, 64) * 0.5), (250, 460)
    ),
    "panel_of_tokens": Piece(of_tokens(), (250, 360)),
}

HINTS = {
    "as_they_ask": as_they_ask(
        (720, 240), bars(RIGHT, "", "and 3 other classes"), figures(VALUES, "and 2 more"), pictures(*OUTPUTS[:2])
    ),
    "as_they_ask_further": as_they_ask(
        (600, 220), tokens(TEXT * 3, np.tile(SHARES, 3)), strip(IMAGES), bars([], "none")
    ),
}

HINTS["panel_as_it_asks"] = as_they_ask((300, 640), SamplePanel)

PIECES = HINTS | BARS | FIGURES | PICTURES | TEXTS | STRIPS | PANELS
