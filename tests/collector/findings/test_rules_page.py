"""The page of the rules is what the rules say of themselves."""

import re

from collector.findings.registry import own_rules
from collector.findings.rules_page import PAGE, page, rewrite
from tests.collector.findings.made_up_rules import rule


def test_that_the_page_is_what_the_rules_say() -> None:
    assert PAGE.read_text("utf-8") == page(own_rules()), "run python -m collector.findings.rules_page"


def test_that_rewriting_an_old_page_brings_it_up_to_date(tmp_path) -> None:
    old = tmp_path / "RULES.md"
    old.write_text("old", "utf-8")
    rewrite(old)
    assert old.read_text("utf-8") == PAGE.read_text("utf-8")


def test_that_every_link_of_the_page_leads_to_a_rule() -> None:
    text = PAGE.read_text("utf-8")
    linked = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert linked == set(re.findall(r"^## (.+)$", text, re.MULTILINE)) == {each.name for each in own_rules()}


def test_that_every_need_of_a_rule_says_what_it_is() -> None:
    silent = [each.name for each in own_rules() for need in each.needs if not (need.__doc__ or "").strip()]
    assert silent == []


def test_that_what_a_rule_does_not_say_is_left_out() -> None:
    text = page([rule("odd", title="Odd | things", formula="x")])
    assert "| [odd](#odd) | Odd \\| things |" in text
    assert "- **Formula**: x\n" in text
    assert "Needs" not in text
    assert "Explains" not in text
    assert "Stays silent" not in text
