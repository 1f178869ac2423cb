"""Weights that were kept, as a collection: whichever framework they are of."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def from_checkpoints(
    model: Any,
    files: str | Path | Sequence[str | Path] | Mapping[int, str | Path] = (),
    path: str | Path = "checkpoints.json",
    **options: Any,
) -> None:
    """Make a collection with a pass for each file of weights; nothing is trained, and the model is as before.

    ::

        from_checkpoints(model, sorted(Path("run").glob("*.pt")), "kept.json", probe=(images, labels))

    A pass has the weights of its file and their change to the next one, and of the probe activations and predictions;
    with ``similarity`` the layers are compared at each. Without files, or with one, it is a snapshot: of the model as
    it is in memory, or of a pretrained one.

    Files are read without running code that they bring: what holds more than numbers is refused. Of PyTorch these are
    state dicts (``torch.save``, also within a dict of a training's state), Lightning's ``.ckpt``, ``.safetensors``, and
    folders of Hugging Face's; of Keras ``.keras`` and ``.weights.h5``. Names that a wrapper has put something before
    are found.

    Args:
        model: that the weights were saved of, built; its own are put back.
        files: one, several, or step → file. The steps of several are those that the files say they were saved at, or
            else the last numbers in their names, or else their order.
        path: the collection to write.
        options: ``probe``, ``similarity``, ``similarity_features``, ``neuron_cap``, ``unit_rule``, ``class_names``,
            ``mean``, ``std``, ``feature_maps``, ``feature_samples``, ``task``, ``tokenizer``, ``overwrite``, ``about``,
            ``probe_call``, as the framework's collector has them.

    Raises:
        CollectionError: a file cannot be read or does not fit the model, or the collection exists.
        ValueError: a bad option.
    """
    of_keras = any(kind.__module__.partition(".")[0] == "keras" for kind in type(model).__mro__)
    if of_keras:
        from collector.keras.checkpoints import from_checkpoints as of_framework
    else:
        from collector.pytorch.checkpoints import from_checkpoints as of_framework
    of_framework(model, files, path, **options)
