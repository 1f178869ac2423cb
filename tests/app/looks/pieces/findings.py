"""What is found in a run, its notes, the timeline, and two runs as wholes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from app.views.findings.entry import TwoReports
from app.views.findings.panel import FindingsPanel
from app.views.notes.analysis.note_rows import NoteRow, note_rows, notes_of_both
from app.views.notes.panel import NotesPanel
from collector.comparing.findings import SidedFindings
from collector.findings import FirstMovers, Mover, Rule
from collector.findings.first_movers import SharedMove
from collector.storage.schema import NoteRecord, ResumeRecord
from tests.app.looks.pieces import Piece
from tests.app.made_up_findings import DEAD, LARGE, SPIKE, finding, report


def unfocused(pieces: dict[str, Piece]) -> dict[str, Piece]:
    """The same without a rim around what would have the keyboard, and without a cursor, which blinks."""

    def quiet(piece: Piece) -> Piece:
        def then(widget: QWidget) -> None:
            QTest.qWaitForWindowActive(widget)
            if (focused := QApplication.focusWidget()) is not None:
                focused.clearFocus()
            piece.then(widget)

        return replace(piece, then=then)

    return {name: quiet(piece) for name, piece in pieces.items()}


DOCK, LOW, WIDE = (280, 330), (260, 240), (460, 300)
LONG = "a_block_with_a_very_long_name.that_describes_what_it_does.and_then_some.linear"
FOLLOWS = finding(
    "diverging-loss",
    "warning",
    [LONG],
    1_200,
    until=3_400,
    title=f"{LONG}: the loss runs away, which is told at such a length that it takes more lines than one",
    follows_from="dead-units",
    confidence="estimate",
    why_estimate="It is measured on a part of the parameters.",
)
RULE = Rule(
    "dead-units", "Units that are silent", lambda _: (), "a", "b", "c", stays_silent="sparse codes", alarms="1 of 92"
)
LATER = msgspec.structs.replace(LARGE, since=11)
NAMES = ("usual", "faster")
BOTH = TwoReports(NAMES, SidedFindings([DEAD, SPIKE], [FOLLOWS], [(LARGE, LATER)]), report(FOLLOWS, LATER))


def _findings(
    found: Sequence[Any] = (DEAD, FOLLOWS, LARGE, SPIKE), muted: Sequence[str] = (), two: TwoReports | None = None
) -> Callable[[], FindingsPanel]:
    def make() -> FindingsPanel:
        panel = FindingsPanel()
        panel.show_rules({"dead-units": RULE})
        panel.show_report(report(*found), muted, two)
        return panel

    return make


def _waiting() -> FindingsPanel:
    panel = FindingsPanel()
    panel.show_waiting()
    return panel


def _failed() -> FindingsPanel:
    panel = _waiting()
    panel.show_failed("The file is gone.")
    return panel


def _muted() -> FindingsPanel:
    panel = _findings(muted=["dead-units", "loss-spike"])()
    panel.show_muted_box.setChecked(True)
    return panel


def _movers(*movers: Mover, lacks: str = "", shared: Sequence[SharedMove] = ()) -> Callable[[], FindingsPanel]:
    def make() -> FindingsPanel:
        panel = _waiting()
        panel.show_movers(are_asked=True)
        panel.movers.show_movers(FirstMovers(1_250, (1_000, 1_500), list(movers), list(shared), lacks))
        return panel

    return make


def _asked() -> FindingsPanel:
    panel = _waiting()
    panel.show_movers(are_asked=True)
    panel.movers.show_asked(1_250)
    return panel


def _not_told() -> FindingsPanel:
    panel = _asked()
    panel.movers.show_failed("The file is gone.")
    return panel


MOVERS = (
    Mover("fc1", "gradient_norm", 1_200, (1_150, 1_200), 8.5, 12.5),
    Mover("conv1", "update_norm", 1_200, (1_150, 1_250), 5.0, 1e-13, is_tie=True),
    Mover(LONG, "weight_norm", 1_260, (1_250, 1_260), 4.1, 1e13),
)
FINDINGS = {
    "findings_none_open": Piece(FindingsPanel, LOW),
    "findings_waiting": Piece(_waiting, LOW),
    "findings_failed": Piece(_failed, LOW, theme="light"),
    "findings": Piece(_findings(), DOCK),
    "findings_low": Piece(_findings(), LOW),
    "findings_one": Piece(_findings([LARGE]), DOCK),
    "findings_estimate": Piece(_findings([FOLLOWS]), WIDE, theme="light"),
    "findings_healthy": Piece(_findings([]), DOCK),
    "findings_muted": Piece(_muted, DOCK),
    "findings_judged": Piece(_findings(), DOCK, lambda panel: panel.judged_button.click()),
    "findings_what": Piece(_findings(), DOCK, lambda panel: panel.what_button.click()),
    "findings_other_chosen": Piece(_findings(), DOCK, lambda panel: panel.list.choose(3), theme="light"),
    "findings_focus": Piece(_findings(), DOCK, lambda panel: (panel.list.setFocus(), panel.list.choose(1))),
    "findings_two": Piece(_findings((DEAD, SPIKE, LARGE), two=BOTH), DOCK, lambda panel: panel.list.choose(3)),
    "findings_two_waiting": Piece(_findings((DEAD, SPIKE), two=TwoReports(NAMES)), DOCK, theme="light"),
    "movers": Piece(_movers(*MOVERS, shared=[SharedMove("update_norm", 1_100, 0.1)]), DOCK),
    "movers_light": Piece(_movers(*MOVERS[:1]), DOCK, theme="light"),
    "movers_none": Piece(_movers(), LOW),
    "movers_unknown": Piece(_movers(lacks="fewer than 8 steps were recorded"), LOW, theme="light"),
    "movers_asked": Piece(_asked, LOW),
    "movers_not_told": Piece(_not_told, LOW),
}


def _run(*notes: NoteRecord, damaged: Sequence[str] = ()) -> Any:
    resumes = [ResumeRecord(100, "2026-01-01")] if len(notes) > 2 else []
    return SimpleNamespace(
        notes=notes, damaged=damaged, resumes=resumes, dumps=[], layers=dict.fromkeys(("fc1", "block.fc", LONG))
    )


NOTES = (
    NoteRecord(7, "'fc1' has 70,000 features for each of 256 samples: its similarity is measured on 4,096 of them."),
    NoteRecord(40_000, "The first NaN in a gradient came in block.fc."),
    NoteRecord(200, f"'{LONG}' is left out."),
)


def _notes(rows: Sequence[NoteRow]) -> Callable[[], NotesPanel]:
    def make() -> NotesPanel:
        panel = NotesPanel()
        panel.show_rows(rows)
        return panel

    return make


MANY_NOTES = note_rows(_run(*NOTES, damaged=["The pass record at byte 900 was passed over."]))


NOTED = {
    "notes_none_open": Piece(NotesPanel, LOW),
    "notes_none": Piece(_notes([]), LOW, theme="light"),
    "notes_one": Piece(_notes(note_rows(_run(NOTES[0]))), LOW),
    "notes": Piece(_notes(MANY_NOTES), DOCK),
    "notes_light": Piece(_notes(MANY_NOTES), WIDE, theme="light"),
    "notes_last_chosen": Piece(_notes(MANY_NOTES), WIDE, lambda panel: panel.table.selectRow(4)),
    "notes_filtered": Piece(_notes(MANY_NOTES), DOCK, lambda panel: panel.filter_edit.setText("nan")),
    "notes_two": Piece(_notes(notes_of_both(_run(*NOTES), _run(NOTES[0]), (NAMES[0], LONG))), WIDE),
}
PIECES = unfocused(FINDINGS | NOTED)
