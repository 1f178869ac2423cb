"""Trains a Keras model as `models.run` trains a PyTorch one."""

from typing import Any

import keras

import data
from collector import KerasCollector
from data.pictures import DataSource
from models.keras_callbacks import KerasMetrics, KerasModelSave, KerasProgress
from models.keras_data import Batches, as_arrays, in_keras_order
from models.keras_networks import build, build_optimizer
from models.options import TrainOptions
from models.projection import projection_options
from models.running import collector_options, end_text, say, start_text
from models.similarity_options import similarity_options
from models.stopping import stopped_by_signals
from models.stories import story_options


class _Stop(keras.callbacks.Callback):
    """Ends a `fit` after its step, without testing the epoch that was cut short."""

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self.stopped = False
        self.tested_epochs = list(range(1, epochs + 1))

    def stop(self) -> None:
        self.stopped = True

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.stopped:
            self.tested_epochs.clear()
            self.model.stop_training = True


def train_source(options: TrainOptions, source: DataSource, seed: int) -> None:
    """Train and collect; see `models.run.train`."""
    path = options.collection_path
    keras.utils.set_random_seed(seed)
    model = build(options.model_name, source.shape, source.n_classes)
    optimizer = build_optimizer(options.optimizer, options.lr)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    batches = Batches(source.train, options.batch_size, seed)
    n_parameters, steps_per_epoch, how = model.count_params(), len(batches), "with Keras"
    say(start_text(options, source, n_parameters=n_parameters, steps_per_epoch=steps_per_epoch, how=how, seed=seed))
    test = as_arrays(source.test.__getitems__(range(len(source.test))))
    probe = as_arrays(data.choose_probe(source, options.probe_samples))
    about_run = collector_options(options, source, seed, steps_per_epoch)
    projected = projection_options(options, source, [layer.name for layer in model.layers if layer.weights])
    told = story_options(options, source)
    signals = in_keras_order(similarity_options(options, source, seed) | projected | told)
    maps: dict[str, Any] = {"feature_maps": options.feature_maps, "feature_samples": options.feature_samples}
    collector = KerasCollector(path, probe=probe, **about_run, **signals, **maps)
    path.parent.mkdir(parents=True, exist_ok=True)
    stop = _Stop(options.epochs)
    callbacks = [
        collector,
        stop,
        KerasProgress(),
        KerasMetrics(path.with_suffix(".tensorboard"), test),
        KerasModelSave(path.with_suffix(".keras")),
    ]
    say("The first pass is being recorded…")
    with stopped_by_signals(stop), collector:
        model.fit(
            batches,
            epochs=options.epochs,
            shuffle=False,  # the batches have an order of their own
            verbose=0,
            callbacks=callbacks,
            validation_data=test,
            validation_batch_size=500,
            validation_freq=stop.tested_epochs,
        )
    say(end_text(options, collector.steps_taken, stopped=stop.stopped))
