"""Weights that were kept of a Keras model, as a collection."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from collector import CollectionError, KerasCollector, from_checkpoints, open_collection

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
"""What Keras's saving has NumPy say."""


def network() -> keras.Model:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, name="conv"),
            layers.ReLU(name="relu"),
            layers.Flatten(name="flatten"),
            layers.Dropout(0.5, name="drop"),
            layers.Dense(3, activation="softmax", name="dense"),
        ]
    )


class Keep(keras.callbacks.Callback):
    """Keeps the weights before each step and at the end, in turn in either form."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.step = folder, 0

    def _save(self) -> None:
        if self.step % 2:
            self.model.save(self.folder / f"step_{self.step}.keras")
        else:
            self.model.save_weights(self.folder / f"step_{self.step}.weights.h5")

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._save()
        self.step += 1

    def on_train_end(self, logs: Any = None) -> None:
        self._save()


def test_that_the_checkpoints_of_a_run_give_the_passes_of_its_own_collection(tmp_path: Path, samples) -> None:
    inputs, labels = samples(16, 8, 8, 1)
    model = network()
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    probe = inputs[:5], labels[:5]
    record = KerasCollector(tmp_path / "own.json", probe=probe, interval=1)
    model.fit(inputs, labels, batch_size=4, verbose=0, callbacks=[Keep(tmp_path), record])
    files = [*tmp_path.glob("*.keras"), *tmp_path.glob("*.weights.h5")]
    other = network()
    before = [each.numpy() for each in other.variables]
    from_checkpoints(other, files, tmp_path / "made.json", probe=probe, similarity=samples(20, 8, 8, 1))
    assert all(np.array_equal(each.numpy(), was) for each, was in zip(other.variables, before, strict=True))
    with open_collection(tmp_path / "made.json") as made, open_collection(tmp_path / "own.json") as own:
        assert made.passes.steps.tolist() == own.passes.steps.tolist() == [0, 1, 2, 3, 4]
        assert made.similarities.steps.tolist() == [0, 1, 2, 3, 4]
        for one, same in zip(made.passes, own.passes, strict=True):
            np.testing.assert_array_equal(one.logits, same.logits)
            for name, layer in one.layers.items():
                for kind in ("weight", "bias", "activation", "feature_maps", "weight_update", "bias_update"):
                    mine, theirs = getattr(layer, kind), getattr(same.layers[name], kind)
                    assert (mine is None) == (theirs is None), (name, kind, one.step)
                    if mine is not None:
                        np.testing.assert_array_equal(mine, theirs, err_msg=f"{kind} of {name}, step {one.step}")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.keras", "no such file"),
        ("other.weights.h5", "does not fit"),
        ("spoilt.keras", "does not fit"),
        ("weights.txt", "is none of .keras, .weights.h5"),
    ],
)
def test_that_a_file_that_does_not_do_is_told_in_words_before_anything_is_written(
    tmp_path: Path, name: str, words: str
) -> None:
    path = tmp_path / name
    if name.startswith("other"):
        keras.Sequential([keras.Input((2,)), keras.layers.Dense(7)]).save_weights(path)
    elif not name.startswith("missing"):
        path.write_text("nothing")
    with pytest.raises(CollectionError, match=words):
        from_checkpoints(network(), path, tmp_path / "made.json")
    assert not (tmp_path / "made.json").exists()


def test_that_a_model_in_memory_is_a_snapshot_and_one_without_weights_is_refused(tmp_path: Path, samples) -> None:
    model = network()
    from_checkpoints(model, (), tmp_path / "made.json", probe=samples(5, 8, 8, 1))
    with open_collection(tmp_path / "made.json") as made:
        (pass_,) = made.passes
        np.testing.assert_array_equal(pass_.layers["dense"].bias, model.get_layer("dense").bias.numpy())
    with pytest.raises(ValueError, match="has no weights yet"):
        from_checkpoints(keras.Sequential([keras.layers.Dense(3)]), (), tmp_path / "other.json")
