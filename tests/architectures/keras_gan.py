"""A GAN with a training step of its own, two optimizers and no ``call``, as on Keras's pages."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from collector import KerasCollector
from tests.faults.bases import digits

NOISE = 16


class Gan(keras.Model):
    """A generator against a discriminator."""

    def __init__(self, discriminator, generator):
        super().__init__()
        self.discriminator, self.generator = discriminator, generator
        self.seed_generator = keras.random.SeedGenerator(1337)

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        """Each part has an optimizer."""
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn
        self.d_loss_metric, self.g_loss_metric = keras.metrics.Mean("d_loss"), keras.metrics.Mean("g_loss")

    @property
    def metrics(self):
        """What is begun anew at each epoch."""
        return [self.d_loss_metric, self.g_loss_metric]

    def train_step(self, real):
        """An update of both; the means so far."""
        n = ops.shape(real)[0]
        made = self.generator(keras.random.normal((n, NOISE), seed=self.seed_generator))
        labels = ops.concatenate([ops.ones((n, 1)), ops.zeros((n, 1))], axis=0)
        labels += 0.05 * tf.random.uniform(tf.shape(labels))
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.discriminator(ops.concatenate([made, real], axis=0)))
        gradients = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(gradients, self.discriminator.trainable_weights, strict=True))
        noise = keras.random.normal((n, NOISE), seed=self.seed_generator)
        with tf.GradientTape() as tape:
            g_loss = self.loss_fn(ops.zeros((n, 1)), self.discriminator(self.generator(noise)))
        gradients = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(gradients, self.generator.trainable_weights, strict=True))
        self.d_loss_metric.update_state(d_loss)
        self.g_loss_metric.update_state(g_loss)
        return {"d_loss": self.d_loss_metric.result(), "g_loss": self.g_loss_metric.result()}


def judge(model, noise):
    """The discriminator's score of what is made of noise, and that itself as pictures."""
    made = model.generator(noise)
    return model.discriminator(made), ops.reshape(made, (-1, 8, 8, 1))


def train(path: Path, seed: int = 0, steps: int = 800) -> float:
    """Minus how far the mean picture that is made is off the mean real one."""
    keras.utils.set_random_seed(seed)
    real = np.tanh(digits()[0].numpy())[:1280]
    discriminator = keras.Sequential(
        [
            *(keras.Input((64,)), layers.Dense(64), layers.LeakyReLU(0.2), layers.Dense(32), layers.LeakyReLU(0.2)),
            *(layers.Dropout(0.2), layers.Dense(1)),
        ],
        name="discriminator",
    )
    generator = keras.Sequential(
        [keras.Input((NOISE,)), layers.Dense(64, "relu"), layers.Dense(64, "relu"), layers.Dense(64, "tanh")],
        name="generator",
    )
    gan = Gan(discriminator, generator)
    gan.compile(
        keras.optimizers.Adam(1e-3, beta_1=0.5),
        keras.optimizers.Adam(1e-3, beta_1=0.5),
        keras.losses.BinaryCrossentropy(from_logits=True),
    )
    noise = np.random.default_rng(0).normal(size=(16, NOISE)).astype(np.float32)
    collector = KerasCollector(path, probe=(noise, None), probe_call=judge)
    n = min(len(real), steps * 64) // 64 * 64
    gan.fit(real[:n], epochs=steps * 64 // n, batch_size=64, verbose=0, callbacks=[collector])
    made = generator.predict(np.random.default_rng(1).normal(size=(512, NOISE)).astype(np.float32), verbose=0)
    return -float(np.square(made.mean(0) - real.mean(0)).mean())
