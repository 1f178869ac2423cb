"""Rules of rates, optimizers' states and skipped steps."""

from pathlib import Path

import numpy as np
import pytest

from collector.storage.schema import LossRecord, OptimizersRecord, OriginRecord, ParameterGroup, ResumeRecord
from tests.collector.findings.recorded import Recorded, chain, falling, flat, linear
from tests.collector.findings.said import RULES, halved, lacking, opponents, told

N = 200
STEPS = np.arange(N)


def rate(folder: Path, *values: np.ndarray, loss: np.ndarray | None = None) -> Recorded:
    names = ["learning_rate"] if len(values) == 1 else [f"learning_rate/group{k}" for k in range(len(values))]
    run = Recorded(folder).scalars({"loss": flat(N) if loss is None else loss})
    return run.scalars(dict(zip(names, values, strict=True)))


def test_that_a_millionth_of_the_largest_rate_for_a_tenth_of_the_run_is_an_end(tmp_path: Path) -> None:
    rule = "learning-rate-zero"
    assert told(rate(tmp_path, np.where(STEPS < 150, 4.0, 3e-6)), rule) == [
        "warning: all since 150 in 149-150; see optimizer 150 learning_rate",
        "The learning rate is zero for 25 % of the run, from step 150 on. Gradients go on coming, and "
        "nothing is learnt from them.",
        "share of the run: 0.25",
    ]
    assert told(rate(tmp_path, np.where(STEPS < 150, 4.0, 4e-6)), rule) == []
    assert told(rate(tmp_path, np.where((STEPS < 100) | (STEPS >= 121), 4.0, 0.0)), rule) == [
        "warning: all since 100 in 99-100 until 120; see optimizer 100 learning_rate",
        "The learning rate is zero for 10 % of the run, from step 100 on. Gradients go on coming, and "
        "nothing is learnt from them.",
        "share of the run: 0.105",
    ]
    assert told(rate(tmp_path, np.where((STEPS < 100) | (STEPS >= 120), 4.0, 0.0)), rule) == []
    assert told(rate(tmp_path, np.where(STEPS < 100, 0.0, 4.0)), rule) == []
    assert told(rate(tmp_path, np.zeros(N)), rule) == [
        "warning: all since 0 in 0-0; see optimizer 0 learning_rate",
        "The learning rate is zero for 100 % of the run, from step 0 on. Gradients go on coming, and "
        "nothing is learnt from them.",
        "share of the run: 1",
    ]


def test_that_every_group_has_to_have_ended_and_the_loss_not(tmp_path: Path) -> None:
    rule, ended = "learning-rate-zero", np.where(STEPS < 100, 0.1, 0.0)
    assert told(rate(tmp_path, ended, np.ones(N)), rule) == []
    assert told(rate(tmp_path, ended, np.where(STEPS < 120, 0.1, 0.0)), rule)[0].startswith("warning: all since 120")
    for last, severity in ((0.049, "note"), (0.05, "warning")):
        assert told(rate(tmp_path, ended, loss=halved(N, 1.0, last)), rule)[0].startswith(severity)


def aged(folder: Path, ages: np.ndarray, loss: np.ndarray | None = None, updates: np.ndarray | None = None) -> Recorded:
    run = Recorded(folder).scalars({"loss": falling(N) if loss is None else loss})
    run.scalars({"optimizer_age/total": ages}, every=10)
    if updates is not None:
        run.scalars(
            {f"update_norm/fc{k}": updates for k in (1, 2)} | {f"weight_norm/fc{k}": np.ones(N) for k in (1, 2)}
        )
    return run


AGES = np.concatenate([np.arange(10.0) * 10, np.arange(10.0) * 10 + 3])


