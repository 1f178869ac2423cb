"""What can go wrong between here and a file that lies elsewhere, in words."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass

from collector.storage.install_command import install_command
from collector.storage.paths import RemotePath

_PACKAGES = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "ssh": "paramiko", "sftp": "paramiko"}
"""What fsspec needs besides, by scheme."""

_PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Status codes of servers that may answer otherwise in a moment."""


@dataclass(frozen=True)
class Trouble:
    """Why a file cannot be read now.

    Attributes:
        problem: completes a sentence that begins with the name of the file.
        way_out: what to do.
        is_passing: whether it is worth while to ask again.
    """

    problem: str
    way_out: str
    is_passing: bool = False


def trouble_of(error: BaseException, path: RemotePath) -> Trouble:
    """What an error of fsspec, or of what it stands on, means to a person."""
    chain = list(_chain(error))
    for read in (_of_server, _of_way):
        for each in chain:
            if (found := read(each, path)) is not None:
                return found
    if isinstance(error, FileNotFoundError) and not any(map(_is_of_connection, chain)):
        return Trouble("there is no such file.", "Check the address.")
    if any(isinstance(each, TimeoutError) for each in chain):
        return Trouble(f"{path.host!r} does not answer.", "Check the network.", True)
    if any(map(_is_of_connection, chain)):
        return Trouble(f"the connection to {path.host!r} is broken.", "Check the network.", True)
    return Trouble(f"cannot be read: {str(error).strip() or type(error).__name__}.", "Check the address.")


def _of_server(error: BaseException, path: RemotePath) -> Trouble | None:
    """What a server has answered, or that there is nothing that would ask it."""
    if isinstance(error, ImportError):
        return _lacking(path)
    status = getattr(error, "status", None)
    return _of_status(status) if isinstance(status, int) else None


def _of_way(error: BaseException, path: RemotePath) -> Trouble | None:
    """Why there is no way to it, where that can be told from one error alone."""
    name = type(error).__name__
    if isinstance(error, socket.gaierror) or "DNS" in name:
        return Trouble(f"its host {path.host!r} is not found.", "Check the address and the network.", True)
    if "Certificate" in name:
        return Trouble(f"the certificate of {path.host!r} cannot be trusted.", "Check the address.")
    if isinstance(error, PermissionError) or "Credentials" in name:
        return Trouble("may not be read from here.", "Check who you are signed in as.")
    if isinstance(error, ValueError) and "range" in str(error):
        problem = "its server only sends files whole, and not the parts that are looked at."
        return Trouble(problem, "Download it, and open the copy.")
    if isinstance(error, ValueError) and "Protocol" in str(error):
        problem = f"{path.scheme}:// is no kind of address that can be read."
        return Trouble(problem, "Use https://, s3://, gs:// or ssh://.")
    return None


def _lacking(path: RemotePath) -> Trouble:
    package = _PACKAGES.get(path.scheme, "aiohttp")
    return Trouble(f"to read {path.scheme}:// takes fsspec and {package}.", install_command("fsspec", package))


def _of_status(status: int) -> Trouble:
    if status in (404, 410):
        return Trouble(f"there is no such file ({status}).", "Check the address.")
    if status in (401, 403, 407):
        return Trouble(f"may not be read from here ({status}).", "Sign in, or ask for an address that may be read.")
    return Trouble(f"its server answers with an error ({status}).", "Try again later.", status in _PASSING)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _is_of_connection(error: BaseException) -> bool:
    """Errors of aiohttp and its like are known by where they come from, without a need to import it."""
    if isinstance(error, FileNotFoundError):
        return False
    return isinstance(error, OSError | EOFError) or type(error).__module__.partition(".")[0] in ("aiohttp", "botocore")
