"""Whether the command's run goes on in its collection. Light: the window's process asks it too."""

from dataclasses import replace
from typing import Any

from collector.storage import CollectionError, open_collection
from models.names import KERAS_MODELS
from models.options import TrainOptions

WAY_OUT = "Give the options it was made with, add --force to train anew and replace it, or name another --output_path."


def resumed_options(options: TrainOptions) -> TrainOptions | None:
    """The options that a run goes on with: what was left to Strobe is as it was. None where nothing is left to train.

    Raises:
        CollectionError: the collection cannot be read, is of another run, or of one that Keras trains.
    """
    path = options.collection_path
    with open_collection(path) as existing:
        differences = options.differences(existing.run.options)
        differences.pop("epochs", None)
        if differences:
            told = ", ".join(f"{name} {made} and not {asked}" for name, (made, asked) in differences.items())
            raise CollectionError(path, f"cannot be resumed: it was made with {told}.", WAY_OUT)
        if options.model_name in KERAS_MODELS:
            problem = f"cannot be resumed: {options.model_name} is trained by Keras, of which no checkpoint is kept."
            raise CollectionError(path, problem, "Add --force to train anew and replace it.")
        n_ended = max((each.epoch + 1 for each in existing.epochs), default=0)
        if n_ended >= options.epochs:
            return None
        recorded = existing.run.options
    left: dict[str, Any] = {
        name: recorded[name] for name, asked in options.recorded().items() if asked is None and name in recorded
    }
    return replace(options, **left)
