"""Findings as JUnit's XML, which continuous integration shows as tests: a rule each."""

from xml.etree.ElementTree import indent, tostring

from collector.findings.finding import SEVERITIES, Finding, Report, Severity
from collector.report.markup import element


def junit(report: Report, fail_on: Severity) -> str:
    """A test suite with a case for each rule.

    Args:
        report: the findings of a run.
        fail_on: a rule with a finding of this severity or above has failed; what is below is told as its output.
    """
    found: dict[str, list[Finding]] = {}
    for each in report.findings:
        found.setdefault(each.rule, []).append(each)
    cases = []
    for rule in dict.fromkeys([*report.judged, *found]):
        failing = [each for each in found.get(rule, ()) if SEVERITIES.index(each.severity) >= SEVERITIES.index(fail_on)]
        case = element("testcase", classname="strobe", name=rule)
        for each in found.get(rule, ()):
            if each in failing:
                case.append(element("failure", each.why, type=each.severity, message=each.title))
            else:
                case.append(element("system-out", f"{each.severity}: {each.title}"))
        cases.append((case, bool(failing)))
    skipped = [
        element("testcase", element("skipped", message=each.why), classname="strobe", name=each.rule)
        for each in report.not_judged
    ]
    suite = element(
        "testsuite",
        *(case for case, _ in cases),
        *skipped,
        name=report.collection,
        tests=len(cases) + len(skipped),
        failures=sum(failed for _, failed in cases),
        errors=0,
        skipped=len(skipped),
    )
    root = element("testsuites", suite)
    indent(root)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + tostring(root, encoding="unicode") + "\n"
