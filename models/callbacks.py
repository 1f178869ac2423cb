"""The callbacks that come with the trainer, in one place to import from."""

from models.metrics import MetricsCallback
from models.model_save import ModelSaveCallback
from models.progress import ProgressCallback

__all__ = ["MetricsCallback", "ModelSaveCallback", "ProgressCallback"]
