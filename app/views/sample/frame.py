"""What the panel needs of a pass, made on a job's thread."""

from app.replay.opened import OpenedCollection
from app.replay.state import ReplayView
from app.views.sample.analysis.shown_output import ShownOutput, shown_output
from collector.storage.passes import Pass


def prepare(opened: OpenedCollection, view: ReplayView, pass_: Pass) -> ShownOutput | None:
    """The output for the sample; None of classes. See `app.view.ViewSpec`."""
    collection = opened.collection
    probe = collection.probe if pass_.probe is None else pass_.probe
    return shown_output(pass_, probe, collection.task, view.sample, collection.token_names)
