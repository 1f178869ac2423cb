"""A collection whose run goes on in another file under the same name."""

from app.replay.opened import OpenedCollection, open_for_replay
from collector.storage import CollectionError


def continued(opened: OpenedCollection) -> OpenedCollection | None:
    """What stands under the name now, where another process goes on with the same run; None where none does.

    Another run that has replaced this one is left alone: nobody asked for it.
    """
    if not opened.collection.is_replaced:
        return None
    try:
        found = open_for_replay(opened.collection.path)
    except CollectionError:
        return None  # it has no pass left, or is none of ours
    if found.collection.run.created == opened.collection.run.created:
        return found
    found.collection.close()
    return None
