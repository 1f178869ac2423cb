"""The dialog that asks what to train: what can be entered, what it says of it, and what is asked for in the end."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialogButtonBox, QFileDialog, QFormLayout, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

import main
from app.window.train_dialog import TrainDialog, TrainingChoices

RATE = "The learning rate must be a number above 0, as 0.002, or empty."
SEED = "The seed must be a whole number from 0 to 4,294,967,295, or empty."
FOLDER = "Name the folder of your pictures: it holds a folder for each class."
NAME = "Name the collection."
THERE = "A collection of this name is there. Choose another name, replace it, or go on with its run."


@pytest.fixture
def choices(tmp_path: Path) -> TrainingChoices:
    return TrainingChoices(
        program=tmp_path / "main.py",
        models_of={"digits": ("cnn", "mlp"), "folder": ("mlp",)},
        path_of=lambda dataset, model: tmp_path / f"{dataset}_{model}.json",
        needs_folder=frozenset({"folder"}),
        optimizers=("adamw", "sgd"),
    )


@pytest.fixture
def dialog(qtbot: QtBot, choices: TrainingChoices) -> TrainDialog:
    dialog = TrainDialog(choices)
    qtbot.addWidget(dialog)
    return dialog


def said(dialog: TrainDialog) -> tuple[str, bool]:
    """What it says is missing, and whether it can be trained."""
    assert dialog.train_button is not None
    return dialog.hint_label.text(), dialog.train_button.isEnabled()


def test_that_at_first_the_first_of_all_is_offered_and_nothing_is_missing(dialog: TrainDialog, tmp_path: Path) -> None:
    asked = dialog.request()
    assert said(dialog) == ("", True)
    assert asked.path == tmp_path / "digits_cnn.json"
    assert asked.arguments == (
        *("--dataset", "digits", "--model", "cnn", "--epochs", "1", "--interval", "50"),
        *("--neuron_cap", "24", "--output_path", str(tmp_path / "digits_cnn.json")),
        *("--optimizer", "adamw", "--batch_size", "64"),
    )


def test_that_all_that_was_entered_is_asked_for(dialog: TrainDialog, tmp_path: Path) -> None:
    dialog.dataset_box.setCurrentText("folder")
    dialog.optimizer_box.setCurrentText("sgd")
    for box, value in ((dialog.epochs_box, 3), (dialog.interval_box, 7), (dialog.cap_box, 0), (dialog.batch_box, 5)):
        box.setValue(value)
    for edit, text in ((dialog.rate_edit, "0.5"), (dialog.seed_edit, "9"), (dialog.folder_edit, "pictures")):
        edit.setText(f"  {text} ")
    dialog.path_edit.setText(f" {tmp_path / 'mine.json'}  ")
    assert said(dialog) == ("", True)
    asked = dialog.request()
    assert asked.path == tmp_path / "mine.json"
    assert asked.arguments == (
        *("--dataset", "folder", "--model", "mlp", "--epochs", "3", "--interval", "7"),
        *("--neuron_cap", "0", "--output_path", str(tmp_path / "mine.json")),
        *("--optimizer", "sgd", "--batch_size", "5", "--lr", "0.5", "--seed", "9", "--data_root", "pictures"),
    )


@pytest.mark.parametrize(
    ("box", "option", "least", "most"),
    [
        ("epochs_box", "epochs", 1, 10_000),
        ("interval_box", "interval", 1, 1_000_000),
        ("cap_box", "neuron_cap", 0, 100_000),
        ("batch_box", "batch_size", 1, 65_536),
    ],
)
def test_that_each_number_can_be_what_the_program_takes(
    dialog: TrainDialog, capsys: pytest.CaptureFixture[str], box: str, option: str, least: int, most: int
) -> None:
    number: QSpinBox = getattr(dialog, box)
    taken = []
    for value in (least - 1, most + 1):
        number.setValue(value)
        arguments = dialog.request().arguments
        at = arguments.index(f"--{option}")
        taken.append(getattr(main._parser().parse_args(arguments[at : at + 2]), option))
    assert taken == [least, most]
    with pytest.raises(SystemExit):
        main._parser().parse_args([f"--{option}", str(least - 1)])
    assert f"argument --{option}" in capsys.readouterr().err


def test_that_to_keep_no_number_of_units_is_to_keep_all(dialog: TrainDialog) -> None:
    dialog.cap_box.setValue(0)
    assert dialog.cap_box.text() == "keep all"


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("rate_edit", "0", RATE),
        ("rate_edit", "-0.1", RATE),
        ("rate_edit", "fast", RATE),
        ("rate_edit", "inf", RATE),
        ("rate_edit", "nan", RATE),
        ("rate_edit", "1e-9", ""),
        ("rate_edit", "1", ""),
        ("rate_edit", "  ", ""),
        ("seed_edit", "-1", SEED),
        ("seed_edit", "1.5", SEED),
        ("seed_edit", "seven", SEED),
        ("seed_edit", "4294967296", SEED),
        ("seed_edit", "4294967295", ""),
        ("seed_edit", "0", ""),
        ("seed_edit", "  ", ""),
        ("path_edit", "", NAME),
        ("path_edit", "  ", NAME),
    ],
)
def test_that_what_cannot_be_is_said_and_keeps_from_training(
    dialog: TrainDialog, field: str, text: str, words: str
) -> None:
    getattr(dialog, field).setText(text)
    assert said(dialog) == (words, not words)


def test_that_a_folder_is_asked_for_only_where_the_data_need_one(dialog: TrainDialog) -> None:
    dialog.dataset_box.setCurrentText("folder")
    assert said(dialog) == (FOLDER, False)
    dialog.folder_edit.setText("  ")
    assert said(dialog) == (FOLDER, False)
    dialog.folder_edit.setText("pictures")
    assert said(dialog) == ("", True)
    dialog.folder_edit.setText("")
    dialog.dataset_box.setCurrentText("digits")
    assert said(dialog) == ("", True)


def test_that_a_name_that_is_taken_is_said_until_one_of_the_two_ways_is_chosen(
    dialog: TrainDialog, tmp_path: Path
) -> None:
    there = tmp_path / "there.json"
    there.write_text("{}")
    boxes = (dialog.replace_box, dialog.resume_box)
    assert [box.isEnabled() for box in boxes] == [False, False]
    dialog.path_edit.setText(f" {there} ")
    assert said(dialog) == (THERE, False)
    assert [box.isEnabled() for box in boxes] == [True, True]
    for box, other in (boxes, boxes[::-1]):
        box.setChecked(True)
        assert (said(dialog), other.isChecked()) == (("", True), False)
        box.setChecked(False)
        assert said(dialog) == (THERE, False)
    dialog.path_edit.setText(str(tmp_path))
    assert said(dialog) == (THERE, False)
    assert [box.isEnabled() for box in boxes] == [False, False], "a folder is no collection"
    dialog.path_edit.setText("")
    assert [box.isEnabled() for box in boxes] == [False, False]


@pytest.mark.parametrize("is_there", [True, False])
def test_that_only_what_is_there_is_replaced_or_gone_on_with(
    dialog: TrainDialog, tmp_path: Path, is_there: bool
) -> None:
    path = tmp_path / "perhaps.json"
    if is_there:
        path.write_text("{}")
    dialog.path_edit.setText(str(path))
    for box, argument in ((dialog.replace_box, "--force"), (dialog.resume_box, "--resume")):
        box.setChecked(True)
        asked = [each for each in dialog.request().arguments if each in ("--force", "--resume")]
        assert asked == [argument] * is_there


def test_that_what_keeps_this_installation_from_training_is_said_whatever_is_entered(
    qtbot: QtBot, choices: TrainingChoices
) -> None:
    dialog = TrainDialog(replace(choices, lacks="PyTorch is not installed."))
    qtbot.addWidget(dialog)
    for seed in ("", "seven"):
        dialog.seed_edit.setText(seed)
        assert said(dialog) == ("PyTorch is not installed.", False)


def test_that_each_dataset_offers_its_models_and_each_model_its_name(dialog: TrainDialog) -> None:
    def offered() -> tuple[list[str], str]:
        models = [dialog.model_box.itemText(number) for number in range(dialog.model_box.count())]
        return models, Path(dialog.path_edit.text()).name

    found = [offered()]
    dialog.model_box.setCurrentText("mlp")
    found.append(offered())
    dialog.dataset_box.setCurrentText("folder")
    found.append(offered())
    dialog.dataset_box.setCurrentText("digits")
    assert [*found, offered()] == [
        (["cnn", "mlp"], "digits_cnn.json"),
        (["cnn", "mlp"], "digits_mlp.json"),
        (["mlp"], "folder_mlp.json"),
        (["cnn", "mlp"], "digits_cnn.json"),
    ]


def test_that_the_dialog_of_a_folder_may_be_dismissed(
    qtbot: QtBot, dialog: TrainDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answering(folder: str) -> Callable[..., str]:
        return lambda _, title: asked.append(title) or folder  # type: ignore[func-returns-value]

    for folder, shown in (("/pictures", "/pictures"), ("", "/pictures")):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", answering(folder))
        qtbot.mouseClick(dialog.folder_button, Qt.MouseButton.LeftButton)
        assert dialog.folder_edit.text() == shown
    assert asked == ["Folder of the data"] * 2


def test_that_each_field_stands_beside_its_name(dialog: TrainDialog) -> None:
    form = dialog.findChild(QFormLayout)
    assert form is not None
    names = [each.text() for each in dialog.findChildren(QLabel) if each.buddy() or form.indexOf(each) >= 0]
    assert [name for name in names if name] == [
        *("Dataset", "Data folder", "Model", "Optimizer", "Learning rate", "Batch size", "Epochs"),
        *("A pass every … steps", "Units kept of a layer", "Seed", "Collection"),
    ]
    assert dialog.windowTitle() == "Train"


def test_that_the_buttons_accept_and_cancel(qtbot: QtBot, dialog: TrainDialog) -> None:
    ends: list[int] = []
    dialog.finished.connect(ends.append)
    for button in (dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel), dialog.train_button):
        dialog.show()
        assert button is not None
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert not dialog.isVisible()
    assert ends == [0, 1]
