"""Changes a collection in one of many ways, most of them with checksums and an index that agree with the change."""

import json
import random
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from typing import Any

from collector.storage.checksums import FIELDS, HEADER, SUMMARY, crc32, field, resealed
from collector.storage.header import LINE_END

TEXTS = (
    "",
    "<img src='/dev/zero'><b>bold</b>",
    "/etc/passwd",
    "../../x",
    "salt & pepper",
    "\u202eback to front",
    "العربية",
    "层" * 40,
    "👩‍🔬",
    "a\0b\x1b[31m",
    "long " * 200_000,
    "x" * 300,
    "a.b.c." * 60,
    "input",
    "output",
    "total",
    "%n %s {} {0}",
    "[*]",
)
NUMBERS = (
    0,
    -1,
    1,
    2,
    255,
    2**20,
    10**9,
    2**31 - 1,
    2**31,
    2**32,
    2**53 - 1,
    2**53,
    2**63,
    10**30,
    0.5,
    -0.0,
    1e-320,
    1e300,
    -1e308,
)
ODD = (None, True, [], {}, [[]], [None], "nan", "inf", [1e300], [0], {"dtype": "<f4", "shape": [0], "base64": ""})
VALUES = (b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\x00\x00\x80\xff", b"\xff\xff\x7f\x7f", b"\x01\x00\x00\x00")
"""NaN, +Inf, -Inf, the largest and the smallest float32."""

Lines = list[Any]
"""The first line, each record, the last line where there is one, as JSON values; bytes for what is none."""
Change = Callable[[Lines, random.Random], None]


def mutated(content: bytes, seed: int) -> tuple[str, bytes]:
    """What was done to the content, in words, and what it has become."""
    chance = random.Random(seed)
    lines = lines_of(content)
    if chance.random() < 0.15:
        change = chance.choice(_OF_BYTES)
        return change.__name__.strip("_"), change(content, chance)
    done = []
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        change_lines = chance.choice(_OF_LINES)
        change_lines(lines, chance)
        done.append(change_lines.__name__.strip("_"))
    return "+".join(done), content_of(lines, has_checksums=chance.random() < 0.8)


def _flip_bits(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut_off(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _nul_behind(content: bytes, chance: random.Random) -> bytes:
    return _cut_off(content, chance) + bytes(chance.choice((1, 100, 10**6)))


def _hole(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes(chance.randrange(1, 5000)) + content[at + chance.randrange(1, 5000) :]


def _swap_lines(lines: Lines, chance: random.Random) -> None:
    one, other = chance.randrange(1, len(lines)), chance.randrange(1, len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _repeat_line(lines: Lines, chance: random.Random) -> None:
    lines.insert(chance.randrange(1, len(lines)), json.loads(json.dumps(chance.choice(lines[1:]))))


def _drop_line(lines: Lines, chance: random.Random) -> None:
    if len(lines) > 2:
        del lines[chance.randrange(1, len(lines))]


def _change_leaf(lines: Lines, chance: random.Random) -> None:
    """Another value of the same kind, or of another, anywhere."""
    holder, key, value = chance.choice([*_leaves(_some_line(lines, chance))])
    if isinstance(value, str) and chance.random() < 0.6:
        holder[key] = chance.choice(TEXTS)
    elif isinstance(value, int | float) and chance.random() < 0.8:
        holder[key] = chance.choice(NUMBERS)
    else:
        holder[key] = chance.choice((*ODD, *NUMBERS, *TEXTS))


def _change_branch(lines: Lines, chance: random.Random) -> None:
    """A list or an object becomes another, loses a part, has one twice, or becomes something else."""
    branches = [each for each in _places(_some_line(lines, chance)) if isinstance(each[2], list | dict)]
    if not branches:
        return
    holder, key, value = chance.choice(branches)
    what = chance.randrange(4)
    if what == 0 and value:
        del value[chance.choice([*value] if isinstance(value, dict) else range(len(value)))]
    elif what == 1 and isinstance(value, list) and value:
        value.insert(chance.randrange(len(value)), json.loads(json.dumps(chance.choice(value))))
    elif what == 2 and isinstance(value, dict) and value:
        value[chance.choice(TEXTS)] = json.loads(json.dumps(value[chance.choice([*value])]))
    else:
        holder[key] = chance.choice(ODD)


def _rename(lines: Lines, chance: random.Random) -> None:
    """One name becomes another everywhere, as of a layer."""
    first = lines[0]
    if isinstance(first, dict) and first.get("layers"):
        old = str(chance.choice(first["layers"]).get("name", "fc"))
        new = chance.choice([each for each in TEXTS if len(each) < 1000])
        lines[:] = [_renamed(each, old, new) for each in lines]


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key.replace(old, new): _renamed(each, old, new) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, old, new) for each in value]
    return value.replace(old, new) if isinstance(value, str) and len(value) < 1000 else value


def _change_block(lines: Lines, chance: random.Random) -> None:
    """Another shape, type, text or content of an array."""
    blocks = [each[2] for line in lines for each in _places(line) if _is_block(each[2])]
    if not blocks:
        return
    block = chance.choice(blocks)
    shape = block.get("shape")
    what = chance.randrange(7)
    if what == 0 and isinstance(shape, list) and shape:
        shape[chance.randrange(len(shape))] = chance.choice((0, 1, 2, 7, 2**20, 2**31, 2**53 - 1))
    elif what == 1:
        block["dtype"] = chance.choice(("<f4", "<f2", "<f8", "<i4", "<i8", "<i2", "|i1", "|u1", "|b1", "<c8"))
    elif what == 2:
        block["base64"] = block["base64"][: chance.randrange(len(block["base64"]) + 1) // 4 * 4]
    elif what == 3:
        n = chance.choice((10**3, 2**22, 2**26))
        block.update(shape=[n], dtype="|u1", codec="zlib", base64=b64encode(zlib.compress(bytes(n), 9)).decode())
    elif what == 4 and isinstance(shape, list):
        shape.reverse()
    elif what == 5 and isinstance(shape, list):
        block["shape"] = [*shape, 1] if chance.random() < 0.5 else [1, *shape]
    else:
        content = bytearray(b64decode(block["base64"] + "==="))
        for _ in range(chance.choice((1, 5, len(content) // 4))):
            at = chance.randrange(max(len(content) // 4, 1)) * 4
            content[at : at + 4] = chance.choice(VALUES)[: len(content[at : at + 4])]
        block["base64"] = b64encode(bytes(content)).decode()


def _all_of_a_kind(lines: Lines, chance: random.Random) -> None:
    """Every field of one name has the same odd value."""
    names = sorted({key for line in lines for _, key, _ in _places(line) if isinstance(key, str)} - FIELDS)
    name, value = chance.choice(names), chance.choice((*NUMBERS, *TEXTS, *ODD))
    for line in lines:
        for holder, key, _ in [*_places(line)]:
            if key == name:
                holder[key] = value


_OF_BYTES = (_flip_bits, _cut_off, _nul_behind, _hole)
_OF_LINES: tuple[Change, ...] = (
    *(_swap_lines, _repeat_line, _drop_line, _rename, _all_of_a_kind),
    *(_change_leaf, _change_leaf, _change_leaf, _change_leaf, _change_branch, _change_branch, _change_block),
    *(_change_block, _change_block),
)


def _some_line(lines: Lines, chance: random.Random) -> Any:
    """The first line as often as all others together."""
    found = [each for each in lines if isinstance(each, dict)]
    return [found[0] if chance.random() < 0.5 else chance.choice(found)]


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("base64"), str) and "dtype" in value


def _places(value: Any) -> Iterator[tuple[Any, Any, Any]]:
    """All values within one: what holds it, under which key, and itself."""
    for key, each in [*(value.items() if isinstance(value, dict) else enumerate(value))]:
        yield value, key, each
        if isinstance(each, dict | list):
            yield from _places(each)


def _leaves(value: Any) -> Iterator[tuple[Any, Any, Any]]:
    return (each for each in _places(value) if not isinstance(each[2], dict | list) and each[1] != "base64")


def lines_of(content: bytes) -> Lines:
    """The first line, the records and the last line, without their checksums."""
    first, *lines = content.splitlines()
    parsed: Lines = [json.loads(first.removesuffix(LINE_END) + b"}")]
    for line in lines:
        is_tail = line.startswith(b"],")
        try:
            parsed.append(json.loads(b"{" + line[2:] if is_tail else line.removeprefix(b",")))
        except ValueError:  # the line that a killed run has left
            break
    return [_without_checksums(each) for each in parsed]


def _without_checksums(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key not in FIELDS}


def content_of(lines: Lines, *, has_checksums: bool = True) -> bytes:
    """The file of these lines; checksums and index agree with whatever stands in them."""
    first, *records = lines
    if has_checksums and isinstance(first, dict):
        first["checksums"] = "crc32"
    text = _text(first).removesuffix(b"}")
    content = text + (field(HEADER, crc32(text)) if has_checksums else b"") + LINE_END + b"\n"
    header_end = len(content)
    entries = []
    for record in records:
        if isinstance(record, dict) and "index" in record and record is records[-1]:
            return content + _tail(record, entries, len(content), has_checksums=has_checksums)
        kind = record.get("record") if isinstance(record, dict) else None
        line = _text(record)
        if has_checksums and isinstance(kind, str):
            line = b"".join(resealed(kind, line))
        comma = b"," if len(content) > header_end else b""
        step = record.get("step", record.get("from", 0)) if isinstance(record, dict) else 0
        entries.append([str(kind), step if isinstance(step, int) else 0, len(content) + len(comma), len(line)])
        content += comma + line + b"\n"
    return content


def _tail(tail: dict[str, Any], entries: list[Any], at: int, *, has_checksums: bool) -> bytes:
    """The last line, whose index agrees with the records wherever it was not itself what was changed."""
    rest = {key: value for key, value in tail.items() if key not in ("index", "index_at")}
    text = b"]," + _text({**rest, "index": entries})[1:-1]
    text += field(SUMMARY, crc32(text)) if has_checksums else b""
    return text + b',"index_at":%15d}\n' % at


def _text(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
