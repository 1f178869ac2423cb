"""All that records the steps of a model's training, put together."""

from contextlib import ExitStack
from dataclasses import dataclass

from torch import nn

from collector.capture.expectations import Expectations
from collector.capture.run_recorder import RunRecorder
from collector.pytorch.insight import StepInsight
from collector.pytorch.metric_inputs import MetricInputs
from collector.pytorch.model_changes import ModelChanges
from collector.pytorch.model_inspection import ModelInspection
from collector.pytorch.optimizer_hooks import OptimizerHooks
from collector.pytorch.pass_recorder import PassRecorder
from collector.pytorch.process_group import rank_here
from collector.pytorch.shards import Shards
from collector.pytorch.skipped_steps import SkippedSteps
from collector.pytorch.step_facts import StepFacts
from collector.pytorch.step_recorder import StepRecorder
from collector.pytorch.weight_copies import WeightCopies


@dataclass(frozen=True)
class StepRecording:
    """What the collector has to do with later.

    Attributes:
        passes: take the passes.
        facts: of the training's own run; None where nothing is written.
        steps: hears of each step, and has the others record.
        lacking: what metrics need and do not get, in words.
    """

    passes: PassRecorder
    facts: StepFacts | None
    steps: StepRecorder
    lacking: list[str]


def step_recording(
    model: nn.Module,
    called: nn.Module,
    inspection: ModelInspection,
    run: RunRecorder,
    optimizer_hooks: OptimizerHooks,
    copies: WeightCopies,
    expectations: Expectations,
    insight: StepInsight | None,
    shards: Shards | None,
    *,
    has_histograms: bool,
    is_watched: bool,
) -> StepRecording:
    """Put it together; hooks on the model are in place then, those on the optimizers are not.

    Args:
        called: the model as it is called in training: with what wraps it.
        inspection: of the model, before its training.
        has_histograms: whether passes have the spread of all values.
        is_watched: whether this process can look into the model.
    """
    plans, is_whole = inspection.plans, shards is None
    passes = PassRecorder(
        *(model, optimizer_hooks, plans, inspection.inputs, run.log.guard, copies),
        has_histograms=has_histograms,
        output=inspection.output,
        losses=inspection.losses,
        shards=shards,
    )
    changes = None
    if is_watched:
        changes = ModelChanges(model, optimizer_hooks, plans, run.log, follows_outer=is_whole)
    metric_inputs = MetricInputs(
        *(model, inspection, optimizer_hooks, run.metrics, run.log),
        has_others=rank_here() is not None,
    )
    facts = None
    with ExitStack() as undoing:  # a failure leaves no hook on the model
        if is_watched and run.writes:
            facts = StepFacts(
                *(called, model, plans, optimizer_hooks, run, insight),
                like=inspection.inputs,
                is_whole=is_whole,
                metric_inputs=metric_inputs,
            )
            undoing.callback(facts.close)
        steps = StepRecorder(
            run,
            optimizer_hooks,
            passes=passes,
            metric_inputs=metric_inputs,
            insight=insight,
            skipped=SkippedSteps({plan.module: plan.name for plan in plans}, run.log),
            copies=copies,
            changes=changes,
            facts=facts,
            expectations=expectations,
            shards=shards,
        )
        undoing.pop_all()
    return StepRecording(passes, facts, steps, metric_inputs.lacking)
