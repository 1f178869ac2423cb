"""The collector for a person's own Keras training."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import keras
import numpy as np

from collector.capture.active_collectors import active_collectors
from collector.capture.black_box import MOST_BYTES
from collector.capture.described_output import describe_output
from collector.capture.guard import Guard
from collector.capture.insight_options import InsightOptions, insight_within
from collector.capture.metric import Metric, check_metrics
from collector.capture.options import check_options
from collector.capture.resuming import Resume, check_resume
from collector.capture.run_description import check_about
from collector.capture.setup_guard import SetupGuard, is_wrong_call
from collector.capture.similarity_recorder import AugmentedSample
from collector.capture.story_samples import StoryOptions
from collector.capture.targets import Targets
from collector.capture.task_option import NEXT_TOKEN, check_task, following
from collector.capture.token_names import TokenNames
from collector.keras.arguments import check_model, describe_training
from collector.keras.forward import Forward, ProbeCall, check_probe_call
from collector.keras.metric_inputs import CAN
from collector.keras.model_recorder import ModelRecorder
from collector.keras.optimizers import Optimizers, check_optimizers
from collector.keras.own_loop import OwnLoop, around_train_function
from collector.keras.probe import ProbeRun, describe_probe
from collector.keras.probe_losses import Loss, ProbeLosses, check_loss
from collector.keras.projection import projection_recorder
from collector.keras.samples import Samples, check_samples
from collector.keras.similarity import check_augmented, similarity_recorder
from collector.keras.stories import story_recorder
from collector.storage import schema

_NO_MODEL = "the callback has no model. `fit` gives it one; a loop of your own does by CallbackList(…, model=model)."


class KerasCollector(keras.callbacks.Callback):
    """Records a training by `model.fit` into a collection, without touching it.

    Give it to any compiled model on the TensorFlow backend; nothing needs to be subclassed::

        model.fit(x, y, callbacks=[KerasCollector("run.json", probe=(images, labels), interval=50)])

    A pass is taken around the step 0, each ``interval`` steps, and of the state after the last step. Loss and
    metrics are those of each step by itself, where Keras logs means over the epoch, whatever name a training step of
    your own returns them under; of what has no part that belongs to one step (an AUC) the value so far in the epoch is
    recorded, and a note says so. The results of an epoch are recorded as ``train_loss`` and, of the validation data,
    ``test_loss``. Kernels are recorded as PyTorch has them: ``[U, U_in]``, ``[U, U_in, H, W]``; a softmax at the end of
    the model is left out of the logits.

    In a loop of your own, give it the model and say when a step was taken; the loop stays as it is. Where a
    `tf.function` takes the step, make the collector before that is first called, as its graph is made then::

        with KerasCollector("run.json", model=model, optimizer=optimizer, probe=(images, labels)) as collector:
            for images, labels in dataset:
                loss = train_step(images, labels)  # which calls optimizer.apply
                collector.step(loss)

    Steps of ``train_on_batch`` are seen without `step`. Of several models that are trained together, as two rivals,
    make one that holds them as attributes, and say by ``probe_call`` how it is run.

    No random number is drawn and nothing that the model keeps is moved: variables, attributes of layers and of what
    they hold, generators, names of your own modules. A model that keeps state where it cannot be put back, as in a
    table, is not run on the probe, and a note says why. While `fit` runs, the optimizer's ``apply``, the model's
    ``train_step`` and the ``update_state`` of its means are wrapped on these objects and traced into a train function
    of their own; afterwards all is as before. A second collector of the same model ends the first one. Where `fit`
    fails outside of a training step (in another callback), call `close`, or use the collector as a context manager. A
    second `fit` with the same collector goes on in the same file. A failure of ours becomes a note in the file and a
    `CollectorWarning`.

    Args:
        path: the collection to write.
        model: in a loop of your own, the model that it trains; `fit` tells its callbacks which that is.
        optimizer: in a loop of your own, the optimizer whose ``apply`` it calls, or several in a list or dict. None:
            those that the model was compiled with, or holds.
        probe: held-out samples ``[N, …]``, ready for the model, with class numbers ``[N]`` or None; without a probe
            there are no activations and no connections. 16 samples or so are plenty. A model that takes several inputs
            has them as a dict, list or tuple; the first of them is the one that the file shows. Sparse ones are made
            dense, ragged ones are filled up with zeros; of complex ones the file holds both parts, of text nothing.
        probe_call: how the model is run on the probe, and on ``similarity``, ``augmented`` and ``projection``, where
            it is not by calling it: ``lambda model, inputs: model.decoder(model.encoder(inputs))``. It is called while
            a graph is made, in evaluation mode as far as it asks for no other.
        interval: steps between passes, ≥ 1.
        neuron_cap: units kept of each layer; 0 keeps all.
        unit_rule: ``spread`` keeps real units, ``group_mean`` averages neighbours (see `collector.capture.units`).
        class_names: names of the classes, in order.
        mean, std: per channel, what the probe was normalised with, so that its pictures can be shown.
        overwrite: replace a file of this name.
        resume: go on in a file that an earlier process has left, where there is one. True: behind its last step. A
            number: with this step, the one that the model you have loaded was saved before; what the file has of
            later steps goes. The model, the probe and what is recorded of them have to be those of the file. Moving
            averages begin anew. Give `fit` its ``initial_epoch``.
        about: more of what is known of the run: fields of `schema.Run`, as ``{"dataset": "mnist", "seed": 0}``.
        insight: how the gradients are followed between the passes; None: not at all.
        similarity: held-out samples ``[N, …]``, ready for the model, and their class numbers, or None, on which the
            outputs of layers are compared when an epoch begins and at the end; 256 samples are plenty. None: they are
            not compared.
        similarity_interval: steps between further comparisons; 0: no more.
        similarity_features: features of each layer's output that each comparison keeps in the file, at most.
        augmented: one sample, changed in many ways, on which the model is run at the end, or at each epoch; its
            ``inputs`` as the model takes them, its ``pictures`` ``[A, C, H, W]``.
        budget: recording may slow the training down by this share, as 0.03; see `collector.Collector`. None: no limit.
        feature_maps: of which layers of convolutional stages feature maps are kept: ``last``, ``ends`` (the
            convolution's own output too), ``all`` or ``none``.
        feature_samples: of so many first samples of the probe; None: as many as a budget allows (see
            `collector.capture.feature_maps`).
        projection: held-out samples ``[N, …]``, ready for the model, and their class numbers, or None, that a window
            can lay out in a plane: as they are, and by their features when an epoch begins and at the end; 2,000
            samples or so. None: none.
        projection_layers: the layers whose features are kept for that, at most 24 of them and 256 features of each,
            evenly spread, in float16. Empty: each dense layer and the last convolution, behind the norm and the
            activation that carry its units on. A softmax that ends a dense layer is left out of its features.
        stories: samples, with what they are to give, as a probe: of each it is recorded again and again what the model
            takes it for and how surely, its loss, the margin of its label, and what its nearest neighbours among the
            others are by each layer (30 of them, by at most 24 layers and 256 features of each). 2,000 samples or so,
            of those that are trained on, without augmentation, or held out. Of a regression there are losses only.
            None: none.
        story_interval: steps between further measurements than those when an epoch begins and at the end; 0: no more.
        story_numbers: where each of the samples stands in your data, ``[N]``. None: they are the first.
        story_of: ``training`` or ``held-out``: which of the two they are.
        metrics: further ones, whose numbers are recorded beside Strobe's: of the training's own, objects of classes
            derived from `collector.Metric`, or ready ones, as ``[collector.Spectra(interval=500)]``.
        task, tokenizer: what the model gives for the probe, and the texts of tokens; see `collector.Collector`.
        loss: of the probe's targets and what the model gives for it, in this order: a `keras.losses.Loss`, a function,
            or the name of one. Each pass has the loss of each sample then, and of all of them as ``probe_loss``. None:
            the one that the model was compiled with, where it is one for one output.
        durable: wait at each pass, and at the end, until it is on the disk, where a loss of power leaves it. That costs
            some milliseconds a pass, which the file's price counts. Without it the file survives the end of the
            process, but a loss of power may cost what was written in the half minute before.
        black_box, black_box_bytes: hold so many last steps in memory, and write them as passes when something breaks;
            see `collector.Collector`. Not where Keras runs several steps at once.
        display: in a notebook, show below the cell how far the run is, and at its end what is found of it.

    Raises:
        CollectionError: at the start of the training, where the file exists or cannot be made, or is of another run
            than the one to be resumed.
        ValueError: a bad option.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        model: keras.Model | None = None,
        optimizer: Any = None,
        probe: tuple[Any, Any] | None = None,
        probe_call: ProbeCall | None = None,
        interval: int = 50,
        neuron_cap: int = 24,
        unit_rule: str = "spread",
        class_names: Sequence[str] = (),
        mean: Sequence[float] = (),
        std: Sequence[float] = (),
        overwrite: bool = False,
        resume: Resume = False,
        about: Mapping[str, Any] | None = None,
        insight: InsightOptions | None = InsightOptions(),  # noqa: B008 - it is frozen
        similarity: tuple[Any, Any] | None = None,
        similarity_interval: int = 0,
        similarity_features: int = 128,
        augmented: AugmentedSample | None = None,
        budget: float | None = None,
        feature_maps: str = "ends",
        feature_samples: int | None = None,
        projection: tuple[Any, Any] | None = None,
        projection_layers: Sequence[str] = (),
        stories: tuple[Any, Any] | None = None,
        story_interval: int = 0,
        story_numbers: Any = None,
        story_of: str = "",
        metrics: Sequence[Metric] = (),
        task: str | None = None,
        tokenizer: Any = None,
        loss: Loss | None = None,
        durable: bool = False,
        black_box: int = 0,
        black_box_bytes: int = MOST_BYTES,
        display: bool = False,
    ) -> None:
        super().__init__()
        check_options(
            path=path,
            interval=interval,
            neuron_cap=neuron_cap,
            unit_rule=unit_rule,
            insight=insight,
            similarity_interval=similarity_interval,
            similarity_features=similarity_features,
            budget=budget,
            feature_maps=feature_maps,
            feature_samples=feature_samples,
            metrics=metrics,
            black_box=black_box,
            black_box_bytes=black_box_bytes,
        )
        check_metrics(metrics, CAN, "a training step of Keras's")
        about = {"budget": budget, "black_box": black_box, **(about or {})}
        check_about(about)
        check_resume(resume, overwrite=overwrite)
        check_probe_call(probe_call)
        check_loss(loss)
        self._path, self._probe_call = Path(path), probe_call
        inputs, targets = (None, Targets()) if probe is None else check_samples(probe)
        self._kind, is_given = check_task(task), task is not None
        if self._kind == NEXT_TOKEN and inputs is not None and inputs.first.ndim == 2:
            self._kind = "tokens"
            targets = targets if targets.values is not None else replace(targets, values=following(inputs.first))
        self._inputs, self._targets = inputs, targets
        self._loss, self._given_targets = loss, None if probe is None else probe[1]
        self._tokenizer, self._token_names = tokenizer, TokenNames(tokenizer)
        self._probe = None if inputs is None else describe_probe(inputs, targets, class_names, mean, std)
        if self._probe is not None:
            self._probe.task = schema.Task(self._kind) if is_given else None
        self._interval, self._neuron_cap, self._unit_rule, self._about = interval, neuron_cap, unit_rule, about
        self._is_continued = overwrite or resume is not False
        self._metrics = list(metrics)
        self._of_file: dict[str, Any] = {"overwrite": overwrite, "resume": resume, "durable": durable}
        self._of_file |= {"display": display, "token_names": self._token_names, "black_box_bytes": black_box_bytes}
        self._insight = insight_within(insight, budget)
        self._similarity = None if similarity is None else _with_classes(similarity, "similarity")
        self._similarity_interval, self._similarity_features = similarity_interval, similarity_features
        self._augmented = None if augmented is None else check_augmented(augmented)
        self._maps = feature_maps, feature_samples
        self._projection = None if projection is None else _with_classes(projection, "projection")
        self._story = StoryOptions(story_interval, story_numbers, story_of)
        self._stories = None if stories is None else check_samples(stories, "stories")
        if self._stories is not None:
            self._story.numbers_of(len(self._stories[0]))
        self._projection_layers, self._mean, self._std = tuple(projection_layers), tuple(mean), tuple(std)
        self._recorder: ModelRecorder | None = None
        self._unwrap: Callable[[], None] | None = None
        self._is_used = False
        """Whether it was given to anything."""
        self._loop: OwnLoop | None = None
        if model is None and optimizer is not None:
            raise ValueError("optimizer is for a loop of your own: give the model too, KerasCollector(…, model=model)")
        self._optimizers = check_optimizers(optimizer)
        self._is_own_loop = model is not None
        if model is not None:
            check_model(model)
            self.set_model(model)
            self._start()

    @property
    def steps_taken(self) -> int:
        """Optimizer steps that were seen."""
        return 0 if self._recorder is None else self._recorder.steps_taken

    def on_train_begin(self, logs: Any = None) -> None:
        """Make the file, or go on with it."""
        if self._loop is None:
            self._start()

    def _start(self) -> None:
        try:
            self._begin()
        except Exception as error:
            self.close()
            if is_wrong_call(error):
                raise
            _warn(f"Strobe could not begin to collect: {type(error).__name__}: {error}")

    def _begin(self) -> None:
        model = self.model
        if model is None:
            _warn(f"Nothing is recorded: {_NO_MODEL}")
            return
        self._is_used = True
        told: list[str] = []
        if self._recorder is None or self._recorder.model is not model:
            self.close()
            told = self._end_others(model)
            self._recorder = self._new_recorder(model)
        elif not self._recorder.is_open:
            told = self._end_others(model)
        active_collectors.add(self, model, self._path)
        recorder = self._recorder
        for sentence in told:
            recorder.say(sentence)
        recorder.open()
        if self._is_own_loop:
            self._loop = OwnLoop(recorder)
            self._unwrap = self._loop.close
        else:
            self._unwrap = around_train_function(model, recorder, failed=self.close)

    def _end_others(self, model: keras.Model) -> list[str]:
        """End the collectors that still record this model, or into this file where it is to be written anew."""
        of_file = active_collectors.end_of_file(self._path) if self._is_continued else []
        return [*of_file, *active_collectors.end_of_model(model)]

    def _new_recorder(self, model: keras.Model) -> ModelRecorder:
        forward = Forward(model, self._probe_call)
        losses = ProbeLosses(model, self._loss, self._given_targets)
        probe = ProbeRun(
            *(forward, self._inputs, self._neuron_cap, self._unit_rule, self._maps, self._targets, self._kind, losses)
        )
        if self._probe is not None:
            describe_output(self._probe, probe.chosen.main, self._targets, self._token_names)
        optimizers = Optimizers(model, self._optimizers)
        run = describe_training(
            *(model, optimizers, self.params or {}, self._about),
            interval=self._interval,
            neuron_cap=self._neuron_cap,
            unit_rule=self._unit_rule,
        )
        attempt = SetupGuard()
        compared, not_compared = similarity_recorder(
            *(forward, self._similarity, self._similarity_interval, self._similarity_features, self._augmented, attempt)
        )
        projected, not_projected = projection_recorder(
            *(forward, self._projection, self._projection_layers, self._mean, self._std, attempt)
        )
        followed, not_followed = story_recorder(
            *(forward, self._stories, self._story, self._mean, self._std, attempt, self._kind, self._tokenizer)
        )
        recorders = {"similarity": compared, "projection": projected, "stories": followed}
        recorder = ModelRecorder(
            *(
                model,
                optimizers,
                probe,
                run,
                self._probe,
                self._insight,
                self._metrics,
                self._path,
            ),
            is_own_loop=self._is_own_loop,
            **(self._of_file | recorders),
        )
        if probe.problem:
            recorder.say(f"Activations and connections are not recorded: {probe.problem}")
        if probe.unbuilt:
            recorder.say(probe.unbuilt)
        for told in filter(None, (probe.chosen.told, self._targets.told, losses.told)):
            recorder.note(told)
        asked = (
            self._inputs,
            *(each[0] for each in (self._similarity, self._projection, self._stories) if each is not None),
        )
        for told in (told for each in asked if each is not None for told in each.told):
            recorder.note(told)
        missing = (*not_compared, *not_projected, *not_followed)
        for sentence in (*attempt.failures, *filter(None, [losses.problem]), *missing):
            recorder.say(sentence)
        return recorder

    def on_test_begin(self, logs: Any = None) -> None:
        """Say that an evaluation is nothing to record, where it is no part of a training."""
        self._say_unused("evaluate")

    def on_predict_begin(self, logs: Any = None) -> None:
        """Say that predictions are nothing to record."""
        self._say_unused("predict")

    def _say_unused(self, what: str) -> None:
        if not self._is_used:
            self._is_used = True
            _warn(f"Nothing is recorded: `{what}` takes no training steps. Give the collector to `fit`.")

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Take what there is before the step."""
        if self._recorder and self._loop is None:
            self._recorder.before_step(batch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Take what the step did."""
        if self._recorder and self._loop is None:
            self._recorder.after_step(batch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Record the epoch's results."""
        if self._recorder:
            self._recorder.end_epoch(logs or {})

    def on_train_end(self, logs: Any = None) -> None:
        """Take the last pass and finish the file."""
        if self._loop is None:
            self.close()

    def step(self, loss: Any = None, **values: Any) -> None:
        """In a loop of your own: a step was taken, by as many optimizers as there are.

        Call it behind the update. It is the number of calls that counts the steps. Where ``train_on_batch`` takes
        them, they are recorded without it, with what the model was compiled to measure; call it to add to that.

        Args:
            loss: of the step, one number.
            values: more of it, as ``step(loss, accuracy=accuracy)`` or ``step(d_loss=d_loss, g_loss=g_loss)``.

        Raises:
            ValueError: the collector was made without a model.
        """
        if not self._is_own_loop:
            raise ValueError(
                "`step` is for a loop of your own: make the collector with its model, KerasCollector(…, model=model)"
            )
        if self._loop is not None:
            self._loop.step({**({} if loss is None else {"loss": loss}), **values})

    def end_epoch(self, **results: Any) -> None:
        """In a loop of your own: an epoch has ended, with these results, as ``test_loss`` or ``test_accuracy``."""
        if self._recorder:
            self._recorder.end_epoch_with(results)

    def close(self) -> None:
        """Take the last pass, write the index, take the wrappers off. Calling it again does nothing."""
        self._close(sys.exception())

    def _close(self, error: BaseException | None) -> None:
        """Args: error: the exception that leaves the training."""
        if self._unwrap:
            self._unwrap()
            self._unwrap = self._loop = None
        active_collectors.remove(self)
        if self._recorder:
            self._recorder.close(error)

    def dump(self, why: str) -> None:
        """Write the last steps, which ``black_box`` holds, as passes, and why."""
        if self._recorder:
            self._recorder.dump(why)

    def note(self, text: str) -> None:
        """A sentence for whoever reads the file."""
        if self._recorder:
            self._recorder.note(text)

    def __enter__(self) -> "KerasCollector":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(error)


def _warn(text: str) -> None:
    Guard(lambda text: None).say(text)


def _with_classes(given: Any, option: str) -> tuple[Samples, np.ndarray | None]:
    """Samples and their class numbers, where they have any."""
    inputs, targets = check_samples(given, option)
    return inputs, targets.classes
