"""Findings of one run that the other has not, and those that show only beside a healthy run."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from collector import open_collection
from collector.comparing import Pair, pair_of
from collector.comparing.findings import SidedFindings, one_sided_findings, sided_findings
from collector.findings import Finding
from collector.findings.finding import RestsOn
from tests.collector.findings.recorded import Recorded, chain


def pair(folder: Path, a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> Pair:
    """Two runs of which B calls its layers ``net.fc1``…, recorded at every second step."""
    theirs = chain(2)
    for layer in theirs:
        layer.name = f"net.{layer.name}"
    made = Recorded(folder, chain(2), name="a.json"), Recorded(folder, theirs, name="b.json")
    return pair_of(
        *(open_collection(one.scalars(each, every=2).write()) for one, each in zip(made, (a, b), strict=True))
    )


def found(pair: Pair, a: Sequence[Finding] = (), b: Sequence[Finding] = ()) -> SidedFindings:
    return sided_findings(pair, a, b)


def of(rule: str, *layers: str) -> Finding:
    rests_on = RestsOn("", "", "")
    made = {"severity": "warning", "title": "", "since": 0, "since_range": (0, 0), "rests_on": rests_on}
    return Finding(rule=rule, layers=list(layers), **made)  # type: ignore[arg-type]


def test_that_both_have_a_finding_of_one_rule_whose_first_layers_are_partners(tmp_path: Path) -> None:
    both = pair(tmp_path, {"loss": np.ones(9)}, {"loss": np.ones(9)})
    a = [of("spike", "fc1", "fc2"), of("spike", "fc2"), of("flat"), of("noisy")]
    b = [of("spike", "net.fc1"), of("dead", "net.fc1"), of("flat"), of("noisy", "net.fc2")]
    sided = found(both, a, b)
    assert list(sided.only_a) == [a[1], a[3]]
    assert list(sided.only_b) == [b[1], b[3]]
    assert list(sided.both) == [(a[0], b[0]), (a[2], b[2])]


@pytest.mark.parametrize("is_b", [False, True])
@pytest.mark.parametrize(("times", "is_told"), [(1.99, False), (2.0, False), (2.01, True)])
def test_that_a_loss_that_ends_above_twice_the_others_is_told_of_its_run(
    tmp_path: Path, is_b: bool, times: float, is_told: bool
) -> None:
    learns = np.linspace(4, 0.5, 40)
    stays = np.where(np.arange(40) < 30, learns, learns[-2:].mean() * times)
    learns[-4:] = learns[-2:].mean()
    stays[-4:] = learns[-1] * times
    losses = {"loss": learns}, {"loss": stays}
    sided = found(pair(tmp_path, *(losses if is_b else losses[::-1])))
    own, other = (sided.only_b, sided.only_a) if is_b else (sided.only_a, sided.only_b)
    assert list(other) == []
    assert [each.rule for each in own] == ["loss-floor"] * is_told
    if is_told:
        assert f"{times:.3g} times that of {'A' if is_b else 'B'}" in own[0].title
        assert (own[0].since, own[0].since_range) == (72, (72, 72))
        assert [(each.step, each.series) for each in own[0].evidence] == [(72, "loss")]


def test_that_the_end_of_a_loss_is_the_median_of_its_last_tenth(tmp_path: Path) -> None:
    healthy, jumps = np.ones(40), np.ones(40)
    jumps[-4:] = 9.0, 1.0, 1.0, np.nan
    assert not found(pair(tmp_path, {"loss": jumps}, {"loss": healthy})).only_a
    jumps[-4:] = 9.0, 9.0, 1.0, np.nan
    (told,) = found(pair(tmp_path, {"loss": jumps}, {"loss": healthy})).only_a
    assert "ends at 9, 9 times" in told.title


def test_that_a_loss_that_was_never_near_is_apart_from_the_first_step_on(tmp_path: Path) -> None:
    (told,) = found(pair(tmp_path, {"loss": np.ones(20)}, {"loss": np.full(20, 5.0)})).only_b
    assert told.since == 0


def test_that_a_loss_that_leaves_at_its_last_step_is_apart_from_there(tmp_path: Path) -> None:
    leaves = np.append(np.ones(9), 9.0)
    (told,) = found(pair(tmp_path, {"loss": leaves}, {"loss": np.ones(10)})).only_a
    assert told.since == 18


def test_that_nothing_is_a_floor_beside_a_loss_that_is_not_above_0(tmp_path: Path) -> None:
    for below in (0.0, -1.0, np.nan):
        assert not found(pair(tmp_path, {"loss": np.ones(9)}, {"loss": np.full(9, below)})).only_a


@pytest.mark.parametrize(("share", "is_told"), [(0.29, False), (0.31, True)])
def test_that_a_layer_with_many_more_dead_units_than_its_partner_is_told(
    tmp_path: Path, share: float, is_told: bool
) -> None:
    dying = np.full(10, 0.1)
    dying[[4, 7, 8, 9]] = 0.9, share, share, share
    columns = {"dead_fraction/fc1": np.full(10, 0.1)}, {"dead_fraction/net.fc1": dying}
    sided = found(pair(tmp_path, *columns))
    assert not sided.only_a
    assert [each.rule for each in sided.only_b] == ["more-dead-units"] * is_told
    if is_told:
        (told,) = sided.only_b
        assert told.title == "net.fc1: 31 % of its units are dead, in A 10 %."
        assert (told.layers, told.since, told.since_range) == (["net.fc1"], 14, (14, 14))
        assert [(each.tab, each.step, each.layer) for each in told.evidence] == [("features", 14, "net.fc1")]


def test_that_units_that_were_dead_from_the_first_step_or_died_with_the_last_are_told_since_then(
    tmp_path: Path,
) -> None:
    healthy = {"dead_fraction/net.fc1": np.zeros(5), "dead_fraction/net.fc2": np.zeros(5)}
    dead = {"dead_fraction/fc1": np.full(5, 0.5), "dead_fraction/fc2": np.array([0, 0, 0, 0, 0.5])}
    assert [each.since for each in found(pair(tmp_path, dead, healthy)).only_a] == [0, 8]
    alone = {"dead_fraction/fc1": np.full(5, 0.5)}
    assert not found(pair(tmp_path, alone, {"loss": np.ones(5)})).only_a


def test_that_one_sided_findings_are_told_with_their_layers_and_steps(tmp_path: Path) -> None:
    dead = {"dead_fraction/fc1": np.full(5, 0.5)}
    only_a, only_b = one_sided_findings(pair(tmp_path, dead, {"dead_fraction/net.fc1": np.zeros(5)}))
    (told,) = [each for each in only_a if each.rule == "more-dead-units"]
    assert (told.severity, told.layers, told.since) == ("warning", ["fc1"], 0)
    assert told.title.startswith("fc1: 50 %")
    assert not [each for each in only_b if each.rule == "more-dead-units"]
