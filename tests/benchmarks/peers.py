"""What recording costs a training, with us at each level and with what people use elsewhere: step time over plain's.

Each side trains in a process of its own, and they take turns: only one trains at a time. ``--quick`` takes one turn of
a few steps, to see that everything runs.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import distributions
from statistics import mean, median
from typing import Any

from tests.benchmarks.peer_environment import PYTHON
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK, MODELS

ROUNDS = dict(zip(MODELS, (8, 5, 3), strict=True))
"""Turns of each side, after one to warm up."""

SECONDS_OF_BLOCK = 1.0
"""Slower sides take fewer steps than `BLOCK` in a turn, so that it lasts about so long."""

OURS = "tests.benchmarks.sides"
PEERS = "tests.benchmarks.peer_sides"


@dataclass(frozen=True)
class Asked:
    """A side: where its class is, what a reader is told of it, and of which models."""

    what: str
    room: str
    name: str
    package: str = ""
    models: tuple[str, ...] = tuple(MODELS)
    average: Callable[[Iterable[float]], float] = median
    has_whole_blocks: bool = False


MLP, CNN, _ = MODELS
SIDES = (
    Asked("plain again", OURS, "Plain"),
    Asked("norms of the gradients only, by hand", OURS, "Norms"),
    Asked("Strobe, dynamics off", OURS, "Off", has_whole_blocks=True),
    Asked("Strobe, default: dynamics each tenth step", OURS, "Ours", has_whole_blocks=True),
    Asked("Strobe, dynamics each step", OURS, "EachStep", has_whole_blocks=True),
    # Not every block of it has a pass, so a median would be that of blocks without.
    Asked("Strobe, budget=0.03", OURS, "WithinBudget", average=mean, has_whole_blocks=True),
    Asked('W&B, watch(log="all", log_freq=1), offline', PEERS, "WeightsAndBiases", "wandb"),
    Asked("TensorBoard, histograms of weights and gradients", PEERS, "TensorBoard", "tensorboard"),
    Asked("TorchLens, trace of each batch", PEERS, "TorchLens", "torchlens"),
    Asked("Cockpit, economy", PEERS, "Cockpit", "cockpit-for-pytorch", models=(MLP, CNN)),
    Asked("weights, gradients and outputs by tolist into JSON", OURS, "Lists", models=(MLP, CNN)),
)


class Side:
    """One side's process."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.cannot = self.told = ""
        self.seconds: list[float] = []
        """Of a step, turn by turn."""
        self._n_steps = BLOCK
        python = str(PYTHON) if asked.room == PEERS and PYTHON.exists() else sys.executable
        command = [python, "-m", "tests.benchmarks.side_process", asked.room, asked.name]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, text=True, **pipes)

    def start(self, model: str, most_steps: int) -> None:
        """Make the model, take a step, and see how many of them make a turn."""
        self.seconds = []
        self.cannot = "" if model in self.asked.models else "not tried"
        self._n_steps = most_steps
        first = self._asked_for("start", model)
        if not self.asked.has_whole_blocks and first > 0:
            second = self._asked_for("block", 1)
            self._n_steps = max(1, min(most_steps, int(SECONDS_OF_BLOCK / max(second, 1e-6))))

    def take_turn(self) -> None:
        """Train a block."""
        seconds = self._asked_for("block", self._n_steps)
        if not self.cannot:
            self.seconds.append(seconds / self._n_steps)

    def end(self) -> None:
        """Finish what was recorded."""
        self._asked_for("end")

    def close(self) -> None:
        """End the process."""
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.stdout.close()
        self._process.wait()

    def _asked_for(self, *command: Any) -> float:
        if self.cannot:
            return 0.0
        assert self._process.stdin and self._process.stdout
        try:
            print(json.dumps(command), file=self._process.stdin, flush=True)
            answer = json.loads(self._process.stdout.readline() or '{"cannot": "its process ended"}')
        except BrokenPipeError:
            answer = {"cannot": "its process ended"}
        self.cannot, self.told = answer.get("cannot", ""), answer.get("told", "")
        return float(answer.get("seconds", 0.0))


def versions() -> dict[str, str]:
    """Package → version, of the peers too."""
    code = "from importlib.metadata import distributions as d; print(*(f'{each.name}={each.version}' for each in d()))"
    told = [f"{each.name}={each.version}" for each in distributions()]
    if PYTHON.exists():
        told += subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return dict(each.split("=", 1) for each in told)


def row_of(side: Side, plain: Side, model: str, version: str) -> Row:
    """A side's row: how many times longer its steps take than those beside them."""
    what = f"step time ÷ plain: {side.asked.what}"
    if side.cannot:
        advice = f"; pip install {side.asked.package}, or make peers" if "not installed" in side.cannot else ""
        return Row(what, model, "", "—", f"{side.cannot}{advice}")
    ratios = [one / other for one, other in zip(side.seconds, plain.seconds, strict=True)]
    beside = f"{median(side.seconds) * 1e3:.3g} ms a step; plain {median(plain.seconds) * 1e3:.3g} ms"
    if side.asked.package:
        beside += f"; {side.asked.package} {version}"
    if side.told:
        beside += f"; {side.told}"
    return Row(what, model, _goal(side.asked, model), f"{side.asked.average(ratios):.3g}", beside)


def _goal(asked: Asked, model: str) -> str:
    """DESIGN's, of the two models that it names."""
    goals = {"Off": ("≤ 1.03", "≤ 1.03"), "Ours": ("≤ 1.06", "≤ 1.04"), "EachStep": ("≤ 1.25", "≤ 1.15")}
    return dict(zip((MLP, CNN), goals.get(asked.name, ("", "")), strict=True)).get(model, "")


def measure(*, is_quick: bool) -> Iterable[Row]:
    known = versions()
    with ExitStack() as processes:
        plain = Side(Asked("plain", OURS, "Plain"))
        sides = [plain, *map(Side, SIDES)]
        for side in sides:
            processes.callback(side.close)
        for model, n_rounds in ROUNDS.items():
            for side in sides:
                side.start(model, 2 if is_quick else BLOCK)
            for _ in range(1 if is_quick else 1 + n_rounds):
                for side in sides:
                    side.take_turn()
                sides.reverse()  # so that a machine that gets slower is unjust to nobody
            for side in sides:
                side.end()
                side.seconds = side.seconds[0 if is_quick else 1 :]  # the first one warms up
            ordered = sorted(sides, key=lambda side: [plain.asked, *SIDES].index(side.asked))
            for side in (each for each in ordered[1:] if model in each.asked.models):
                yield row_of(side, plain, model, known.get(side.asked.package, ""))


if __name__ == "__main__":
    hand_over(measure(is_quick="--quick" in sys.argv[1:]))
