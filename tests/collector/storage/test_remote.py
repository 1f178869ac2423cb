"""A collection is read where it lies: by parts, never whole, and what is in the way is told in words."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.storage import CollectionError, UnreachableError, remote_file
from collector.storage.paths import RemotePath
from tests.benchmarks.generated import write_collection
from tests.http_server import Served, serving

SIZES = [300, 40, 10]
ENOUGH = 4 * 10**6


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_file, "PAUSES", (0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    write_collection(folder / "run.json", SIZES, ENOUGH)
    write_collection(folder / "growing.json", SIZES, ENOUGH, is_finished=False)
    write_collection(folder / "small.json", SIZES, 1000)
    return folder


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    with serving(folder) as server:
        yield server


def same(here: Path, there: str) -> None:
    """Everything of a pass, and all scalars, are those of the file."""
    with open_collection(here) as local, open_collection(there) as remote:
        remote.catch_up()
        assert len(remote.passes) == len(local.passes) > 5
        for number in (0, 3, len(local.passes) - 1):
            one, other = local.passes[number], remote.passes[number]
            for name in one.layers:
                for kind in ("activation", "weight", "weight_gradient", "bias_update"):
                    np.testing.assert_array_equal(getattr(one.layers[name], kind), getattr(other.layers[name], kind))
        for name in local.series:
            np.testing.assert_array_equal(local.series[name], remote.series[name])
        assert remote.damaged == local.damaged == []


@pytest.mark.parametrize("name", ["run.json", "growing.json"])
def test_that_what_is_read_over_a_network_is_what_the_file_holds(folder: Path, served: Served, name: str) -> None:
    same(folder / name, f"{served.address}/{name}")


def test_that_opening_costs_the_ends_of_the_file_and_a_pass_costs_a_pass(folder: Path, served: Served) -> None:
    n_bytes = (folder / "run.json").stat().st_size
    with open_collection(f"{served.address}/run.json") as collection:
        assert collection.finished
        assert served.n_bytes <= remote_file.FIRST_BYTES + remote_file.LAST_BYTES + 2**16 < n_bytes / 4
        assert served.n_requests <= 4
        served.forget()
        assert collection.passes[9].layers["fc1"].weight is not None
        assert served.n_bytes <= collection.passes.n_bytes(9) + 2**17
        served.forget()
        assert collection.passes.salvaged(9).layers["fc1"].weight is not None
        assert served.n_requests == 0


def test_that_a_second_look_at_the_same_file_costs_nothing_again(served: Served) -> None:
    with open_collection(f"{served.address}/run.json") as one:
        served.forget()
        with open_collection(f"{served.address}/run.json") as other:
            assert len(other.passes) == len(one.passes)
        assert served.parts == []


def test_that_a_run_that_has_not_ended_is_looked_through_portion_by_portion(
    folder: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.storage.reader.PORTION", 2**18)
    with open_collection(f"{served.address}/growing.json") as collection:
        n_passes = len(collection.passes)
        assert 0 < n_passes < 10
        unread = collection.unread
        assert 0 < unread < collection.n_bytes
        assert collection.refresh()
        assert collection.unread < unread
        assert len(collection.passes) > n_passes
        collection.catch_up()
        assert collection.unread == 0
        assert not collection.refresh()


def test_that_a_file_that_grows_is_followed_to_its_end(tmp_path: Path) -> None:
    write_collection(tmp_path / "whole.json", SIZES, ENOUGH // 4)
    whole = (tmp_path / "whole.json").read_bytes()
    cut = whole.index(b"\n", len(whole) // 2) + 100  # within a line
    growing = tmp_path / "run.json"
    growing.write_bytes(whole[:cut])
    with serving(tmp_path) as server, open_collection(f"{server.address}/run.json") as collection:
        n_passes = len(collection.passes)
        assert not collection.finished
        assert not collection.refresh()
        with growing.open("ab") as file:
            file.write(whole[cut:])
        server.forget()
        assert collection.refresh()
        assert collection.finished
        assert len(collection.passes) > n_passes
        assert server.n_bytes <= len(whole) - cut + 2**18
        with open_collection(tmp_path / "whole.json") as local:
            np.testing.assert_array_equal(collection.series["loss"], local.series["loss"])


def test_that_another_file_behind_the_address_is_not_taken_for_the_run(tmp_path: Path) -> None:
    growing = tmp_path / "run.json"
    write_collection(growing, SIZES, 10**6, is_finished=False)
    with serving(tmp_path) as server, open_collection(f"{server.address}/run.json") as collection:
        n_passes = len(collection.passes)
        write_collection(growing, [200, 30, 10], 2 * 10**6)
        assert not collection.refresh()
        assert collection.is_replaced
        assert len(collection.passes) == n_passes


def test_that_an_answer_that_breaks_off_is_asked_for_again(folder: Path, served: Served) -> None:
    served.breaks = 2
    same(folder / "run.json", f"{served.address}/run.json")
    assert served.breaks == 0


def test_that_a_connection_that_is_gone_is_told_and_what_comes_back_is_read(served: Served) -> None:
    with open_collection(f"{served.address}/run.json") as collection:
        served.breaks = 1000
        with pytest.raises(UnreachableError, match=r"the connection to '127\.0\.0\.1:\d+' is broken"):
            _ = collection.passes[5]
        assert collection.damaged == []
        served.breaks = 0
        assert collection.passes[5].step == 250


def test_that_an_overloaded_server_is_asked_again_and_told(served: Served) -> None:
    with open_collection(f"{served.address}/run.json") as collection:
        served.forget()
        served.status = 503
        with pytest.raises(UnreachableError, match=r"its server answers with an error \(503\)"):
            _ = collection.passes[5]
        assert served.n_requests >= 4
        served.status = 0
        assert collection.passes[5].step == 250


def test_that_a_file_without_parts_is_not_downloaded_whole(served: Served) -> None:
    served.sends_parts = False
    with pytest.raises(CollectionError, match="only sends files whole"):
        open_collection(f"{served.address}/run.json")


def test_that_a_small_file_needs_no_parts(served: Served) -> None:
    served.sends_parts = False
    with open_collection(f"{served.address}/small.json") as collection:
        assert len(collection.passes) == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "there is no such file"), (403, "may not be read from here"), (500, "its server answers with an error")],
)
def test_that_what_a_server_refuses_is_told_in_words(served: Served, status: int, words: str) -> None:
    served.status = status
    with pytest.raises(CollectionError, match=words):
        open_collection(f"{served.address}/run.json")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://no-such-host.invalid/run.json", "its host 'no-such-host.invalid' is not found"),
        ("nonsense://bucket/run.json", "nonsense:// is no kind of address"),
        ("s3://bucket/run.json", "takes fsspec and s3fs"),
        ("ssh://host/run.json", "takes fsspec and paramiko"),
        ("http://127.0.0.1:9/run.json", "the connection to '127.0.0.1:9' is broken"),
    ],
)
def test_that_an_address_that_leads_nowhere_is_told_in_words(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("s3fs", "paramiko"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(CollectionError, match=words):
        open_collection(address)


def test_that_any_file_system_that_fsspec_knows_can_be_read(folder: Path) -> None:
    import fsspec

    with fsspec.open("memory://run.json", "wb") as file:
        file.write((folder / "run.json").read_bytes())
    same(folder / "run.json", "memory://run.json")


def test_that_no_password_is_told(served: Served) -> None:
    address = f"{served.address}/missing.json?signature=secret".replace("http://", "http://me:hidden@")
    with pytest.raises(CollectionError) as raised:
        open_collection(address)
    assert "hidden" not in str(raised.value)
    assert "secret" not in str(raised.value)
    assert RemotePath(address).has_secret


def test_that_a_file_is_read_through_the_proxy_of_the_environment(
    folder: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", served.address)
    same(folder / "run.json", "http://behind-the-proxy.invalid/run.json")
    assert served.n_requests > 0
