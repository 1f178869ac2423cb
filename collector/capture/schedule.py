"""When a pass is taken."""


def is_pass_due(step: int, interval: int) -> bool:
    """Whether a pass belongs to this step: the first one, and each ``interval`` steps after it.

    The state after the last step is a pass too; only the end of the run can tell which step that is.
    """
    return step % interval == 0
