import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_that_writing_a_scalar_does_not_load_tensorflow(tmp_path: Path) -> None:
    code = """
import sys
from models.tensorboard_writer import open_writer
writer = open_writer(sys.argv[1])
writer.add_scalar("loss", 0.5, 0)
writer.close()
print("tensorflow" in sys.modules, "tensorboard" in sys.modules)
"""
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path / "logs")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.split() == ["False", "True"]
    assert len(list((tmp_path / "logs").iterdir())) == 1


def test_that_the_trainer_and_its_callbacks_load_neither_tensorboard_nor_torchmetrics() -> None:
    code = """
import sys
import models.training, models.metrics, models.model_save, models.progress, models.build, models.optimizers
heavy = ("tensorflow", "tensorboard", "torchmetrics", "torchvision")
print([name for name in heavy if name in sys.modules])
"""
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() == "[]"
