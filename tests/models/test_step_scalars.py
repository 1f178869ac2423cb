"""TensorBoard gets what the collection has of each step."""

from pathlib import Path

import pytest

from collector import open_collection
from models.step_scalars import MOST, write_step_scalars
from tests.app.insight_run import write_insight_run


def curves(log_dir: Path) -> dict[str, dict[int, float]]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(log_dir / "steps"), size_guidance={"scalars": 0}).Reload()
    return {tag: {event.step: event.value for event in events.Scalars(tag)} for tag in events.Tags()["scalars"]}


def test_that_scalars_of_the_whole_model_are_written_at_their_steps(tmp_path: Path) -> None:
    path = write_insight_run(tmp_path / "run.json", interval=10, nan_at=150)
    write_step_scalars(path, tmp_path / "logs")
    written = curves(tmp_path / "logs")
    assert {"loss", "learning_rate", "near_zero@1e-07/total", "gradient_angle/total"} <= set(written)
    assert "nan/fc2" not in written, "a layer's own stays in the collection"
    steps, values = open_collection(path).series.recorded("near_zero@1e-07/total")
    assert written["near_zero@1e-07/total"] == pytest.approx(dict(zip(steps.tolist(), values.tolist(), strict=True)))


def test_that_a_long_run_is_thinned(tmp_path: Path) -> None:
    path = write_insight_run(tmp_path / "run.json", 2 * MOST + 500, layers=("fc",), interval=500, pass_interval=2000)
    write_step_scalars(path, tmp_path / "logs")
    loss = curves(tmp_path / "logs")["loss"]
    assert len(loss) <= MOST
    assert list(loss)[:3] == [0, 3, 6]


def test_that_a_missing_collection_does_no_harm(tmp_path: Path) -> None:
    write_step_scalars(tmp_path / "gone.json", tmp_path / "logs")
    assert not (tmp_path / "logs").exists()
