"""Tiles of signs read from a file, and a file in which a row is spoiled."""

from pathlib import Path

from app.views.gradients.analysis.raster_range import TileKey
from app.views.gradients.analysis.raster_tiles import SignAnswer, SignRequest, SignTile
from app.views.gradients.analysis.sign_tiles import SignTiles
from collector.storage import Collection

N_COLUMNS, N_ROWS = 300_001, 20


def answers(collection: Collection, request: SignRequest, said: list[str] | None = None) -> list[SignAnswer]:
    told: list[SignAnswer] = []
    say = (said if said is not None else []).append
    SignTiles(collection.signs, say).read(request, lambda answer: (told.append(answer), True)[1])
    return told


def tiles_of(collection: Collection, *keys: TileKey, n_rows: int = N_ROWS) -> list[SignTile]:
    return [tile for answer in answers(collection, SignRequest(keys, n_rows)) for tile in answer.tiles]


def spoiled(run: Path, tmp_path: Path, kind: bytes) -> Path:
    """The file with no base64 in the row of step 60."""
    content = run.read_bytes()
    at = content.index(b'"base64":"', content.index(b'{"record":"' + kind + b'","step":60,')) + 10
    path = tmp_path / "spoiled.json"
    path.write_bytes(content[:at] + b"!!!!" + content[at + 4 :])
    return path
