"""Keeps ``RULES.md`` what the rules say of themselves: ``python -m collector.findings.rules_page``."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from collector.findings.registry import own_rules
from collector.findings.rule import Rule

PAGE = Path(__file__).with_name("RULES.md")

_ABOUT = """\
# The rules

What `python main.py findings RUN`, `Collection.findings()` and the window's dock Findings look for, how each is worked
out, and from where on it counts. Where a rule lacks what it needs it is not judged, and says so. A finding that is
probably the consequence of another one is a note that names it; what a rule's findings explain is listed with it.

Made by `python -m collector.findings.rules_page` from the rules. Do not edit it.
"""


def page(rules: Sequence[Rule]) -> str:
    """All rules as Markdown."""
    table = "\n".join(f"| [{each.name}](#{each.name}) | {_cell(each.title)} |" for each in rules)
    parts = "\n".join("\n".join(_part(each)) for each in rules)
    return f"{_ABOUT}\n| rule | what it looks for |\n| --- | --- |\n{table}\n{parts}"


def _part(rule: Rule) -> Iterator[str]:
    yield f"\n## {rule.name}\n\n{rule.title}.\n"
    yield f"- **Formula**: {rule.formula}"
    yield f"- **Threshold**: {rule.threshold}"
    yield f"- **Source**: {rule.source}"
    if rule.stays_silent:
        yield f"- **Stays silent**: {rule.stays_silent}"
    if rule.alarms:
        yield f"- **How often it was wrong**: {rule.alarms}"
    if rule.needs:
        yield f"- **Needs**: {'; '.join(_needed(each) for each in rule.needs)}"
    if rule.explains:
        yield f"- **Explains**: {', '.join(f'[{name}](#{name})' for name in sorted(rule.explains))}"


def _needed(need: object) -> str:
    """What a need's docstring begins with, as part of a sentence."""
    first = (getattr(need, "__doc__", None) or "").strip().partition("\n")[0].rstrip(".")
    return first[:1].lower() + first[1:]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def rewrite(to: Path = PAGE) -> None:
    """Bring the page up to date."""
    to.write_text(page(own_rules()), "utf-8", newline="\n")


if __name__ == "__main__":
    rewrite()