def test_that_an_age_that_falls_is_told_with_what_it_does_to_updates(tmp_path: Path) -> None:
    rule = "optimizer-state-lost"
    jump = np.where(STEPS == 100, 0.31, np.where(STEPS < 90, 9.0, 0.1))
    assert told(aged(tmp_path, AGES, updates=jump), rule) == [
        "warning: all since 100 in 90-100; see optimizer 100 optimizer_age/total",
        "The optimizer begins anew at step 100: its state was 90 steps old. Updates are 3.1 times "
        "larger. Its averages are gone; the first steps after that are taken blindly.",
        "age before: 90, age after: 3",
    ]
    assert told(aged(tmp_path, AGES, updates=np.where(STEPS == 100, 0.3, 0.1)), rule) == [
        "note: all since 100 in 90-100; see optimizer 100 optimizer_age/total",
        "The optimizer begins anew at step 100: its state was 90 steps old. Its averages are gone; the "
        "first steps after that are taken blindly.",
        "age before: 90, age after: 3",
    ]
    assert told(aged(tmp_path, AGES, flat(N)), rule)[0].startswith("warning")
    assert told(aged(tmp_path, np.full(20, 5.0)), rule) == []
    assert told(aged(tmp_path, np.where(np.arange(20) < 10, 5.0, 4.0)), rule)[2] == "age before: 5, age after: 4"
    assert told(aged(tmp_path, np.concatenate([AGES[:15], AGES[:5]])), rule)[0].startswith("note: all since 100")


def test_that_a_resume_at_this_step_is_the_likely_cause(tmp_path: Path) -> None:
    for step, words in ((100, "checkpoint"), (101, "A new optimizer"), (99, "A new optimizer")):
        (found,) = aged(tmp_path, AGES).add(ResumeRecord(step, "")).found(RULES["optimizer-state-lost"])
        assert words in found.causes[0].text


@pytest.mark.parametrize(
    ("skipped", "severity"),
    [([4], None), ([2, 3], "note"), ([22], "note"), ([23], "warning"), ([1800], "warning"), ([1801], "critical")],
)
def test_that_skipped_steps_are_as_bad_as_their_share(tmp_path: Path, skipped: list[int], severity) -> None:
    counts = np.zeros(N)
    counts[50 : 50 + len(skipped)] = skipped
    counts[10] = np.nan
    run = Recorded(tmp_path).scalars({"loss": falling(N)}).scalars({"skipped_steps": counts})
    found = told(run, "skipped-steps")
    assert [each.partition(":")[0] for each in found[:1]] == ([severity] if severity else [])


def test_that_skipped_steps_are_told_with_where_they_arose_and_until_when(tmp_path: Path) -> None:
    counts = np.zeros(N)
    counts[[50, 60]] = 3, 30
    run = Recorded(tmp_path).scalars({"loss": falling(N)}).scalars({"skipped_steps": counts})
    run.add(OriginRecord(49, "backward", "fc2", nan=1, skipped=True), OriginRecord(50, "forward", "f", skipped=True))
    run.add(OriginRecord(50, "backward", "fc1", nan=1), OriginRecord(51, "loss", nan=1, skipped=True))
    assert told(run, "skipped-steps") == [
        "warning: fc2 since 50 in 50-50 until 60; see timeline 50 skipped_steps",
        "33 steps were skipped, 14 % of all: their gradients were not finite. A skipped step teaches "
        "nothing. They arose in fc2 and f.",
        "skipped: 33, share: 0.1416",
    ]
    for last, until in ((N - 1, ""), (N - 3, f" until {N - 3}")):
        counts = np.zeros(N)
        counts[[50, last]] = 30
        run = Recorded(tmp_path).scalars({"loss": falling(N)}).scalars({"skipped_steps": counts})
        assert told(run, "skipped-steps")[0].startswith(f"warning: all since 50 in 50-50{until};")


def test_that_an_adam_with_too_small_an_eps_is_told_for_the_groups_that_have_it(tmp_path: Path) -> None:
    def of(change: float, loss: np.ndarray, *eps: object, kind: str = "AdamW") -> list[str]:
        groups = [ParameterGroup([f"fc{k}.weight"], kind, 0, options={"eps": each}) for k, each in enumerate(eps, 1)]
        run = Recorded(tmp_path).scalars({"loss": loss, "learning_rate": np.full(N, 0.25)})
        run.scalars({"still_change_max@1e-07/total": np.full(N, change)})
        return told(run.add(OptimizersRecord(0, groups)), "spiky-units")

    assert of(0.126, flat(N), 1e-12, 1e-8, 5e-12) == [
        "warning: fc1, fc3 since 0 in 0-0; see optimizer 0 fc1",
        "eps is 1e-12: gradients of next to nothing become full steps. Units that hardly ever get a "
        "gradient jump when they do.",
        "eps: 1e-12",
    ]
    assert of(0.125, flat(N), 1e-12)[0].startswith("note: fc1")
    assert of(0.126, falling(N), 1e-12)[0].startswith("note: fc1")
    assert of(0.126, flat(N), 1e-11) == []
    assert of(0.126, flat(N), "no number") == []
    assert of(0.126, flat(N), 1e-12, kind="SGD") == []


