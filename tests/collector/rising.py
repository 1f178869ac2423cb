"""Whether the series of a collection rise strictly, and are the same wherever they stand in the file."""

import csv
import io
import json

import numpy as np

from collector.export.scalars import write_scalars
from collector.storage import Collection
from collector.storage.blocks import Block, to_array


def assert_rising(collection: Collection) -> None:
    """In the file's records, in its summary, from the reader and in the CSV: no step twice, none before another."""
    document = json.loads(collection.path.read_text())
    records: dict[str, list[tuple[int, float]]] = {}
    for record in document["records"]:
        if record["record"] == "steps":
            steps = range(record["from"], record["to"], record.get("every", 1))
            for name, values in record["columns"].items():
                records.setdefault(name, []).extend(zip(steps, _array(values), strict=True))
    assert records.keys() == set(collection.series) == document["summary"]["columns"].keys()
    table = _table(collection)
    for name, points in records.items():
        steps, values = (np.array(each) for each in zip(*points, strict=True))
        assert (np.diff(steps) > 0).all(), f"{name} is written at steps {steps.tolist()}"
        column = document["summary"]["columns"][name]
        summed = _array(column["values"])
        own = np.arange(len(summed)) if column.get("steps") is None else _array(column["steps"])
        read = collection.series.recorded(name)
        for other, same in ((own, steps), (read[0], steps), (summed, values), (read[1], values)):
            np.testing.assert_array_equal(other, same, err_msg=name)
        told = [table[name].get(step, np.nan) for step in steps.tolist()]
        np.testing.assert_array_equal(told, values, err_msg=name)
        assert set(table[name]) <= set(steps.tolist())


def _array(value: object) -> np.ndarray:
    return to_array(Block(**value) if isinstance(value, dict) else value, "<f8")  # type: ignore[arg-type]


def _table(collection: Collection) -> dict[str, dict[int, float]]:
    """Name → step → value, as the CSV has them."""
    text = io.StringIO(newline="")
    write_scalars(collection, text)
    rows = list(csv.reader(io.StringIO(text.getvalue(), newline="")))
    names = [name.removesuffix(" (estimate)") for name in rows[0][1:]]
    return {
        name: {int(row[0]): float(row[place]) for row in rows[1:] if row[place]}
        for place, name in enumerate(names, start=1)
    }
