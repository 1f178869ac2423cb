"""Files as an earlier Strobe left them, and files that were changed by somebody who knows of checksums."""

import json
import re
from pathlib import Path

from collector.storage.checksums import HEADER, SUMMARY, crc32, field, resealed

_FIELDS = re.compile(
    rb',"(?:front_crc|outer_crc|crc|header_crc|summary_crc|part_crcs|parts_crc)":"[0-9a-f]*"|,"parts":\{"layers":.*?\}'
)
_WORD = b',"checksums":"crc32"'


def plain(content: bytes) -> bytes:
    """The content without any checksum, its index brought up to date."""
    first, *lines = _FIELDS.sub(b"", content.replace(_WORD, b"")).splitlines(keepends=True)
    return _indexed(first, lines)


def honest(content: bytes) -> bytes:
    """The content, which somebody changed, with checksums that agree and an index that is up to date."""
    first, *lines = _FIELDS.sub(b"", content).splitlines(keepends=True)
    body = first.removesuffix(b',"records":[\n')
    first = body + field(HEADER, crc32(body)) + b',"records":[\n'
    return _indexed(first, [line if line.startswith(b"],") else _sealed(line) for line in lines])


def _sealed(line: bytes) -> bytes:
    comma = line[: line.startswith(b",")]
    text = line[len(comma) :].rstrip()
    return comma + b"".join(resealed(json.loads(text)["record"], text)) + b"\n"


def _indexed(first: bytes, lines: list[bytes]) -> bytes:
    """The lines behind the first, and the last with the places where they stand now."""
    if not lines or not lines[-1].startswith(b"],"):
        return first + b"".join(lines)
    *lines, last = lines
    tail = json.loads(b"{" + last[2:])
    places, at = [], len(first)
    for line in lines:
        comma = line.startswith(b",")
        places.append((at + comma, len(line) - comma - 1))
        at += len(line)
    tail["index"] = [[*entry[:2], *place] for entry, place in zip(tail["index"], places, strict=True)]
    del tail["index_at"]
    text = b"]," + json.dumps(tail, separators=(",", ":"), ensure_ascii=False).encode()[1:-1]
    if _WORD in first:
        text += field(SUMMARY, crc32(text))
    return first + b"".join(lines) + text + b',"index_at":%15d}\n' % at


def rewrite(path: Path, *, before: bytes, after: bytes) -> None:
    """Change a file as somebody does who knows of checksums."""
    content = path.read_bytes()
    assert before in content
    path.write_bytes(honest(content.replace(before, after)))
