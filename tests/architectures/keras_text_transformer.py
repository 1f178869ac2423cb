"""A transformer that classifies texts, as on Keras's pages: from which of three files a line of code is."""

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from collector import KerasCollector
from tests.architectures.code_lines import FILES, LENGTH, lines_of_code


class TransformerBlock(layers.Layer):
    """Attention and two dense layers, a norm behind each."""

    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1):
        super().__init__()
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim // num_heads)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm1, self.layernorm2 = (layers.LayerNormalization(epsilon=1e-6) for _ in range(2))
        self.dropout1, self.dropout2 = layers.Dropout(rate), layers.Dropout(rate)

    def call(self, inputs):
        out1 = self.layernorm1(inputs + self.dropout1(self.att(inputs, inputs)))
        return self.layernorm2(out1 + self.dropout2(self.ffn(out1)))


class TokenAndPositionEmbedding(layers.Layer):
    """What the words are, and where they stand."""

    def __init__(self, maxlen, vocab_size, embed_dim):
        super().__init__()
        self.token_emb, self.pos_emb = layers.Embedding(vocab_size, embed_dim), layers.Embedding(maxlen, embed_dim)

    def call(self, x):
        return self.token_emb(x) + self.pos_emb(ops.arange(ops.shape(x)[-1]))


def train(path: Path, seed: int = 0, steps: int = 200) -> float:
    """Share of held-out lines told right."""
    keras.utils.set_random_seed(seed)
    ids, _, classes, n_words = lines_of_code()
    order = np.random.default_rng(0).permutation(len(ids))
    ids, classes = ids.numpy()[order], classes.numpy()[order]
    inputs = keras.Input((LENGTH,))
    x = TransformerBlock(32, 2, 32)(TokenAndPositionEmbedding(LENGTH, n_words, 32)(inputs))
    x = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))
    x = layers.Dropout(0.1)(layers.Dense(20, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(len(FILES), activation="softmax")(x))
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    held = ids[:256], classes[:256]
    n = min(len(ids) - 256, steps * 32) // 32 * 32
    data = ids[256:][:n], classes[256:][:n]
    collector = KerasCollector(path, probe=(held[0][:16], held[1][:16]), class_names=FILES)
    options = {"batch_size": 32, "epochs": max(steps * 32 // n, 1), "validation_data": held, "verbose": 0}
    model.fit(*data, **options, callbacks=[collector])
    return float(model.evaluate(*held, verbose=0)[1])
