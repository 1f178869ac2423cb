"""The lines that record a person's own training, to copy."""

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFontDatabase, QGuiApplication
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.widgets.plain_text import PlainLabel
from app.widgets.segments import Segments

SCRIPTS = {
    "PyTorch": """from collector import Collector

probe = (images, labels)  # held out
with Collector(model, optimizer, "run.json",
               probe=probe) as collector:
    for inputs, targets in loader:  # as it was
        ...
        collector.log(loss=loss)  # each step
""",
    "Keras": """from collector import KerasCollector

probe = (images[:16], labels[:16])
record = KerasCollector("run.json", probe=probe)
model.fit(images, labels, callbacks=[record])
""",
}
_COPIED = "Copied"
IN_A_CLONE = "./collector, in the clone that Strobe was installed from."


class OwnScript(QWidget):
    """A choice of frameworks, the lines, and a button that copies them.

    Args:
        source: the folder that the collector can be installed from; None where this program lies in no clone.
    """

    def __init__(self, source: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = Segments()
        self.choice.show_options(list(SCRIPTS), [f"With {each}" for each in SCRIPTS])
        self.choice.chosen.connect(self.show_script)
        self.code = PlainLabel()
        self.code.setObjectName("code")
        self.code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.copy_button.clicked.connect(lambda *_: self._copy())
        install = PlainLabel(f"Once, where you train: pip install {source or IN_A_CLONE}")
        install.setObjectName("faint")
        install.setIndent(0)
        install.setWordWrap(True)
        install.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = QHBoxLayout()
        top.addWidget(self.choice)
        top.addStretch()
        top.addWidget(self.copy_button)
        frame = QFrame()
        frame.setObjectName("code")
        inside = QVBoxLayout(frame)
        inside.addWidget(self.code)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(frame)
        column.addWidget(install)
        self.show_script(next(iter(SCRIPTS)))

    def show_script(self, framework: str) -> None:
        """Show the lines for a framework."""
        self.choice.show_chosen(framework)
        self.code.setText(SCRIPTS[framework].rstrip())
        self.copy_button.setText("Copy")

    def _copy(self) -> None:
        if (clipboard := QGuiApplication.clipboard()) is not None:
            clipboard.setText(self.code.text() + "\n")
            self.copy_button.setText(_COPIED)
