from pathlib import Path

import pytest

from collector import open_collection
from collector.report.page import page, progress, summary
from collector.storage.reader import Collection
from tests.collector.report.page_parts import Parts, parts_of

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture
def parts(dead: Collection) -> Parts:
    return parts_of(page(dead, dead.findings()))


def test_that_each_finding_is_told_with_a_picture(dead: Collection, parts: Parts) -> None:
    found = dead.findings().findings
    assert any(each.rule == "dead-units" for each in found)
    assert parts.count("article") == len(found)
    for each in found:
        assert each.title in parts.text
    for number in [place for place, (tag, _) in enumerate(parts.tags) if tag == "article"]:
        following = [tag for tag, _ in parts.tags[number + 1 :]]
        assert "svg" in following[: following.index("article") if "article" in following else None]


def test_that_curves_layers_and_cost_are_on_the_page(dead: Collection, parts: Parts) -> None:
    for heading in ("Findings", "Curves", "Layers", "Cost of recording"):
        assert heading in parts.text
    for layer in dead.layers.values():
        assert layer.kind in parts.text
    assert "loss over the steps" in parts.text
    assert "were written." in parts.text


def test_that_the_page_needs_and_runs_nothing(parts: Parts) -> None:
    assert not {"script", "link", "img", "iframe", "object", "base"} & {tag for tag, _ in parts.tags}
    named = {name for _, attributes in parts.tags for name in attributes}
    assert not {each for each in named if each in ("src", "href", "srcset") or each.startswith("on")}
    rules = [of for tag, of in parts.tags if tag == "meta" and of.get("http-equiv") == "Content-Security-Policy"]
    assert rules[0]["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_that_text_of_a_collection_stays_text(dead: Collection, parts: Parts) -> None:
    assert dead.run.model == "<img src=x onerror=alert(1)>\x07"
    assert "<img src=x onerror=alert(1)>\ufffd" in parts.text


@pytest.mark.parametrize("name", ["finished.json", "cut_off.json"])
def test_that_every_collection_has_a_page_a_summary_and_a_progress(name: str) -> None:
    with open_collection(GOLDEN / name) as collection:
        for made in (page(collection, collection.findings()), summary(collection), progress(collection)):
            told = parts_of(made).text
            assert name in told
            assert "loss over the steps" in told
            assert ("not finished" in told) == (not collection.finished)


def test_that_what_the_collector_warned_of_is_on_the_page() -> None:
    with open_collection(GOLDEN / "finished.json") as collection:
        (note,) = collection.notes
        assert note.text in parts_of(page(collection, collection.findings())).text


def test_that_a_summary_lists_findings_and_the_health_of_layers(dead: Collection) -> None:
    told = parts_of(summary(dead))
    for each in dead.findings().findings[:6]:
        assert each.title in told.text
    assert told.count("tr") == 1 + len(dead.layers)
    assert "dead-units" in told.text


@pytest.mark.parametrize("n_unlisted", [0, 1, 2])
def test_that_a_summary_says_how_many_findings_it_does_not_list(
    dead: Collection, monkeypatch: pytest.MonkeyPatch, n_unlisted: int
) -> None:
    found = dead.findings().findings
    monkeypatch.setattr("collector.report.page._MOST_FINDINGS", len(found) - n_unlisted)
    told = parts_of(summary(dead))
    assert told.count("li") == len(found) - n_unlisted + (n_unlisted > 0)
    assert (f"and {n_unlisted} more" in told.text) == (n_unlisted > 0)
