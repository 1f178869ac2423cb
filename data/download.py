"""Fetches a dataset through torchvision: quickly given up without a network, and never left half done."""

import contextlib
import importlib
import io
import shutil
import socket
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

from data.errors import DownloadError
from data.torchvision_import import import_torchvision

PATIENCE_SECONDS = 6.0
STALLED_SECONDS = 20.0

ADDRESSES = {
    "MNIST": "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "FashionMNIST": "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "CIFAR10": "https://www.cs.toronto.edu/~kriz/cifar.html",
}


def download(dataset: str, data_root: Path) -> None:
    """Put torchvision's `dataset` ("MNIST", "FashionMNIST", "CIFAR10") under `data_root`, in its own layout.

    It is fetched into a temporary folder beside its place and moved when it is whole and its checksums hold,
    so that a broken connection leaves nothing behind. Raises DownloadError saying why it failed.
    """
    _check_reachable(ADDRESSES[dataset])
    print(f"Downloading {dataset} into {data_root} ...", file=sys.stderr, flush=True)
    try:
        data_root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=data_root) as temporary:
            with _patience_with_stalls(), contextlib.redirect_stderr(io.StringIO()):
                fetch(dataset, temporary)
            for fetched in Path(temporary).iterdir():
                # Folders only: the archive that CIFAR-10 was unpacked from is of no more use.
                if fetched.is_dir():
                    _put_in_place(fetched, data_root / fetched.name)
    # torchvision raises RuntimeError once its mirrors are exhausted or a checksum is wrong.
    except (OSError, RuntimeError) as error:
        raise DownloadError(_in_one_line(error)) from error


def _put_in_place(fetched: Path, place: Path) -> None:
    """Move the folder `fetched` to `place`, or its files into the folders that are there already."""
    if not place.exists():
        fetched.rename(place)
        return
    shutil.copytree(fetched, place, dirs_exist_ok=True)


def fetch(dataset: str, root: str) -> None:
    """Let torchvision download `dataset` into the folder `root`."""
    import_torchvision()
    datasets = importlib.import_module("torchvision.datasets")
    getattr(datasets, dataset)(root, download=True)


def _check_reachable(address: str) -> None:
    """Raise DownloadError unless the server answers soon; a refusal is an answer, the download itself judges.

    In a thread because looking up a host name knows no time limit; a proxy set in the environment is used.
    """
    outcome: list[Exception | None] = []

    def knock() -> None:
        request = urllib.request.Request(address, method="HEAD", headers={"User-Agent": "Strobe"})
        try:
            urllib.request.urlopen(request, timeout=PATIENCE_SECONDS).close()
            outcome.append(None)
        except HTTPError as error:
            error.close()
            outcome.append(None)
        except Exception as error:  # noqa: BLE001 (whatever kept the server out of reach is the reason to give)
            outcome.append(error)

    thread = threading.Thread(target=knock, name="reach-server", daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    if not outcome:
        raise DownloadError(f"no answer within {PATIENCE_SECONDS:g} seconds")
    if outcome[0] is not None:
        raise DownloadError(_in_one_line(outcome[0]))


@contextlib.contextmanager
def _patience_with_stalls() -> Iterator[None]:
    """Let a connection that goes silent fail; torchvision has no option for it, only the socket's default."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALLED_SECONDS)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _in_one_line(error: Exception) -> str:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
    return " ".join(str(getattr(reason, "strerror", None) or reason).split()) or type(error).__name__
