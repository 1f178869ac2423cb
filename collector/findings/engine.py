"""Puts all rules to a recording."""

import logging
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from collector.findings.events import global_events
from collector.findings.finding import SEVERITIES, Finding, NotJudged, Report
from collector.findings.onsets import with_onset
from collector.findings.recording import Recording
from collector.findings.registry import all_rules
from collector.findings.rule import NotJudgedError, Rule
from collector.findings.snapshots import left_out
from collector.storage.errors import CollectionError, UnreachableError
from collector.storage.paths import shown
from collector.storage.reader import Collection

_log = logging.getLogger(__name__)


def findings(collection: Collection, *, rules: Iterable[str] | None = None) -> Report:
    """What is wrong in a recording, where, since when and why.

    Args:
        collection: it may still grow.
        rules: names of those that are asked; None: all.

    Raises:
        ValueError: there is no rule of that name.
    """
    known, broken = all_rules()
    wanted = None if rules is None else list(rules)
    if wanted is not None:
        names = {each.name for each in known} | {each.rule for each in broken}
        if unknown := [name for name in wanted if name not in names]:
            raise ValueError(f"there is no rule {', '.join(map(repr, unknown))}; there are {', '.join(sorted(names))}")
        known = [each for each in known if each.name in wanted]
        broken = [each for each in broken if each.rule in wanted]
    return judge(Recording(collection), known, broken)


@np.errstate(all="ignore")  # a recording may hold any number, and what is not finite is a part of it
def judge(recording: Recording, rules: Sequence[Rule], broken: Sequence[NotJudged] = ()) -> Report:
    """What these rules say; one that fails is told as not judged, and the others go on.

    Raises:
        JudgingStopped: nobody waits any more.
    """
    found: list[Finding] = []
    judged: list[str] = []
    not_judged = list(broken)
    for rule in rules:
        why = ""
        recording.check()
        try:
            why = rule.lacks(recording)
            if not why:
                found += [_checked(each, rule) for each in rule.judge(recording)]
        except NotJudgedError as error:
            why = str(error) or "it did not say why"
        except CollectionError as error:
            why = f"a part of the file cannot be read: {error}"
        except UnreachableError:
            raise
        # a rule may be somebody else's, and a file may hold anything
        except (Exception, SystemExit) as error:  # noqa: BLE001
            _log.exception("the rule %s failed", rule.name)
            why = f"the rule failed: {type(error).__name__}: {error}"
        if why:
            not_judged.append(NotJudged(rule.name, why))
        else:
            judged.append(rule.name)
    found = [with_onset(recording, each) for each in _told_apart(found, {rule.name: rule for rule in rules})]
    found.sort(key=lambda each: (-SEVERITIES.index(each.severity), each.since))
    events = global_events(recording)
    remarks = left_out(recording.collection)
    return Report(shown(recording.collection.path), found, events, judged, not_judged, remarks=remarks)


def _checked(found: object, rule: Rule) -> Finding:
    """What a rule gave, if it is a finding of its own that can be shown and written."""
    if not isinstance(found, Finding):
        raise TypeError(f"it gave {found!r}, which is no collector.findings.Finding")
    if found.rule != rule.name:
        raise ValueError(f"it gave a finding of the rule {found.rule!r}")
    return msgspec.convert(msgspec.to_builtins(found), Finding)


def _told_apart(found: list[Finding], rules: dict[str, Rule]) -> list[Finding]:
    """Consequences become notes that name their cause, so that what is left is what has to be mended.

    Of findings that explain one another in a circle the first one stays, unless another one explains it too.
    """
    may_explain = [place for place, each in enumerate(found) if each.severity != "note" and rules[each.rule].explains]
    possible = {
        place: [one for one in may_explain if _explains(found[one], each, rules[found[one].rule])]
        for place, each in enumerate(found)
    }
    causes = {place: own[0] for place, own in possible.items() if own}
    for place in sorted(causes, key=lambda place: (found[place].since, place)):
        if _is_in_circle(place, causes):
            outside = (one for one in possible[place] if not _is_in_circle(place, causes | {place: one}))
            if (cause := next(outside, None)) is None:
                del causes[place]
            else:
                causes[place] = cause
    return [
        msgspec.structs.replace(each, severity="note", follows_from=found[causes[place]].rule)
        if place in causes
        else each
        for place, each in enumerate(found)
    ]


def _is_in_circle(place: int, causes: dict[int, int]) -> bool:
    """Whether who goes from cause to cause comes back."""
    at = causes.get(place)
    for _ in causes:
        if at is None or at == place:
            break
        at = causes.get(at)
    return at == place


def _explains(cause: Finding, other: Finding, rule: Rule) -> bool:
    is_later = other.since_range[1] >= cause.since_range[0]
    return other is not cause and other.rule in rule.explains and is_later
