"""A server on this machine that sends parts of files, late, not at all, or broken off: as it is told."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_RANGE = re.compile(r"bytes=(\d+)-(\d+)$")


@dataclass
class Served:
    """What a server does, and what it was asked for.

    Attributes:
        folder: whose files it sends.
        delay: seconds before each answer.
        sends_parts: whether it knows ranges; else every answer is the whole file.
        status: answers with this code instead, where it is not 0.
        breaks: so many answers break off in the middle.
        parts: first byte and one behind the last of each part that was asked for.
        n_requests: answers, of any kind.
        n_bytes: that were sent.
    """

    folder: Path
    address: str = ""
    delay: float = 0.0
    sends_parts: bool = True
    status: int = 0
    breaks: int = 0
    parts: list[tuple[int, int]] = field(default_factory=list)
    n_requests: int = 0
    n_bytes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Count from here on."""
        with self.lock:
            self.parts.clear()
            self.n_requests = self.n_bytes = 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Served

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        served = self.served
        with served.lock:
            served.n_requests += 1
        time.sleep(served.delay)
        path = served.folder / urlsplit(self.path).path.lstrip("/")  # of a proxy whole addresses are asked
        if served.status or not path.is_file():
            self._send(served.status or 404, b"", {})
            return
        size, asked = path.stat().st_size, _RANGE.match(self.headers.get("Range", ""))
        start, stop = 0, size
        if asked and served.sends_parts:
            start, stop = int(asked[1]), min(int(asked[2]) + 1, size)
        if not with_body:
            self._send(200, b"", {"Content-Length": str(size), "ETag": f'"{path.stat().st_mtime_ns}-{size}"'})
            return
        with served.lock:
            served.parts.append((start, stop))
        with path.open("rb") as file:
            file.seek(start)
            body = file.read(stop - start)
        is_part = asked is not None and served.sends_parts
        more = {"Content-Range": f"bytes {start}-{stop - 1}/{size}"} if is_part else {}
        self._send(206 if is_part else 200, body, more)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        served = self.served
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        with served.lock:
            is_broken = bool(body) and served.breaks > 0
            served.breaks -= is_broken
        sent = body[: len(body) // 2] if is_broken else body
        try:
            self.wfile.write(sent)
        except OSError:  # whoever asked has gone
            self.close_connection = True
        served.n_bytes += len(sent)
        self.close_connection = self.close_connection or is_broken

    def log_message(self, *_: object) -> None:
        """Nothing is told on the terminal."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Whoever asked has gone."""


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[Served]:
    """A server of the files of a folder, until the end of the passage; ``address`` has no slash at its end."""
    served = Served(folder)
    server = _Server(("127.0.0.1", port), type("Handler", (_Handler,), {"served": served}))
    served.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
