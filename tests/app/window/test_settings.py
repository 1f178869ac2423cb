"""What the program remembers; what of it cannot be read is forgotten, and told of once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QByteArray
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow
from app.window.settings import Settings
from app.window.start import make_window
from collector.storage.paths import RemotePath

GARBAGE = (
    "hello",
    "1, 2, @ByteArray(x)",
    "@ByteArray(garbage)",
    "@Size(a b)",
    "@Rect(1 2 3)",
    "@Invalid()",
    '"\\x0"',
    "@Variant(\\0\\0\\0\\x8\\0\\0\\0\\0)",
    "x" * 5000,
)
KEYS = ("geometry", "docks", "recent_files", "theme", "curves", "left_at", "muted_rules")


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """A settings file that holds these lines."""
    path = tmp_path / "strobe.ini"

    def write(lines: str) -> Path:
        path.write_text(f"[General]\n{lines}\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Callable[[Path], MainWindow]]:
    """Starts the window with these settings."""
    made = []

    def make(path: Path) -> MainWindow:
        window, _ = make_window(Settings(path), is_synchronous=True)
        made.append(window)
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    yield make
    for window in made:
        window.close()


@pytest.mark.parametrize("garbage", GARBAGE)
@pytest.mark.parametrize("key", KEYS)
def test_that_any_garbage_under_any_key_leaves_a_window(
    key: str, garbage: str, written: Callable[[str], Path], start: Callable[[Path], MainWindow]
) -> None:
    window = start(written(f"{key}={garbage}"))
    assert window.isVisible()
    window.recent_menu.aboutToShow.emit()
    assert window.recent_menu.actions()[0].text() == "nothing yet"


@pytest.mark.parametrize(
    ("key", "garbage"),
    [
        ("geometry", "hello"),
        ("geometry", "@ByteArray(x)"),
        ("docks", "1"),
        ("theme", "pink"),
        ("recent_files", "@Size(1 2)"),
    ],
)
def test_that_what_cannot_be_read_is_named_once_with_the_file_and_then_forgotten(
    key: str, garbage: str, written: Callable[[str], Path], start: Callable[[Path], MainWindow]
) -> None:
    path = written(f"{key}={garbage}")
    first = start(path)
    first.recent_menu.aboutToShow.emit()
    told = first.run_bar.problem_label.text().replace("\u200b", "")
    if key != "recent_files":  # which is read when its menu opens
        assert str(path) in told
        assert key in told
    first.close()
    again = start(path)
    assert not again.run_bar.problem_label.isVisible()


def test_that_the_rest_is_kept(written: Callable[[str], Path]) -> None:
    settings = Settings(written("geometry=hello\ntheme=light\ncurves=loss, accuracy"))
    assert settings.layout() == (None, None)
    assert settings.theme() == "light"
    assert settings.choice("timeline") == ["loss", "accuracy"]
    assert "geometry" in settings.complaint()
    assert settings.complaint() == ""


def test_that_what_is_remembered_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "strobe.ini"
    settings = Settings(path)
    settings.keep_layout(QByteArray(b"a"), QByteArray(b"b"))
    settings.keep_choice("timeline", ["loss"])
    settings.keep_theme("light")
    again = Settings(path)
    assert again.layout() == (QByteArray(b"a"), QByteArray(b"b"))
    assert (again.choice("timeline"), again.theme(), again.complaint()) == (["loss"], "light", "")


def test_that_settings_that_are_a_folder_or_no_text_are_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "strobe.ini"
    folder.mkdir()
    settings = Settings(folder)
    assert settings.layout() == (None, None)
    assert str(folder) in settings.complaint()


def test_that_all_that_is_forgotten_is_told_of_in_one_sentence_each_once(written: Callable[[str], Path]) -> None:
    path = written("geometry=hello\ntheme=pink\nleft_at=x run.json")
    settings = Settings(path)
    for _ in range(2):
        assert (settings.theme(), settings.left_at()) == ("dark", {})
        settings.layout()
    settings.forget("docks")
    settings.forget("docks")
    assert settings.complaint() == (
        f"The settings file {str(path)!r} holds what cannot be read. Forgotten: theme, left_at, geometry, docks."
    )
    assert settings.complaint() == ""


def test_that_a_file_that_is_none_is_forgotten_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "strobe.ini"
    folder.mkdir()
    assert Settings(folder).complaint() == (
        f"The settings file {str(folder)!r} holds what cannot be read. Forgotten: all of it."
    )


def test_that_before_anything_was_kept_there_is_what_is_usual(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "here" / "strobe.ini")
    assert (settings.theme(), settings.choice("timeline"), settings.muted_rules()) == ("dark", [], [])
    assert (settings.layout(), settings.left_at(), settings.recent_files()) == ((None, None), {}, [])
    assert settings.folder == tmp_path / "here"
    assert settings.complaint() == ""


@pytest.mark.parametrize(
    ("lines", "names"), [("curves=loss", ["loss"]), ("curves=", []), ("curves=a, , b", ["a", "b"])]
)
def test_that_one_name_alone_is_a_list_too_and_an_empty_one_is_none(
    written: Callable[[str], Path], lines: str, names: list[str]
) -> None:
    assert Settings(written(lines)).choice("timeline") == names


def test_that_each_view_has_its_own_choice(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "strobe.ini")
    for view in ("timeline", "projection"):
        settings.keep_choice(view, [view, "and more"])
    again = Settings(tmp_path / "strobe.ini")
    assert [again.choice(view)[0] for view in ("timeline", "projection")] == ["timeline", "projection"]
    assert again.choice("unit") == []


def test_that_muted_rules_come_back_in_order(tmp_path: Path) -> None:
    Settings(tmp_path / "strobe.ini").keep_muted_rules({"b", "a", "c"})
    assert Settings(tmp_path / "strobe.ini").muted_rules() == ["a", "b", "c"]


def files(folder: Path, n: int) -> list[Path]:
    made = [folder / f"{number}.json" for number in range(n)]
    for each in made:
        each.touch()
    return made


def test_that_eight_files_are_recent_the_newest_first_and_none_twice(tmp_path: Path) -> None:
    settings, made = Settings(tmp_path / "strobe.ini"), files(tmp_path, 10)
    for each in made:
        settings.add_recent_file(each)
    assert settings.recent_files() == made[:1:-1]
    settings.add_recent_file(made[5])
    assert settings.recent_files() == [made[5], *[made[number] for number in (9, 8, 7, 6, 4, 3, 2)]]
    (tmp_path / "folder").mkdir()
    settings.add_recent_file(tmp_path / "folder" / ".." / "5.json")
    assert settings.recent_files()[:2] == [made[5], made[9]], "however its name is written"


def test_that_a_file_that_is_gone_and_a_name_that_is_none_are_not_recent(tmp_path: Path) -> None:
    settings, made = Settings(tmp_path / "strobe.ini"), files(tmp_path, 2)
    for each in made:
        settings.add_recent_file(each)
    made[0].unlink()
    settings._store.setValue("recent_files", [str(made[0]), "x" * 5000, "a\0b", str(tmp_path), str(made[1])])
    assert settings.recent_files() == [made[1]]


def test_that_an_address_is_kept_unless_there_is_a_secret_in_it(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "strobe.ini")
    plain, secret = RemotePath("https://example.org/run.json"), RemotePath("https://example.org/run.json?key=1")
    for each in (plain, secret):
        settings.add_recent_file(each)
    settings.keep_left_at({secret: 3, plain: 4})
    again = Settings(tmp_path / "strobe.ini")
    assert (again.recent_files(), again.left_at()) == ([plain], {plain: 4})
    assert "key" not in (tmp_path / "strobe.ini").read_text()


def test_that_where_runs_were_left_is_kept_of_the_last_hundred(tmp_path: Path) -> None:
    steps = {tmp_path / f"a run {number}.json": number for number in range(101)}
    Settings(tmp_path / "strobe.ini").keep_left_at(steps)
    kept = Settings(tmp_path / "strobe.ini").left_at()
    assert kept == {path: step for path, step in steps.items() if step > 0}
    assert list(kept.values()) == list(range(1, 101)), "the one left last comes last"


@pytest.mark.parametrize("keep", ["layout", "left_at"])
def test_that_what_is_kept_at_the_end_is_in_the_file_at_once(tmp_path: Path, keep: str) -> None:
    path = tmp_path / "strobe.ini"
    settings = Settings(path)
    if keep == "layout":
        settings.keep_layout(QByteArray(b"wide"), QByteArray(b"left"))
    else:
        settings.keep_left_at({tmp_path / "run.json": 3})
    assert path.is_file(), "the process may be ended before Qt writes it by itself"
