"""A plain export reads the same as what it was made of."""

import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy

from collector.export.plain import plain_lines
from collector.storage import Collection, CollectionWriter, open_collection
from collector.storage.schema import (
    FORMAT,
    VERSION,
    EpochRecord,
    Header,
    Layer,
    LayerRecord,
    NoteRecord,
    PassRecord,
    Probe,
    Projection,
    ProjectionSamplesRecord,
    Run,
    StepsRecord,
)
from collector.storage.snapshot import KINDS

FLOATS = st.sampled_from([np.dtype(each) for each in ("<f2", "<f4", "<f8")])
UNITS, INPUTS, SAMPLES = 17, 4, 3


def arrays(*shape: int, dtypes: st.SearchStrategy = FLOATS) -> st.SearchStrategy:
    return dtypes.flatmap(lambda dtype: of_numpy.arrays(dtype, shape))


def layer_records() -> st.SearchStrategy[LayerRecord]:
    shapes = {"activation": (SAMPLES, UNITS), "weight": (UNITS, INPUTS), "bias": (UNITS,)}
    shapes |= {f"{kind}_{what}": shapes[kind] for kind in ("weight", "bias") for what in ("gradient", "update")}
    shapes["feature_maps"] = (2, UNITS, 2, 2)
    return st.fixed_dictionaries({}, optional={kind: arrays(*shape) for kind, shape in shapes.items()}).map(
        lambda fields: LayerRecord(**fields)
    )


COLUMN_TYPES = st.sampled_from([np.dtype(each) for each in ("<f2", "<f4", "<f8", "<i2", "<i4", "|u1")])
STEPS = st.integers(1, 80).flatmap(
    lambda length: st.dictionaries(
        st.sampled_from(["loss", "near_zero@1e-07/fc", "gradient_norm/fc"]),
        arrays(length, dtypes=COLUMN_TYPES),
        min_size=1,
    ).map(lambda columns: (length, columns))
)


def write(path: Path, layer: LayerRecord, parts: list[Any], pictures: np.ndarray, *, is_finished: bool) -> None:
    header = Header(
        FORMAT,
        VERSION,
        Run("2026-01-01T00:00:00+00:00", 1, 0),
        [Layer("fc", "Linear", UNITS, "fc", np.arange(UNITS), input_units=INPUTS, input_kept=np.arange(INPUTS))],
        Probe(np.linspace(0, 1, SAMPLES * INPUTS).reshape(SAMPLES, INPUTS), np.arange(SAMPLES)),
        projection=Projection(samples=len(pictures), layers=[]),
    )
    writer = CollectionWriter(path, header)
    writer.write(ProjectionSamplesRecord(0, pictures))
    writer.write(PassRecord(number=0, step=0, layers={"fc": layer}, logits=np.ones((SAMPLES, 2), np.float32)))
    step = 0
    for length, columns in parts:
        writer.write(StepsRecord(step, step + length, columns))
        step += length
    writer.write(NoteRecord(step, 'a note with "quotes" and \n'))
    writer.write(EpochRecord(0, step, {"test_loss": "nan", "accuracy": 0.5}))
    if is_finished:
        writer.close()


def everything(collection: Collection) -> dict[str, Any]:
    """What a reader gives, arrays as lists with their words, so that it can be compared."""
    taken = collection.passes[0]
    samples = collection.projection_samples
    return {
        "finished": collection.finished,
        "damaged": collection.damaged,
        "n_steps": collection.n_steps,
        "run": msgspec.to_builtins(collection.run),
        "layers": [
            (layer.name, layer.kept.tolist(), layer.input_kept.tolist()) for layer in collection.layers.values()
        ],
        "probe": None if collection.probe is None else [told(collection.probe.inputs), told(collection.probe.labels)],
        "arrays": {kind: told(getattr(taken.layers["fc"], kind)) for kind in KINDS},
        "logits": told(taken.logits),
        "series": {name: [told(each) for each in collection.series.recorded(name)] for name in collection.series},
        "epochs": msgspec.to_builtins(collection.epochs),
        "notes": msgspec.to_builtins(collection.notes),
        "pictures": None if samples is None else [samples.pictures.dtype.name, told(samples.pictures)],
    }


def told(array: np.ndarray | None) -> str | None:
    return None if array is None else str(array.astype(np.float64).tolist())


PICTURES = st.sampled_from([np.arange(2 * 25, dtype=np.uint8).reshape(2, 1, 5, 5), np.full((3, 7), 0.1, np.float32)])


@settings(max_examples=20, deadline=None)
@given(layer_records(), st.lists(STEPS, max_size=3), PICTURES, st.booleans())
def test_that_a_plain_export_reads_the_same(
    layer: LayerRecord, parts: list[Any], pictures: np.ndarray, is_finished: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, plain = Path(folder) / "run.json", Path(folder) / "plain.json"
        write(path, layer, parts, pictures, is_finished=is_finished)
        plain.write_bytes(b"".join(plain_lines(path)))
        assert "base64" not in plain.read_text()
        json.loads(plain.read_text(), parse_constant=pytest.fail)
        with open_collection(path) as own, open_collection(plain) as copy:
            assert everything(copy) == everything(own)


def test_that_an_array_without_values_keeps_its_shape(tmp_path: Path) -> None:
    path, plain = tmp_path / "run.json", tmp_path / "plain.json"
    header = Header(FORMAT, VERSION, Run("", 1, 0), [], Probe(np.zeros((0, 3, 4))))
    CollectionWriter(path, header).close()
    plain.write_bytes(b"".join(plain_lines(path)))
    with open_collection(plain) as copy:
        assert copy.probe is not None
        assert copy.probe.inputs.shape == (0, 3, 4)


def test_that_a_real_collection_reads_the_same_when_it_is_plain(collection_path: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.json"
    plain.write_bytes(b"".join(plain_lines(collection_path)))
    with open_collection(collection_path) as own, open_collection(plain) as copy:
        assert copy.damaged == []
        assert list(copy.series) == list(own.series)
        for name in own.series:
            for mine, other in zip(own.series.recorded(name), copy.series.recorded(name), strict=True):
                np.testing.assert_array_equal(mine, other, err_msg=name)
        assert len(copy.passes) == len(own.passes)
        for name, layer in own.passes[-1].layers.items():
            for kind in KINDS:
                np.testing.assert_array_equal(getattr(copy.passes[-1].layers[name], kind), getattr(layer, kind))
        for row in range(len(own.signs)):
            np.testing.assert_array_equal(own.signs.columns(row, 0, 10**9), copy.signs.columns(row, 0, 10**9))
