"""What Keras's layers give along a sequence is in the file as it comes out of them."""

from pathlib import Path

import keras
import numpy as np

from collector import KerasCollector, open_collection

layers = keras.layers


def test_that_embeddings_recurrent_layers_and_convolutions_along_time_have_sequences(tmp_path: Path) -> None:
    given = keras.Input((70,), dtype="int32")
    words = layers.Embedding(30, 6, name="words")(given)
    read = layers.LSTM(5, return_sequences=True, name="lstm")(words)
    made = layers.Conv1D(4, 3, padding="same", name="conv")(read)
    model = keras.Model(given, layers.Dense(3, name="out")(layers.GlobalAveragePooling1D()(made)))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    random = np.random.default_rng(0)
    inputs, labels = random.integers(0, 30, (4, 70)), random.integers(0, 3, 4)
    parts = [model.get_layer(name) for name in ("words", "lstm", "conv")]
    outputs = keras.Model(given, [part.output for part in parts])(inputs)

    callback = KerasCollector(tmp_path / "run.json", probe=(inputs, labels), neuron_cap=3)
    model.fit(inputs, labels, verbose=0, callbacks=[callback])

    steps = np.linspace(0, 69, 64).round().astype(int)
    with open_collection(tmp_path / "run.json") as collection:
        for part, output in zip(parts, outputs, strict=True):
            layer, found = collection.layers[part.name], collection.passes[0].layers[part.name]
            assert layer.sequence is not None and found.sequence is not None
            assert (layer.sequence.size, layer.sequence.kept.tolist()) == (70, steps.tolist())
            expected = np.asarray(output)[:, steps][..., layer.kept]
            np.testing.assert_allclose(found.sequence, expected, atol=1e-3)
        assert collection.layers["out"].sequence is None
