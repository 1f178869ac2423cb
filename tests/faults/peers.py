"""The same trainings, judged by what others offer: does it say that something is wrong, and does it name the layer?

    make peers && .venv-peers/bin/python -m tests.faults.peers --write
    … --keep FOLDER                                 go on where an earlier run in this folder ended

Each of them watches in place of our collector, as its own page shows; what it takes for worse than a hint counts as an
alarm. Those that are not installed are left out, and the page says so.
"""

import argparse
import contextlib
import io
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import chain, product, zip_longest
from pathlib import Path

import msgspec
import torch

from collector.findings.alarms import wilson
from tests.faults import broken, healthy
from tests.faults.training import VALIDATE_EACH, Training

PAGE = Path(__file__).parents[2] / "resources" / "findings_peers.md"
Told = Callable[[], list[str]]
"""What a peer says once the training is over: an empty list where nothing is wrong."""


@contextmanager
def neuraldbg(training: Training) -> Iterator[tuple[Callable[[float], None], Told]]:
    """Its hypotheses are made by a part that is not published; without it, from its events, as it does itself."""
    from neuraldbg import EventType, NeuralDbg

    with NeuralDbg(training.model) as watcher:
        number = [0]

        def stepped(loss: float) -> None:
            watcher.record_loss(loss)
            number[0] += 1
            watcher.step = number[0]

        yield (
            stepped,
            lambda: [each.description for kind in EventType for each in watcher.explain_failure(kind.value)],
        )


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
    """It reads a log as trainers write it, means of 25 steps: loss, gradient norm, rate, and the held-out loss."""
    from trainproof.epoch import check_records

    records: list[dict[str, float]] = []
    losses: list[float] = []

    def stepped(loss: float) -> None:
        losses.append(loss)
        if len(losses) % VALIDATE_EACH:
            return
        gradients = [each.grad for each in training.model.parameters() if each.grad is not None]
        norm = float(torch.stack([each.norm() for each in gradients]).norm()) if gradients else 0.0
        rate = training.optimizers[0].param_groups[0]["lr"]
        mean = sum(losses[-VALIDATE_EACH:]) / VALIDATE_EACH
        records.append({"step": len(losses), "loss": mean, "grad_norm": norm, "lr": rate})
        if training.held_out is not None:
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
    seed: int
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
        return Verdict(peer, case, kind, seed, (), failed=f"{type(error).__name__}: {error}")
    return Verdict(peer, case, kind, seed, said, any(layer in each for layer in layers for each in said))


def main() -> int:
    """The exit code: 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.peers", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", nargs="+", default=[], help="cases whose name begins so")
    parser.add_argument("--keep", type=Path, help="go on where an earlier run in this folder ended")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    installed = {name: number for name in PEERS if (number := _version(name))}
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        found = list(_verdicts(installed, _trainings(chosen.only), chosen.seeds, folder / "verdicts.jsonl"))
    text = page(found, installed)
    if chosen.write:
        PAGE.write_text(text, "utf-8")
    print(text)
    return 0


def _verdicts(installed: Iterable[str], trainings: "Iterable[_Case]", n_seeds: int, kept: Path) -> Iterator[Verdict]:
    """Each of them on each training, written down at once; what is written down already is not asked again."""
    lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
    known = {(each.peer, each.case, each.kind, each.seed): each for each in map(_read, lines)}
    with kept.open("a", encoding="utf-8") as file:
        for (case, kind, make, layers), seed, peer in product(trainings, range(n_seeds), installed):
            one = known.get((peer, case, kind, seed))
            if one is None:
                one = verdict(peer, case, kind, make(seed), layers, seed)
                print(msgspec.json.encode(one).decode(), file=file, flush=True)
                said = one.failed or "; ".join(each[:80] for each in one.told[:3]) or "nothing"
                print(peer, case, kind, seed, said, flush=True)
            yield one


def _read(line: str) -> Verdict:
    return msgspec.json.decode(line, type=Verdict)


_Case = tuple[str, str, Callable[[int], Training], frozenset[str]]


def _trainings(only: list[str]) -> Iterator[_Case]:
    """A broken one, its twin, a healthy one, and so on: as far as it gets, it is a sample of all."""
    faults: list[list[_Case]] = [
        [(each.name, kind, partial(each.make, broken=kind == "broken"), each.layers) for kind in ("broken", "twin")]
        for each in broken.CASES
    ]
    fine: list[list[_Case]] = [[(each.name, "healthy", each.make, frozenset())] for each in healthy.CASES]
    for each in chain.from_iterable(chain.from_iterable(zip_longest(faults, fine, fillvalue=[]))):
        if not only or any(each[0].startswith(start) for start in only):
            yield each


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
