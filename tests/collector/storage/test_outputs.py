"""What a pass holds of outputs that are no row of logits, and what a probe says they shall be."""

from pathlib import Path

import numpy as np
import pytest

from collector.storage import open_collection
from collector.storage.errors import DamagedError
from collector.storage.schema import Header, PassRecord, Probe, Run, Task, TokenNamesRecord, TopLogits
from collector.storage.writer import CollectionWriter


def written(path: Path, probe: Probe, *records: object) -> Path:
    header = Header("strobe.collection", 1, Run("2026-01-01T00:00:00+00:00", 1, 0), [], probe, checksums="crc32")
    with CollectionWriter(path, header) as writer:
        for record in records:
            writer.write(record)  # type: ignore[arg-type]
    return path


def test_outputs_losses_and_tokens_are_read_as_they_were_written(tmp_path: Path) -> None:
    outputs, losses = np.arange(24, dtype="f4").reshape(2, 3, 4), np.arange(5, dtype="f4")
    tops = TopLogits(
        50,
        np.arange(12).reshape(2, 3, 2),
        np.ones((2, 3, 2), "f4"),
        np.full((2, 3), 9, "f4"),
        np.zeros((2, 3), "f4"),
        np.full((2, 3), 2, "f4"),
    )
    record = PassRecord(0, 0, outputs=outputs, losses=losses, token_logits=tops)
    with open_collection(written(tmp_path / "run.json", Probe(np.zeros((5, 3), "f4")), record)) as collection:
        taken = collection.passes[0]
        np.testing.assert_array_equal(taken.outputs, outputs)
        np.testing.assert_array_equal(taken.losses, losses)
        np.testing.assert_array_equal(taken.token_logits.numbers, tops.numbers)
        np.testing.assert_allclose(taken.token_logits.probabilities, np.exp(1.0 - 9.0))
        assert not collection.verify().faults


@pytest.mark.parametrize("record", [{"outputs": np.zeros((6, 2), "f4")}, {"losses": np.zeros(4, "f4")}])
def test_arrays_of_other_samples_than_the_probes_are_damage(tmp_path: Path, record: dict[str, np.ndarray]) -> None:
    path = written(tmp_path / "run.json", Probe(np.zeros((5, 3), "f4")), PassRecord(0, 0, **record))
    with open_collection(path) as collection, pytest.raises(DamagedError):
        _ = [getattr(collection.passes[0], name) for name in record]


def test_token_names_are_those_of_the_probe_and_of_every_record_since(tmp_path: Path) -> None:
    probe = Probe(np.zeros((1, 2), "f4"), token_names={"3": "the", "no number": "x"})
    path = written(tmp_path / "run.json", probe, TokenNamesRecord(4, {"7": "cat" * 100}))
    with open_collection(path) as collection:
        assert collection.token_names == {3: "the", 7: ("cat" * 100)[:100]}


def test_targets_and_the_task_given_come_back(tmp_path: Path) -> None:
    probe = Probe(np.zeros((3, 2), "f4"), task=Task("values"), targets=np.arange(3, dtype="f8"), output_shape=[])
    with open_collection(written(tmp_path / "run.json", probe)) as collection:
        np.testing.assert_array_equal(collection.probe.targets, np.arange(3, dtype="f4"))
        assert (collection.task.kind, collection.task.is_given) == ("values", True)


def test_targets_of_more_samples_than_there_are_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="targets have shape"):
        written(tmp_path / "run.json", Probe(np.zeros((3, 2), "f4"), targets=np.zeros(4, "f4")))
