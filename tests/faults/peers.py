"""The same trainings, judged by what others offer: does it say that something is wrong, and does it name the layer?

    make peers && .venv-peers/bin/python -m tests.faults.peers --seeds 1 --write

Each of them watches in place of our collector, as its own page shows; what it takes for worse than a hint counts as an
alarm. Those that are not installed are left out, and the page says so.
"""

import argparse
import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch

from collector.findings.alarms import wilson
from tests.faults import broken, healthy
from tests.faults.training import VALIDATE_EACH, Training

PAGE = Path(__file__).parents[2] / "resources" / "findings_peers.md"
Told = Callable[[], list[str]]
"""What a peer says once the training is over: an empty list where nothing is wrong."""


@contextmanager
def neuraldbg(training: Training) -> Iterator[tuple[Callable[[float], None], Told]]:
    from neuraldbg import NeuralDbg

    with NeuralDbg(training.model) as watcher:
        number = [0]

        def stepped(loss: float) -> None:
            watcher.record_loss(loss)
            number[0] += 1
            watcher.step = number[0]

        yield stepped, lambda: [each.description for each in watcher.get_causal_hypotheses()]


@contextmanager
def torchmortem(training: Training) -> Iterator[tuple[Callable[[float], None], Told]]:
    from torchmortem import Autopsy

    with Autopsy(training.model, optimizer=training.optimizers[-1]) as watcher:

        def told() -> list[str]:
            found = watcher.get_report().findings
            bad = [each for each in found if str(getattr(each.severity, "value", each.severity)).lower() != "info"]
            return [f"{each.title} {' '.join(each.affected_layers)}" for each in bad]

        yield lambda loss: watcher.step(loss=loss), told


@contextmanager
def trainproof(training: Training) -> Iterator[tuple[Callable[[float], None], Told]]:
    """It reads a log: step, loss, gradient norm, rate, and the held-out loss."""
    from trainproof.epoch import check_records

    records: list[dict[str, float]] = []

    def stepped(loss: float) -> None:
        gradients = [each.grad for each in training.model.parameters() if each.grad is not None]
        norm = float(torch.stack([each.norm() for each in gradients]).norm()) if gradients else 0.0
        rate = training.optimizers[0].param_groups[0]["lr"]
        records.append({"step": len(records) + 1, "loss": loss, "grad_norm": norm, "lr": rate})
        if training.held_out is not None and len(records) % VALIDATE_EACH == 0:
            records[-1]["eval_loss"] = training.evaluated(training.held_out)

    def told() -> list[str]:
        found = check_records(records)["findings"]
        return [f"{each['id']} {each['message']}" for each in found if each["level"] in ("FAIL", "WARN")]

    yield stepped, told


PEERS = {"neuraldbg": neuraldbg, "torchmortem": torchmortem, "trainproof": trainproof}


@dataclass(frozen=True)
class Verdict:
    """What a peer said of a training; ``failed``: it broke."""

    peer: str
    case: str
    kind: str
    told: tuple[str, ...]
    names_layer: bool = False
    failed: str = ""


def verdict(peer: str, case: str, kind: str, training: Training, layers: frozenset[str], seed: int) -> Verdict:
    """Train as `tests.faults.training.run` does, with the peer in the collector's place."""
    torch.manual_seed(seed)
    try:
        with contextlib.redirect_stdout(io.StringIO()), PEERS[peer](training) as (stepped, told):
            for logged in training.steps():
                stepped(float(logged.get("loss", float("nan"))))
        said = tuple(told())
    except Exception as error:  # noqa: BLE001 - somebody else's code
        return Verdict(peer, case, kind, (), failed=f"{type(error).__name__}: {error}")
    return Verdict(peer, case, kind, said, any(layer in each for layer in layers for each in said))


def main() -> int:
    """The exit code: 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.peers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[], help="cases whose name begins so")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    installed = {name: found for name in PEERS if (found := _version(name))}
    found: list[Verdict] = []
    for peer in installed:
        for case, kind, make, layers in _trainings(chosen.only):
            for seed in range(chosen.seeds):
                found.append(verdict(peer, case, kind, make(seed), layers, seed))
                one = found[-1]
                print(peer, case, kind, one.failed or "; ".join(each[:80] for each in one.told[:3]) or "nothing")
    text = page(found, installed)
    if chosen.write:
        PAGE.write_text(text, "utf-8")
    print(text)
    return 0


def _trainings(only: list[str]) -> Iterator[tuple[str, str, Callable[[int], Training], frozenset[str]]]:
    wanted = lambda name: not only or any(name.startswith(start) for start in only)  # noqa: E731
    for fault in broken.CASES:
        if wanted(fault.name):
            for is_broken in (True, False):
                make = lambda seed, fault=fault, is_broken=is_broken: fault.make(seed, is_broken)  # noqa: E731
                yield fault.name, "broken" if is_broken else "twin", make, fault.layers
    for case in healthy.CASES:
        if wanted(case.name):
            yield case.name, "healthy", case.make, frozenset()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def page(found: list[Verdict], installed: dict[str, str]) -> str:
    """The figures beside one another, as Markdown."""
    lines = ["# What others find in the same trainings", "", "Made by `python -m tests.faults.peers --write`.", ""]
    lines += ["| tool | broken: something is said | a layer at fault is named | healthy: something is said | broke |"]
    lines += ["| --- | --- | --- | --- | --- |"]
    for peer, number in installed.items():
        own = [each for each in found if each.peer == peer]
        bad = [each for each in own if each.kind == "broken" and not each.failed]
        fine = [each for each in own if each.kind != "broken" and not each.failed]
        said, alarms = [each for each in bad if each.told], [each for each in fine if each.told]
        low, high = wilson(len(alarms), len(fine))
        named = sum(each.names_layer for each in bad)
        lines.append(
            f"| {peer} {number} | {len(said)} of {len(bad)} | {named} of {len(bad)} | {len(alarms)} of {len(fine)} "
            f"({low:.0%} to {high:.0%}) | {sum(bool(each.failed) for each in own)} |"
        )
    missing = [name for name in PEERS if name not in installed]
    return "\n".join([*lines, "", f"Not installed: {', '.join(missing) or 'none'}.", ""])


if __name__ == "__main__":
    sys.exit(main())
