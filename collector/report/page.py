"""A run as one file of HTML that opens without a network, and as what a notebook shows."""

from xml.etree.ElementTree import Element

from collector.findings import Recording, Report
from collector.report.markup import element, markup
from collector.report.sections import (
    cost_section,
    curves,
    curves_section,
    finding_line,
    findings_section,
    heading,
    layers_section,
    notes_section,
    verdict,
)
from collector.report.style import STYLE
from collector.storage.reader import Collection

_PAGE = ".strobe.page { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; } "
_PAGE += "body { margin: 0; } @media (prefers-color-scheme: dark) { body { background: #17181c; } }"
_NOWHERE = "default-src 'none'; style-src 'unsafe-inline'"
"""The page loads nothing and runs nothing, whatever a collection has in it."""

_MOST_FINDINGS, _MOST_CURVES, _MOST_LAYERS = 6, 4, 12


def page(collection: Collection, report: Report) -> str:
    """The whole report on a run: a file of HTML, with all that it shows inside.

    Args:
        report: the run's findings.
    """
    recording = Recording(collection)
    body = element(
        "div",
        heading(collection),
        findings_section(recording, report),
        curves_section(recording, report),
        layers_section(recording, report),
        cost_section(collection),
        notes_section(collection),
        class_="strobe page",
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_NOWHERE),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{collection.path.name} — Strobe"),
        element("style", STYLE + _PAGE),
    )
    return "<!DOCTYPE html>\n" + markup(element("html", head, element("body", body), lang="en")) + "\n"


def summary(collection: Collection) -> str:
    """What a notebook shows of a run: findings, curves, layers' health, as HTML."""
    recording, report = Recording(collection), collection.findings()
    listed = [finding_line(each) for each in report.findings[:_MOST_FINDINGS]]
    rest = len(report.findings) - len(listed)
    listed += [element("li", f"and {rest} more", class_="faint")] if rest > 0 else []
    return markup(
        _within(
            heading(collection),
            verdict(report),
            element("ul", *listed) if listed else None,
            element("div", *curves(recording, report.findings, _MOST_CURVES), class_="cards"),
            element(
                "details",
                element("summary", f"{len(collection.layers):,} layers"),
                layers_section(recording, report, _MOST_LAYERS),
            ),
        )
    )


def progress(collection: Collection) -> str:
    """What a notebook shows of a run while it trains: how far it is, and its curves, as HTML."""
    return markup(
        _within(heading(collection), element("div", *curves(Recording(collection), (), _MOST_CURVES), class_="cards"))
    )


def _within(*parts: Element | None) -> Element:
    return element("div", element("style", STYLE), *parts, class_="strobe", style="padding: 12px")