def test_that_the_network_whose_gradients_come_to_a_hundredth_is_starved(tmp_path: Path) -> None:
    def of(n: int = 40, at: int = 0, **of_layers: np.ndarray) -> list[str]:
        run = Recorded(tmp_path, chain(5))
        usual = {f"gradient_norm/fc{k}": np.ones(n) for k in range(1, 6)}
        run.scalars(usual | {f"gradient_norm/{name}": each for name, each in of_layers.items()}, every=10, start=at)
        groups = [ParameterGroup(["fc1.weight"], "Adam", 0)]
        groups += [ParameterGroup([f"fc{k}.weight" for k in (2, 3, 4, 5)], "Adam", 1)]
        return told(run.add(OptimizersRecord(0, groups)), "generator-starved")

    def starved(row: int, share: float, n: int = 40) -> np.ndarray:
        return np.where(np.arange(n) < row, 0.5, 0.5 * share)

    of_second = {f"fc{k}": starved(20, 0.0099) for k in (2, 3, 4, 5)}
    assert of(**of_second) == [
        "warning: fc2, fc3, fc4 (then fc5) since 200 in 190-200; see optimizer 200 fc2 gradient_norm/fc2",
        "fc2 and what is trained with it get 0.0099 of the gradient they got. Its opponent is so sure "
        "that it teaches nothing any more.",
        "gradient, last / first: 0.0099, optimizer: 1",
    ]
    assert of(**{name: starved(20, 0.0101) for name in of_second}) == []
    assert of(fc1=starved(35, 0.001)) != []
    assert of(fc1=starved(36, 0.001)) == []
    assert of(fc1=starved(8, 0.001)) != []
    assert of(fc1=starved(4, 0.001)) != []
    assert of(fc1=starved(3, 0.001)) == []  # of the first fifth
    assert of(20, fc1=starved(10, 0.001, 20)) != []
    assert of(19, fc1=starved(10, 0.001, 19)) == []
    assert of(fc1=np.zeros(40)) == []


def test_that_one_optimizer_has_no_opponent(tmp_path: Path) -> None:
    run = Recorded(tmp_path).scalars({"gradient_norm/fc1": np.ones(40)})
    groups = OptimizersRecord(0, [ParameterGroup(["fc1.weight"], "Adam", 0)])
    assert "there is no opponent" in lacking(run.add(groups), "generator-starved")
    assert lacking(Recorded(tmp_path).add(opponents()), "generator-starved").startswith("there is no gradient_norm")


def test_that_a_network_all_of_whose_pairs_are_linear_is_told(tmp_path: Path) -> None:
    def of(pairs: list[tuple[str, str]], loss: np.ndarray, n_layers: int = 3) -> list[str]:
        layers = [*chain(n_layers), linear("bias_only", n_in=0)]
        run = Recorded(tmp_path, layers).scalars({"loss": loss})
        return told(run.add(LossRecord(0, "loss", ["NllLoss"], linear=pairs)), "linear-copies")

    both = [("fc1", "fc2"), ("fc2", "fc3")]
    assert of(both, flat(N)) == [
        "warning: fc1, fc2, fc3 since 0 in 0-0; see network 0 fc1",
        "No layer has an activation behind it: the whole network is linear. Two linear layers one behind "
        "the other can do no more than one.",
        "pairs: 2",
    ]
    assert of(both, falling(N))[0].startswith("note")
    assert of([("gone", "fc1"), both[1]], flat(N)) == [
        "note: fc2, fc3 since 0 in 0-0; see network 0 fc2",
        "Nothing that is not linear lies between fc2 and fc3. Two linear layers one behind the other can "
        "do no more than one.",
        "pairs: 1",
    ]
    assert of([("fc1", "fc2")], flat(N), 2)[1].startswith("Nothing that is not linear")
    assert of([("gone", "fc1")], flat(N)) == []
