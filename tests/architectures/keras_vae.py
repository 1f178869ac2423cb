"""A variational autoencoder with a training step of its own and no ``call``, as on Keras's pages."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from collector import KerasCollector
from tests.faults.examples.data import handwritten


class Sampling(layers.Layer):
    """A draw from the normal distribution of a mean and a log-variance."""

    def __init__(self, **options):
        super().__init__(**options)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        z_mean, z_log_var = inputs
        epsilon = keras.random.normal(shape=ops.shape(z_mean), seed=self.seed_generator)
        return z_mean + ops.exp(0.5 * z_log_var) * epsilon


class Vae(keras.Model):
    """An encoder and a decoder; the loss is made in ``train_step``."""

    def __init__(self, encoder, decoder, **options):
        super().__init__(**options)
        self.encoder, self.decoder = encoder, decoder
        self.total_loss_tracker = keras.metrics.Mean(name="total_loss")
        self.reconstruction_loss_tracker = keras.metrics.Mean(name="reconstruction_loss")
        self.kl_loss_tracker = keras.metrics.Mean(name="kl_loss")

    @property
    def metrics(self):
        """What is begun anew at each epoch."""
        return [self.total_loss_tracker, self.reconstruction_loss_tracker, self.kl_loss_tracker]

    def train_step(self, data):
        """One update; the means so far."""
        with tf.GradientTape() as tape:
            z_mean, z_log_var, z = self.encoder(data)
            reconstruction = self.decoder(z)
            off = ops.sum(keras.losses.binary_crossentropy(data, reconstruction), axis=(1, 2))
            reconstruction_loss = ops.mean(off)
            kl_loss = -0.5 * (1 + z_log_var - ops.square(z_mean) - ops.exp(z_log_var))
            kl_loss = ops.mean(ops.sum(kl_loss, axis=1))
            total_loss = reconstruction_loss + kl_loss
        gradients = tape.gradient(total_loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        self.total_loss_tracker.update_state(total_loss)
        self.reconstruction_loss_tracker.update_state(reconstruction_loss)
        self.kl_loss_tracker.update_state(kl_loss)
        return {each.name: each.result() for each in self.metrics}


def train(path: Path, seed: int = 0, steps: int = 300) -> float:
    """Minus the held-out error of what is made of the means."""
    keras.utils.set_random_seed(seed)
    pictures, _, held, _ = (each.numpy() for each in handwritten())
    low, high = pictures.min(), pictures.max()
    pictures, held = (np.clip((each - low) / (high - low), 0, 1).transpose(0, 2, 3, 1) for each in (pictures, held))

    inputs = keras.Input((28, 28, 1))
    x = layers.Conv2D(16, 3, activation="relu", strides=2, padding="same")(inputs)
    x = layers.Conv2D(32, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
    z_mean, z_log_var = layers.Dense(4, name="z_mean")(x), layers.Dense(4, name="z_log_var")(x)
    encoder = keras.Model(inputs, [z_mean, z_log_var, Sampling()([z_mean, z_log_var])], name="encoder")
    latent = keras.Input((4,))
    x = layers.Reshape((7, 7, 32))(layers.Dense(7 * 7 * 32, activation="relu")(latent))
    x = layers.Conv2DTranspose(32, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(16, 3, activation="relu", strides=2, padding="same")(x)
    outputs = layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x)
    decoder = keras.Model(latent, outputs, name="decoder")

    vae = Vae(encoder, decoder)
    vae.compile(optimizer=keras.optimizers.Adam(1e-3))
    size = 64
    n = min(len(pictures), steps * size) // size * size
    run = lambda model, pictures: model.decoder(model.encoder(pictures)[0])  # noqa: E731
    collector = KerasCollector(path, probe=(held[:16], None), probe_call=run)
    vae.fit(pictures[:n], epochs=steps * size // n, batch_size=size, verbose=0, callbacks=[collector])
    made = decoder.predict(encoder.predict(held, verbose=0)[0], verbose=0)
    return -float(np.square(made - held).mean())
