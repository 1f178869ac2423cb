"""When weights are compared for what changes them between two steps."""

from typing import Any

from collector.capture.outer_updates import LOOKS, OuterNorms


def test_that_the_first_steps_are_looked_at_and_then_those_of_passes_only() -> None:
    log: Any = None
    outer = OuterNorms(log)

    looked = [step for step in range(3 * LOOKS) if outer.wants(step, is_pass=step % LOOKS == 0)]

    assert looked == [*range(LOOKS), LOOKS, 2 * LOOKS]
