"""Of which samples of a training it is told what becomes of each."""

from typing import Any

import numpy as np

from data.pictures import DataSource, PictureDataset
from models.options import TrainOptions


def story_options(options: TrainOptions, source: DataSource) -> dict[str, Any]:
    """The collector's keywords: training samples as they are, without augmentation, evenly spread over all."""
    whole = source.train
    numbers = np.linspace(0, len(whole) - 1, min(options.story_samples, len(whole))).round().astype(np.int64)
    if not len(numbers):
        return {"stories": None}
    plain = PictureDataset(whole.pictures, whole.labels, whole.mean, whole.std)
    return {
        "stories": plain.__getitems__(numbers.tolist()),
        "story_numbers": numbers,
        "story_interval": options.story_interval,
        "story_of": "training",
    }
