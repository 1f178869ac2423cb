"""Paths as people write them: of files here, and addresses of files that lie elsewhere."""

import os
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
"""A scheme has two letters at least: one is a drive."""

_LOST_SLASH = re.compile(r"(https?|s3a?|gs|gcs|ssh|sftp|ftp|abfss?|az|hf):/(?=[^/])", re.IGNORECASE)
"""What a `Path` makes of an address."""


@dataclass(frozen=True)
class RemotePath:
    """The address of a file that is only read: it has names as a path has, and no folder on this machine.

    It is no `os.PathLike`: what would take it for a file here fails at once.
    """

    address: str

    def __str__(self) -> str:
        return self.address

    @property
    def shown(self) -> str:
        """The address without what may be a secret in it: a password, or what stands behind a question mark."""
        parts = urlsplit(self.address)
        user, _, host = parts.netloc.rpartition("@")
        netloc = f"{user.partition(':')[0]}@{host}" if user else host
        query = "…" if parts.query else ""
        return urlunsplit((parts.scheme, netloc, parts.path, query, ""))

    @property
    def has_secret(self) -> bool:
        """Whether there is something in it that is better not kept in a file."""
        return self.shown != self.address

    @property
    def scheme(self) -> str:
        """What kind of address it is, as ``https``."""
        return self.address.partition("://")[0].lower()

    @property
    def host(self) -> str:
        """Who has the file: a host, or a bucket."""
        return urlsplit(self.address).netloc.rpartition("@")[2]

    @property
    def name(self) -> str:
        """The last part of the path."""
        return posixpath.basename(unquote(urlsplit(self.address).path).rstrip("/")) or self.host

    @property
    def suffix(self) -> str:
        """The ending of the name, with its dot."""
        return Path(self.name).suffix

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return Path(self.name).stem

    @property
    def parent(self) -> "RemotePath":
        """The address of the folder, as far as there is one."""
        parts = urlsplit(self.address)
        return RemotePath(urlunsplit((parts.scheme, parts.netloc, posixpath.dirname(parts.path.rstrip("/")), "", "")))

    def resolve(self) -> "RemotePath":
        """Itself: no link is followed."""
        return self


AnyPath = Path | RemotePath
"""Where a file is that is read."""


def located(path: AnyPath | str) -> AnyPath:
    """Where a file is that is to be read: behind an address (``https://…``, ``s3://…``), or here, see `expanded`."""
    if isinstance(path, RemotePath):
        return path
    text = str(path)
    if isinstance(path, Path) and (lost := _LOST_SLASH.match(text)):
        text = f"{lost[1]}://{text[lost.end() :]}"
    found = _ADDRESS.match(text)
    if found is None:
        return expanded(path)
    if found[1].lower() == "file":
        return Path(url2pathname(urlsplit(text).path))
    return RemotePath(text)


def expanded(path: Path | str) -> Path:
    """The path with ``~`` and ``~name`` at its beginning replaced by that person's folder, where there is one."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises where there is nobody of that name


def shown(path: AnyPath | str) -> str:
    """The path in words for a person, without secrets."""
    place = located(path)
    return place.shown if isinstance(place, RemotePath) else str(path)


def folder_here(path: AnyPath) -> Path:
    """The folder for what is made beside a file; of one that lies elsewhere, the one we are in."""
    return path.parent if isinstance(path, Path) else Path()
