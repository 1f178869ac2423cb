"""What a reader of the file should know of a Keras training, a sentence each: its gradients, its changes, its silences.

A silence is what was expected of the training steps and never came; it is said after the first passes.
"""

from collections.abc import Collection, Iterator, Sequence

import keras

from collector.capture.wording import listed
from collector.keras.optimizers import Optimizers, inner
from collector.keras.plan import LayerPlan
from collector.keras.step_hooks import StepHooks, trained

PASSES_BEFORE_EXPECTED = 2

_NOT_APPLIED = (
    "No gradient was seen in the first steps, as no optimizer's `apply` was seen to be called: gradients are not "
    "recorded; weights and updates are. Say which optimizer the loop calls, by optimizer=…, and where a `tf.function` "
    "takes the step, make the collector before that is first called."
)


def of_compiled(model: keras.Model, optimizers: Optimizers) -> Iterator[str]:
    """What the way the model was compiled means for its gradients and updates."""
    for optimizer in optimizers:
        yield from _of_optimizer(optimizer)
    if model.jit_compile and not model.run_eagerly:
        yield (
            "The training step is compiled by XLA: keeping its gradients may change how it is compiled, and so the "
            "last bits of its results."
        )


def _of_optimizer(optimizer: keras.optimizers.Optimizer) -> Iterator[str]:
    real = inner(optimizer)
    for name in ("clipnorm", "clipvalue", "global_clipnorm"):
        if (limit := getattr(real, name, None)) is not None:
            yield f"Gradients are recorded as the optimizer receives them, before it clips them ({name} {limit:g})."
    if n_steps := getattr(real, "gradient_accumulation_steps", None):
        yield f"The optimizer gathers the gradients of {n_steps} steps: the update of most steps is zero."
    if real is not optimizer or getattr(real, "loss_scale_factor", None):
        yield "Gradients are recorded with the factor of the loss scaling taken out."
    if getattr(real, "use_ema", False):
        often = real.ema_overwrite_frequency
        also = f", and after each {often} steps, which is part of the update of those" if often else ""
        yield (
            "The optimizer puts the moving average of the weights in their place (use_ema) when `fit` ends, which the "
            f"pass of the state after the last step shows{also}."
        )


def changes(before: StepHooks, after: StepHooks, plans: Sequence[LayerPlan], step: int) -> Iterator[str]:
    """What became of the model since it was watched first.

    Args:
        step: the next one.
    """
    if before.compiled_with is not after.compiled_with:
        yield f"The model was compiled anew before step {step}; its optimizer is {type(after.compiled_with).__name__}."
    if thawed := _names(plans, after.keys - before.keys):
        yield f"Trained from step {step} on, and not before: {thawed}."
    if frozen := _names(plans, before.keys - after.keys):
        yield f"Frozen from step {step} on: {frozen}. They have no gradients any more."


def not_compiled(watch: StepHooks, plans: Sequence[LayerPlan], step: int) -> Iterator[str]:
    """What was frozen or thawed, which has no effect before the model is compiled anew.

    Args:
        step: the next one.
    """
    now = set(trained(watch.model))
    for names, what in (
        (_names(plans, now - watch.keys), "to be trained"),
        (_names(plans, watch.keys - now), "frozen"),
    ):
        if names:
            yield (
                f"Before step {step} {names} became {what}, and the model was not compiled anew: Keras goes on as "
                "before."
            )


def unmet_expectations(watch: StepHooks, plans: Sequence[LayerPlan], told: Collection[int] = ()) -> Iterator[str]:
    """What did not come in the first steps.

    Args:
        told: ``id`` of TensorFlow's variable, of those of which the reason is known.
    """
    known = {id(each.value) for plan in plans for each in plan.parameters.values()}
    late = [each.path for key, each in trained(watch.model).items() if key not in known and key not in told]
    if late:
        yield f"Not recorded, as the model did not have them when the run began: {listed(late)}."
    if not watch.is_called:
        yield (
            _NOT_APPLIED
            if watch.is_own_loop
            else "No gradient was seen in the first steps: the training step calls the `apply` of none of the "
            "model's optimizers. Gradients are not recorded; weights and updates are."
        )
    elif watch.in_use and (quiet := _names(plans, watch.never_seen().difference(told))):
        yield (
            f"No gradient reached {quiet} in the first steps: the loss does not depend on them, or the "
            "training step hands them to no optimizer."
        )


def rates(watch: StepHooks) -> Iterator[str]:
    """Which optimizer has which learning rate, where the training step calls several."""
    if len(watch.in_use) > 1:
        told = [f"{name} is that of {each.optimizer.name}" for name, each in watch.by_rate().items()]
        yield f"The training step calls {len(watch.in_use)} optimizers: {', '.join(told)}."


def _names(plans: Sequence[LayerPlan], keys: Collection[int]) -> str:
    return listed(
        [
            f"{plan.name}.{name}"
            for plan in plans
            for name, each in plan.parameters.items()
            if id(each.value) in keys and not plan.is_gone
        ]
    )
