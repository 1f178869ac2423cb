"""``~`` at the beginning of a path is the person's folder, wherever a path is taken."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

import main
from collector import Collector
from collector.capture.run_log import RunLog
from collector.export.command import export
from collector.storage import CollectionError, CollectionWriter, open_collection, owned_file
from collector.storage.paths import expanded
from collector.storage.schema import Header
from collector.storage.verify_command import verify


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that ``~`` stands for; the process is in another one."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.chdir(elsewhere)
    return home


def test_that_the_collector_and_the_reader_take_it(
    home: Path, make_header: Callable[..., Header], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters())
    flushed: list[int] = []
    monkeypatch.setattr(owned_file, "flush_to_disk", flushed.append)
    with Collector(model, optimizer, "~/run.json", durable=True) as collector:
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        collector.log(loss=1.0)
    assert len(flushed) >= 4  # the beginning and its folder, a pass, the end
    with open_collection("~/run.json") as collection:
        assert collection.finished
    CollectionWriter("~/written.json", make_header()).close()
    RunLog(Path("~/logged.json"), make_header(), overwrite=False).close()
    RunLog(Path("~/logged.json"), make_header(), overwrite=False, resume=True).close()
    assert {each.name for each in home.iterdir()} == {"run.json", "written.json", "logged.json"}
    assert not list(Path.cwd().iterdir())


def test_that_the_commands_take_it(
    home: Path, make_header: Callable[..., Header], capsys: pytest.CaptureFixture[str]
) -> None:
    CollectionWriter("~/run.json", make_header()).close()
    assert verify(["~/run.json"]) == 0
    assert main.main(["verify", "~/run.json"]) == 0
    assert "is sound" in capsys.readouterr().out
    assert export(["~/run.json", "--plain", "--output_path", "~/out"]) == 0
    assert (home / "out" / "run_plain.json").exists()
    assert b"crc" not in (home / "out" / "run_plain.json").read_bytes()  # they would be of other text
    open_collection("~/out/run_plain.json").close()
    chosen = main._parser().parse_args(["~/a.json", "--output_path", "~/b.json", "--data_root", "~/data", "--durable"])
    assert (chosen.collection, chosen.output_path) == ([home / "a.json"], home / "b.json")
    assert (chosen.data_root, chosen.durable) == (home / "data", True)


def test_that_somebody_whom_the_system_does_not_know_is_a_name(home: Path) -> None:
    assert expanded("~nobody of this name/run.json") == Path("~nobody of this name/run.json")
    with pytest.raises(CollectionError, match="there is no such file"):
        open_collection("~nobody of this name/run.json")
