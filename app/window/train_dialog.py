"""Asks what to train."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from pathlib import Path

from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.widgets.plain_text import PlainLabel


@dataclass(frozen=True)
class TrainingChoices:
    """What can be trained. The window learns it from the command line and knows neither models nor data itself.

    Attributes:
        program: the file that trains when it is run with ``--headless``.
        models_of: dataset → the models that take its pictures, the usual one first.
        path_of: dataset and model → the collection that is written where no other place is named.
        needs_folder: datasets that are read from a folder which has to be named.
        optimizers: by name, the usual one first.
        lacks: why nothing can be trained by this installation, and the way out; empty where it can.
    """

    program: Path
    models_of: Mapping[str, Sequence[str]]
    path_of: Callable[[str, str], Path]
    needs_folder: frozenset[str]
    optimizers: Sequence[str]
    lacks: str = ""


@dataclass(frozen=True)
class TrainingRequest:
    """A training that is asked for: arguments for the program, and the collection it will write."""

    arguments: tuple[str, ...]
    path: Path


class TrainDialog(QDialog):
    """Dataset, model, how it learns, what is recorded, and the place of a new run."""

    def __init__(self, choices: TrainingChoices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = choices
        self.setWindowTitle("Train")
        self.dataset_box = QComboBox()
        self.dataset_box.addItems(list(choices.models_of))
        self.model_box = QComboBox()
        self.folder_edit = QLineEdit()
        self.folder_edit.setPlaceholderText("the usual place")
        self.folder_button = QPushButton("Browse…")
        self.epochs_box = self._number(1, 10_000, 1)
        self.interval_box = self._number(1, 1_000_000, 50)
        self.cap_box = self._number(0, 100_000, 24)
        self.cap_box.setSpecialValueText("keep all")
        self.optimizer_box = QComboBox()
        self.optimizer_box.addItems(list(choices.optimizers))
        self.rate_edit = QLineEdit()
        self.rate_edit.setPlaceholderText("the usual one of optimizer and model")
        self.batch_box = self._number(1, 65_536, 64)
        self.seed_edit = QLineEdit()
        self.seed_edit.setPlaceholderText("drawn")
        self.path_edit = QLineEdit()
        self.replace_box = QCheckBox("Replace the collection that is there")
        self.resume_box = QCheckBox("Go on with its run where that stopped")
        self.hint_label = PlainLabel()
        self.hint_label.setObjectName("faint")
        self.hint_label.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.train_button = self.buttons.addButton("Train", QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out()
        self.dataset_box.currentTextChanged.connect(self._on_dataset_chosen)
        self.model_box.currentTextChanged.connect(self._on_model_chosen)
        self.folder_button.clicked.connect(self._ask_for_folder)
        for edit in (self.folder_edit, self.rate_edit, self.seed_edit, self.path_edit):
            edit.textChanged.connect(self._check)
        for box, other in ((self.replace_box, self.resume_box), (self.resume_box, self.replace_box)):
            box.toggled.connect(partial(self._on_existing_chosen, other))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._on_dataset_chosen()

    def _number(self, least: int, most: int, value: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(least, most)
        box.setValue(value)
        return box

    def _lay_out(self) -> None:
        folder = QHBoxLayout()
        folder.addWidget(self.folder_edit)
        folder.addWidget(self.folder_button)
        form = QFormLayout()
        form.addRow("Dataset", self.dataset_box)
        form.addRow("Data folder", folder)
        form.addRow("Model", self.model_box)
        form.addRow("Optimizer", self.optimizer_box)
        form.addRow("Learning rate", self.rate_edit)
        form.addRow("Batch size", self.batch_box)
        form.addRow("Epochs", self.epochs_box)
        form.addRow("A pass every … steps", self.interval_box)
        form.addRow("Units kept of a layer", self.cap_box)
        form.addRow("Seed", self.seed_edit)
        form.addRow("Collection", self.path_edit)
        form.addRow("", self.replace_box)
        form.addRow("", self.resume_box)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.hint_label)
        column.addWidget(self.buttons)
        self.setMinimumWidth(460)

    def request(self) -> TrainingRequest:
        """What the user asked for."""
        path = Path(self.path_edit.text().strip())
        arguments = ["--dataset", self.dataset_box.currentText(), "--model", self.model_box.currentText()]
        arguments += ["--epochs", str(self.epochs_box.value()), "--interval", str(self.interval_box.value())]
        arguments += ["--neuron_cap", str(self.cap_box.value()), "--output_path", str(path)]
        arguments += ["--optimizer", self.optimizer_box.currentText(), "--batch_size", str(self.batch_box.value())]
        if rate := self.rate_edit.text().strip():
            arguments += ["--lr", rate]
        if seed := self.seed_edit.text().strip():
            arguments += ["--seed", seed]
        if folder := self.folder_edit.text().strip():
            arguments += ["--data_root", folder]
        if path.exists():
            arguments += ["--force"] * self.replace_box.isChecked() + ["--resume"] * self.resume_box.isChecked()
        return TrainingRequest(tuple(arguments), path)

    def _on_dataset_chosen(self) -> None:
        self.model_box.clear()
        self.model_box.addItems(list(self._choices.models_of[self.dataset_box.currentText()]))

    def _on_model_chosen(self) -> None:
        """Suggest a name, unless the user has typed one."""
        is_typed = self.path_edit.isModified() and self.path_edit.text().strip()
        if self.model_box.currentText() and not is_typed:
            path = self._choices.path_of(self.dataset_box.currentText(), self.model_box.currentText())
            self.path_edit.setText(str(path))
        self._check()

    def _on_existing_chosen(self, other: QCheckBox, is_chosen: bool) -> None:
        """A collection that is there is replaced or gone on with, not both."""
        if is_chosen:
            other.setChecked(False)
        self._check()

    def _check(self) -> None:
        """Say what is missing, and offer to train only when nothing is."""
        problem = self._choices.lacks or self._problem()
        self.hint_label.setText(problem)
        is_there = Path(self.path_edit.text().strip() or ".").is_file()
        for box in (self.replace_box, self.resume_box):
            box.setEnabled(is_there)
        if self.train_button:
            self.train_button.setEnabled(not problem)

    def _problem(self) -> str:
        rate = self.rate_edit.text().strip()
        if rate and not _is_positive(rate):
            return "The learning rate must be a number above 0, as 0.002, or empty."
        seed = self.seed_edit.text().strip()
        if seed and not (seed.isdecimal() and int(seed) < 2**32):
            return f"The seed must be a whole number from 0 to {2**32 - 1:,}, or empty."
        if self.dataset_box.currentText() in self._choices.needs_folder and not self.folder_edit.text().strip():
            return "Name the folder of your pictures: it holds a folder for each class."
        path = self.path_edit.text().strip()
        if not path:
            return "Name the collection."
        if Path(path).exists() and not (self.replace_box.isChecked() or self.resume_box.isChecked()):
            return "A collection of this name is there. Choose another name, replace it, or go on with its run."
        return ""

    def _ask_for_folder(self) -> None:
        if folder := QFileDialog.getExistingDirectory(self, "Folder of the data"):
            self.folder_edit.setText(folder)


def _is_positive(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return value > 0 and isfinite(value)
