from pathlib import Path

import pytest

from collector.storage import open_collection
from collector.storage.errors import NotACollectionError
from collector.storage.other_files import way_in

CHECKPOINTS, LOGS = "collector.from_checkpoints makes", "the command import makes"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("model.pt", CHECKPOINTS),
        ("model.SAFETENSORS", CHECKPOINTS),
        ("events.out.tfevents.1.host", LOGS),
        ("run-1.wandb", LOGS),
        ("notes.txt", ""),
    ],
)
def test_that_what_a_training_leaves_besides_is_led_to_what_makes_a_collection_of_it(
    tmp_path: Path, name: str, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x80\x02 not JSON")
    with pytest.raises(NotACollectionError, match=rf"is not JSON\. .*{words or 'Open a file that a run has left'}"):
        open_collection(path)


@pytest.mark.parametrize("below", ["", "version_0/"])
def test_that_a_folder_of_logs_is_led_to_the_import(tmp_path: Path, below: str) -> None:
    (tmp_path / below).mkdir(exist_ok=True)
    with pytest.raises(NotACollectionError, match=r"is a folder\. Open the collection"):
        open_collection(tmp_path)
    (tmp_path / below / "events.out.tfevents.1.host").touch()
    with pytest.raises(NotACollectionError, match=rf"is a folder\. .*{LOGS}"):
        open_collection(tmp_path)
    assert way_in(tmp_path / "nowhere") == ""
