"""The collector for a person's own PyTorch training script."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn

from collector.capture.active_collectors import active_collectors
from collector.capture.black_box import MOST_BYTES, BlackBox, dumped, held_or_told
from collector.capture.expectations import Expectations
from collector.capture.guard import Guard
from collector.capture.insight_options import InsightOptions, insight_within
from collector.capture.metric import Metric
from collector.capture.metric_recorder import MetricRecorder
from collector.capture.options import check_options
from collector.capture.resuming import Resume
from collector.capture.run_description import describe_run
from collector.capture.run_log import RunLog
from collector.capture.run_recorder import RunRecorder
from collector.capture.setup_guard import SetupGuard, is_wrong_call
from collector.capture.similarity_recorder import AugmentedSample
from collector.capture.story_samples import StoryOptions
from collector.capture.task_option import check_task
from collector.capture.token_names import check_tokenizer
from collector.pytorch.arguments import check_model, check_optimizers, names_of_optimizers
from collector.pytorch.distributed import Ranks
from collector.pytorch.environment import environment
from collector.pytorch.insight import StepInsight
from collector.pytorch.last_steps import LastSteps
from collector.pytorch.layers import class_of, unwrapped
from collector.pytorch.loss_graph import loss_record
from collector.pytorch.model_inspection import ModelInspection, inspect_model
from collector.pytorch.modules import parameters_in
from collector.pytorch.optimizer_hooks import OptimizerHooks, StepListener
from collector.pytorch.optimizers import kinds_of
from collector.pytorch.plan import LayerPlan
from collector.pytorch.probe_options import Loss, ProbeCall, ProbeOptions, SampleAxis
from collector.pytorch.process_group import described, rank_here
from collector.pytorch.resumed_weights import LeftWeights, left_weights, not_gone_on_with
from collector.pytorch.sampled import SampledOptions, sample_recorders
from collector.pytorch.sharded_setup import ShardedSetup
from collector.pytorch.shards import Shards
from collector.pytorch.step_arrays import preserved_for_metrics
from collector.pytorch.step_facts import StepFacts
from collector.pytorch.step_recording import step_recording
from collector.pytorch.tensors import scalar_value
from collector.pytorch.weight_copies import WeightCopies, can_be_copied
from collector.storage import schema

_DEFAULT_INSIGHT = InsightOptions()


class Collector:
    """Records a training into a collection, without touching it.

    Use it as a context manager around the training loop and give it each step's loss::

        with Collector(model, optimizer, "run.json", probe=(images, labels), interval=50) as collector:
            for images, labels in loader:
                loss = criterion(model(images), labels)
                optimizer.zero_grad(); loss.backward(); optimizer.step()
                collector.log(loss=loss)

    A pass is taken around the optimizer's step 0, each ``interval`` steps, and of the state after the last step,
    which no gradient or update belongs to. No random number is drawn, no statistic of a batch norm moves, no
    gradient is touched; leaving removes every hook. On held-out samples the model runs without the user's hooks, and
    whatever it changes then is put back (see `StateSnapshot`); where it cannot be, it is not run. A failure of ours
    becomes a note in the file and a `CollectorWarning`. A second collector of the same model, or for the same file
    with ``overwrite`` or ``resume``, ends the first one.

    Args:
        model: any module.
        optimizer: the one whose steps are counted: one of torch's, what a library puts around one, or any object with
            a ``step()``. Or a list of several, or a dict with their names, as of a GAN: each makes one update in a step
            at most, which ends with the update of the last one, or before that of one which has made its own; so with
            five updates of a critic for one of a generator, each of the five has its step. Optimizers that step within
            the backward pass, as one for each parameter, take one step with each pass; one of them is enough.
        path: the collection to write.
        probe: held-out samples, ready for the model, with what they are to give, or None: ``(inputs, labels)``. The
            labels are class numbers ``[N]``, one-hot rows, zeros and ones, or any numbers ``[N, …]`` (values, masks,
            the tokens of each position), or a dict of them. The inputs are a tensor ``[N, …]``, a tuple of the model's
            arguments, a dict of its keywords (or the one dict, dataclass or graph that it takes), both as
            ``((…), {…})``, or a list with a tensor for each sample. Without a probe there are no activations and no
            connections. 16 samples or so are plenty.
        interval: steps between passes, ≥ 1.
        neuron_cap: units kept of each layer; 0 keeps all.
        unit_rule: ``spread`` keeps real units, ``group_mean`` averages neighbours (see `collector.capture.units`).
        class_names: names of the classes, in order.
        mean, std: per channel, what the probe was normalised with, so that its pictures can be shown.
        overwrite: replace a file of this name.
        resume: go on in a file of this name, where there is one. True: behind its last step. A number: with this step,
            the one that the checkpoint you have loaded was saved before; what the file has of later steps goes. The
            model, the probe and what is recorded of them have to be those of the file. Moving averages begin anew.
        insight: how the gradients are followed between the passes (see `InsightOptions`); None: not at all.
        similarity: held-out samples ``[N, …]`` and their class numbers, or None, on which the outputs of layers are
            compared when an epoch begins and at the end; 256 samples are plenty. None: they are not compared.
        similarity_interval: steps between further comparisons; 0: no more.
        similarity_features: features of each layer's output that each comparison keeps in the file, at most.
        augmented: one sample, changed in many ways, on which the model is run at the end, or at each epoch.
        budget: recording may slow the training down by this share, as 0.03. What is due and cannot be afforded is left
            out: passes and measurements of gradients come less often, and passes without the spread of their values.
            None: no limit. What it cost is in the file either way.
        feature_maps: of which layers of convolutional stages feature maps are kept: ``last``, ``ends`` (the
            convolution's own output too), ``all`` or ``none``.
        feature_samples: of so many first samples of the probe; None: as many as a budget allows (see
            `collector.capture.feature_maps`).
        projection: held-out samples ``[N, …]`` and their class numbers, or None, that a window can lay out in a plane:
            as they are, and by their features when an epoch begins and at the end; 2,000 samples or so. None: none.
        projection_layers: the layers whose features are kept for that, at most 24 of them and 256 features of each,
            evenly spread, in float16. Empty: each linear layer and the last convolution, behind the norm and the
            activation that carry its units on.
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
        task: what the model gives for the probe, where its loss and the labels do not tell: ``classes``, ``labels``
            (any number of several), ``values`` (regression), ``reconstruction``, ``segmentation``, ``tokens``,
            ``next_token`` (each position is to give the one that follows), ``q_values``, ``policy``, ``scores`` (of a
            discriminator) or ``embedding``.
        tokenizer: texts of the tokens: a tokenizer with ``convert_ids_to_tokens`` or ``decode``, a list of texts, a
            dict of texts and numbers, or a function of a number.
        distributed: under ``torch.distributed``, where each rank makes this collector, the first writes the file, and
            the others send it what they log and their own gradients (see FORMAT.md). False: this process records for
            itself, and the others need no collector.
        durable: wait at each pass, and at the end, until it is on the disk, where a loss of power leaves it. That costs
            some milliseconds a pass, which the file's price counts. Without it the file survives the end of the
            process, but a loss of power may cost what was written in the half minute before.
        display: in a notebook, show below the cell how far the run is, and at its end what is found of it.
        about: more of what is known of the run: fields of `schema.Run`, as ``{"dataset": "mnist", "seed": 0}``.
        probe_call: how the model is run on the probe, and on all other samples (``similarity``, ``projection``,
            ``stories``), where ``model(inputs)`` is not it: ``lambda model, inputs: model.get_action(inputs)``. It is
            given the inputs as you gave them, and what it returns counts as the network's output.
        sample_axis: along which axis of the inputs the samples lie: a number, or tensor → number (None: the tensor
            belongs to all samples alike), as ``{"words": 1, "mask": 0}``. None: the first, or the second where the
            probe reaches a layer that was made with ``batch_first=False``.
        time_axis: along which axis of the inputs time passes, where it does; the file has it behind that of the
            samples. Where it is the first one, and nothing else is said, the samples lie along the second.
        loss: of what the model gives for the probe and the probe's targets, as you have them: a function or a module,
            as `torch.nn.functional.cross_entropy`. Each pass has the loss of each sample then, and of all of them as
            ``probe_loss``.
        black_box: hold so many last steps in memory, and write them as passes when something breaks: a gradient or the
            loss is not finite, one of them jumps as the rules ``loss-spike`` and ``exploding-gradient`` have it, an
            exception leaves the training, a signal comes that ends it (SIGINT, SIGTERM, SIGHUP; who handled it before
            does so afterwards), or `dump` asks for it. Each has the weights, gradients and updates that a pass has;
            the network is not run for it. 16 is plenty. 0: none.
        black_box_bytes: of memory, at most, that it takes: where that is too little, fewer steps are held.

    Raises:
        CollectionError: the file exists, or cannot be made, or is of another run than the one to be resumed.
        ValueError: a bad option.
    """

    _facts: StepFacts | None = None
    _shards: Shards | None = None
    _ranks: Ranks | None = None
    _box: BlackBox | None = None

    def __init__(
        self,
        model: nn.Module,
        optimizer: Any,
        path: Path | str,
        *,
        probe: tuple[Any, Any] | None = None,
        interval: int = 50,
        neuron_cap: int = 24,
        unit_rule: str = "spread",
        class_names: Sequence[str] = (),
        mean: Sequence[float] = (),
        std: Sequence[float] = (),
        overwrite: bool = False,
        resume: Resume = False,
        insight: InsightOptions | None = _DEFAULT_INSIGHT,
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
        distributed: bool = True,
        metrics: Sequence[Metric] = (),
        task: str | None = None,
        tokenizer: Any = None,
        durable: bool = False,
        display: bool = False,
        about: Mapping[str, Any] | None = None,
        probe_call: ProbeCall | None = None,
        sample_axis: SampleAxis | None = None,
        time_axis: int | None = None,
        loss: Loss | None = None,
        black_box: int = 0,
        black_box_bytes: int = MOST_BYTES,
    ) -> None:
        self._is_watching = self._has_told_graph = False
        check_model(model)
        optimizers, around = check_optimizers(optimizer)
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
        options, kind = ProbeOptions(probe_call, sample_axis, time_axis, loss), check_task(task)
        sampled = SampledOptions(
            *(similarity, similarity_interval, similarity_features, augmented, projection, projection_layers),
            *(stories, StoryOptions(story_interval, story_numbers, story_of)),
        )
        check_tokenizer(tokenizer)
        attempt, path = SetupGuard(), Path(path)
        try:
            called, model = model, unwrapped(model)
            insight, rank = insight_within(insight, budget), rank_here() if distributed else None
            gradient_interval = 0 if insight is None else insight.interval
            setup = ShardedSetup(model, probe, attempt, distributed=distributed)
            out_of_reach, probe = setup.out_of_reach, setup.probe
            shards = self._shards = setup.shards
            if shards is not None:
                setup.leave_out(**sampled.samples, metrics=metrics)
                sampled, metrics = SampledOptions(), ()
            elif rank or out_of_reach:  # the first measures and writes for all
                probe, insight, sampled, metrics = None, None, SampledOptions(), ()
            inspection = ModelInspection()
            if not out_of_reach:
                inspection = inspect_model(
                    *(model, probe, attempt, options),
                    neuron_cap=neuron_cap,
                    unit_rule=unit_rule,
                    class_names=class_names,
                    mean=mean,
                    std=std,
                    feature_maps=feature_maps,
                    feature_samples=feature_samples,
                    task=kind,
                    tokenizer=tokenizer,
                )
                options = inspection.options
            self._optimizer_hooks, self._copies = (
                OptimizerHooks(model, optimizers, around, names_of_optimizers(optimizer, optimizers, model)),
                WeightCopies(
                    are_made=unit_rule != "spread"  # means are made of all values
                    or can_be_copied(each for plan in inspection.plans for each in plan.parameters.values())
                ),
            )
            self._insight = self._step_insight(inspection.plans, insight, attempt)
            recorders, not_recorded = sample_recorders(*(model, sampled, mean, std, attempt, options, kind, tokenizer))
            run = describe_run(
                {"budget": budget, "black_box": black_box}
                | (described() if rank is not None else {})
                | dict(about or {}),
                interval=interval,
                neuron_cap=neuron_cap,
                unit_rule=unit_rule,
                framework=f"torch {torch.__version__}",
                model=class_of(model).__name__,
                optimizer=kinds_of(optimizers),
                environment=environment(model),
            )
            ended = active_collectors.end_of_file(path) if not rank and (overwrite or resume is not False) else []
            left = None if rank or shards is not None else left_weights(path, resume)
            self._run = RunRecorder(
                *(None if rank else path, run, inspection.plans),
                probe=inspection.probe,
                flow=inspection.flow,
                insight=None if self._insight is None else self._insight.recorder,
                **recorders,
                token_names=inspection.token_names,
                metrics=MetricRecorder(metrics, [plan.name for plan in inspection.plans], preserved_for_metrics),
                overwrite=overwrite,
                resume=resume,
                durable=durable,
                display=display,
                is_measured=shards is not None,
            )
            self._log = self._run.log
            ended += active_collectors.end_of_model(model)
            has_histograms = insight is not None and insight.interval > 0
            self._begin_watching(model, called, inspection, has_histograms=has_histograms, is_watched=not out_of_reach)
            self._hold_last_steps(inspection.plans, black_box, black_box_bytes)
            other_weights = self._gone_on_from(left, inspection.plans) if left else ""
            active_collectors.add(self, model, path)
            warnings = (
                *attempt.failures,
                other_weights,
                *ended,
                *inspection.warnings,
                *not_recorded,
                out_of_reach,
                *setup.warnings,
            )
            self._tell(filter(None, warnings), (*setup.remarks, *inspection.remarks))
            if rank is not None:
                whole = [] if out_of_reach or shards is not None else parameters_in(model)
                self._ranks = Ranks(whole, gradient_interval, interval, rank, self._log, setup.group)
                self._steps.ranks = self._ranks
            self._run.start()
        except Exception as error:
            self._give_up(error)
            if is_wrong_call(error):
                raise

    def _step_insight(
        self, plans: list[LayerPlan], insight: InsightOptions | None, attempt: SetupGuard
    ) -> StepInsight | None:
        if insight is None:
            return None
        follow = partial(StepInsight, plans, self._optimizer_hooks, self._copies, insight, self._shards)
        return attempt("preparing to follow the gradients", follow, None)

    def _hold_last_steps(self, plans: list[LayerPlan], n_steps: int, most_bytes: int) -> None:
        if not (n_steps and self._run.writes):
            return
        if self._shards is not None:
            self._log.guard.say("The black box is off: no rank has whole parameters.")
            return
        held = LastSteps(plans, self._optimizer_hooks, self._log, n_steps, most_bytes)
        if held_or_told(held, self._log.guard.say):
            self._steps.last_steps, self._box = held, BlackBox(held, self._log)
            self._steps.box = self._box

    def _gone_on_from(self, left: LeftWeights, plans: list[LayerPlan]) -> str:
        self._optimizer_hooks.count_from(left.clocks)
        return not_gone_on_with(left, plans, self.steps_taken)

    def _tell(self, warnings: Iterable[str], remarks: Iterable[str]) -> None:
        for text in warnings:
            self._log.guard.say(text)
        for text in remarks:
            self._log.guard.remark(text)

    def _begin_watching(
        self,
        model: nn.Module,
        called: nn.Module,
        inspection: ModelInspection,
        *,
        has_histograms: bool,
        is_watched: bool,
    ) -> None:
        """Watch the optimizers from now on."""
        guard = self._log.guard
        self._model = model
        self._expectations = Expectations(guard.say, guard.remark)
        recording = step_recording(
            *(model, called, inspection, self._run, self._optimizer_hooks, self._copies),
            *(self._expectations, self._insight, self._shards),
            has_histograms=has_histograms,
            is_watched=is_watched,
        )
        self._passes, self._facts = recording.passes, recording.facts
        self._steps = steps = recording.steps
        self._tell(recording.lacking, ())
        of_steps = steps.wants, steps.begin, steps.gradients_are_ready, steps.end, steps.skip, steps.rests
        clock = lambda: self.steps_taken, self._run.steps_to_pass
        self._optimizer_hooks.start(StepListener(guard, self._log.overhead, *of_steps, *clock))
        self._is_watching = True

    def _give_up(self, error: Exception) -> None:
        """Nothing is recorded, and whatever is asked of the collector does nothing."""
        log: RunLog | None = getattr(self, "_log", None)
        if not is_wrong_call(error):
            guard = Guard(lambda text: None) if log is None else log.guard
            guard.say(f"Strobe could not begin to collect: {type(error).__name__}: {error}")
        if self._is_watching:
            self._optimizer_hooks.close()
        if self._facts is not None:
            self._facts.close()
        if self._box is not None:
            self._box.close()
        if log is not None:
            log.close()
        if self._shards is not None:
            self._shards.leave()
        active_collectors.remove(self)
        self._is_watching, self._ranks, self._shards = False, None, None
        self._run = RunRecorder(None, schema.Run("", 1, 0))
        self._log = self._run.log
        self._expectations = Expectations(self._log.guard.say, self._log.guard.remark)

    @property
    def steps_taken(self) -> int:
        """Optimizer steps since the run began, in an earlier process if it was resumed."""
        return self._log.steps_taken

    def log(self, **values: float | Tensor) -> None:
        """Scalars of the step just taken (or under way), as ``log(loss=loss, accuracy=accuracy)``.

        A name that is logged before there was any step has values of the step under way, of which the last one before
        the step counts; another one has values of the step just taken, of which the first counts. What is logged of an
        iteration that a `torch.amp.GradScaler` skipped belongs to no step, and is not recorded.
        """
        if self._log.is_open or self._ranks is not None:
            log = self._log
            before = log.overhead.switch("scalars")
            try:
                for name, value in values.items():
                    try:
                        self._tell_graph(name, value)
                        log.log(name, scalar_value(value), is_under_way=self._optimizer_hooks.is_under_way)
                        self._expectations.logged(name, log.steps_taken)
                    except Exception as error:  # noqa: BLE001 - a guard that costs nothing where nothing fails
                        log.guard.failed(f"logging {name!r}", error)
                if self._box is not None:
                    self._box.settle()
            finally:
                log.overhead.leave(before)

    def dump(self, why: str) -> None:
        """Write the last steps, which `black_box` holds, as passes, and why."""
        dumped(self._box, why, self._log.guard.say)

    def _tell_graph(self, name: str, value: Any) -> None:
        """What the first loss that comes with its graph is made of."""
        if not self._has_told_graph and isinstance(value, Tensor) and value.grad_fn is not None and self._log.is_open:
            self._has_told_graph = True
            if (record := loss_record(value, name, self.steps_taken, self._model)) is not None:
                self._log.add(record)

    def hold_inputs(self, **inputs: Any) -> None:
        """What the step under way is given, where the model is not called itself: name → tensors.

        They are looked at for NaN and Inf if anything of the step is not finite, and at passes.
        """
        if self._facts is not None and self._is_watching:
            self._facts.hold(inputs)

    def end_epoch(self, **metrics: float | Tensor) -> None:
        """Say that an epoch has ended, and how."""
        if self._is_watching:
            self._expectations.epoch_ended(self.steps_taken)
        self._run.end_epoch(metrics)

    def note(self, text: str, *, warns: bool = False, once: object = None) -> None:
        """A sentence for whoever reads the file, and a `CollectorWarning` with it where it ``warns``.

        The same text is written once. Of sentences with the same value of ``once`` the first one is written, and at
        the end how many came; so are those behind the eighth that differ in their numbers only.
        """
        (self._log.guard.say if warns else self._log.guard.remark)(text, once=once)

    def close(self) -> None:
        """Take the last pass, write the index, remove the hooks. Calling it again does nothing."""
        self._close(sys.exception())

    def _close(self, error: BaseException | None) -> None:
        """Args: error: the exception that leaves the training."""
        if not self._is_watching:
            return
        if self._box is not None:
            self._box.failed(error)
            self._box.close()
        self._is_watching = False
        active_collectors.remove(self)
        if sys.exception() is None:  # or the ranks are no longer at the same place
            with self._log.guard("ending the last step"):
                self._optimizer_hooks.finish()
        self._optimizer_hooks.close()
        self._steps.close()
        is_last_taken = self._shards is None or self._shards.all_end()
        if self._ranks is not None:
            with self._log.guard("hearing the last of the other ranks"):
                self._ranks.close()
        self._run.end(self._passes.state if is_last_taken else None)
        if self._shards is not None:
            with self._log.guard("leaving the other ranks"):
                self._shards.leave()

    def __enter__(self) -> "Collector":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close(error)
