"""The download, with its server and torchvision's fetching replaced; no test here touches the network."""

import socket
import threading
import urllib.request
from pathlib import Path

import pytest

from data import download
from data.errors import DownloadError


def reachable(address: str) -> None:
    return None


def test_that_a_whole_download_arrives_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(dataset: str, root: str) -> None:
        raw = Path(root) / dataset / "raw"
        raw.mkdir(parents=True)
        (raw / "file").write_text("whole")

    monkeypatch.setattr(download, "_check_reachable", reachable)
    monkeypatch.setattr(download, "fetch", fetch)
    download.download("MNIST", tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["MNIST"]
    assert (tmp_path / "new/MNIST/raw/file").read_text() == "whole"


def test_that_a_download_fills_folders_that_are_there_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(dataset: str, root: str) -> None:
        (Path(root) / "MNIST" / "raw").mkdir(parents=True)
        (Path(root) / "MNIST" / "raw" / "file").write_text("whole")
        (Path(root) / "archive.tar.gz").write_text("packed")

    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    monkeypatch.setattr(download, "_check_reachable", reachable)
    monkeypatch.setattr(download, "fetch", fetch)
    download.download("MNIST", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["MNIST"]
    assert (tmp_path / "MNIST/raw/file").read_text() == "whole"


def test_that_a_folder_that_cannot_be_written_is_the_reason_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_check_reachable", reachable)
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match=r"Not a directory|File exists"):
        download.download("MNIST", tmp_path / "file")


def test_that_a_broken_download_leaves_nothing_and_tells_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(dataset: str, root: str) -> None:
        (Path(root) / "half").write_text("half")
        raise RuntimeError("File not found or corrupted.")

    monkeypatch.setattr(download, "_check_reachable", reachable)
    monkeypatch.setattr(download, "fetch", fetch)
    with pytest.raises(DownloadError, match="File not found or corrupted"):
        download.download("MNIST", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_that_the_sockets_patience_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float | None] = []
    monkeypatch.setattr(download, "_check_reachable", reachable)
    monkeypatch.setattr(download, "fetch", lambda dataset, root: seen.append(socket.getdefaulttimeout()))
    before = socket.getdefaulttimeout()
    download.download("MNIST", tmp_path)
    assert seen == [download.STALLED_SECONDS]
    assert socket.getdefaulttimeout() == before


@pytest.mark.parametrize("dataset", ["MNIST", "FashionMNIST", "CIFAR10"])
def test_that_torchvision_is_not_asked_where_the_server_is_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: str
) -> None:
    def fetch(dataset: str, root: str) -> None:
        pytest.fail("fetched without a network")

    monkeypatch.setattr(download, "fetch", fetch)
    with pytest.raises(DownloadError, match="Name or service not known"):
        download.download(dataset, tmp_path)


class TestReachability:
    """With the real check, which the fixture for all other tests replaces."""

    @pytest.fixture(autouse=True)
    def real_check(self, no_network: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()

    def test_that_an_unknown_host_is_the_reason_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def no_name_service(request: object, timeout: float) -> None:
            raise urllib.error.URLError(socket.gaierror(-2, "Name or service not known"))

        monkeypatch.setattr(urllib.request, "urlopen", no_name_service)
        with pytest.raises(DownloadError, match=r"^Name or service not known$"):
            download._check_reachable("https://example.invalid/")

    def test_that_silence_is_given_up_after_the_patience(self, monkeypatch: pytest.MonkeyPatch) -> None:
        released = threading.Event()
        monkeypatch.setattr(download, "PATIENCE_SECONDS", 0.05)
        monkeypatch.setattr(urllib.request, "urlopen", lambda request, timeout: released.wait(10))
        with pytest.raises(DownloadError, match=r"no answer within 0\.05 seconds"):
            download._check_reachable("https://example.invalid/")
        released.set()
