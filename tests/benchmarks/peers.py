"""What recording costs a training, with us at each level and with what people use elsewhere: step time over plain's.

Each side trains in a process of its own, and they take turns, each right behind the plain training that it is compared
with: only one trains at a time. Each turn trains a model made anew, because where its tensors happen to lie makes a
training faster or slower by a tenth and more. ``--quick`` takes one turn of a few steps, to see that everything runs.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import distributions
from statistics import median
from typing import Any

from tests.benchmarks.peer_environment import PYTHON
from tests.benchmarks.row import Row, hand_over
from tests.benchmarks.sides import BLOCK
from tests.benchmarks.trained_models import CNN, MLP, RESNET

ROUNDS = {MLP: 12, CNN: 5, RESNET: 3}
"""Turns of each side."""

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
    models: tuple[str, ...] = tuple(ROUNDS)
    has_whole_blocks: bool = False


SIDES = (
    Asked("plain again", OURS, "Plain"),
    Asked("norms of the gradients only, by hand", OURS, "Norms"),
    Asked("Strobe, dynamics off", OURS, "Off", has_whole_blocks=True),
    Asked("Strobe, default: dynamics each tenth step", OURS, "Ours", has_whole_blocks=True),
    Asked("Strobe, dynamics each step", OURS, "EachStep", has_whole_blocks=True),
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
        self.beside: list[float] = []
        """Of a step of the plain training just before."""
        self.n_steps = BLOCK
        python = str(PYTHON) if asked.room == PEERS and PYTHON.exists() else sys.executable
        command = [python, "-m", "tests.benchmarks.side_process", asked.room, asked.name]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, text=True, **pipes)

    def start(self, model: str, most_steps: int) -> None:
        """Make the model, take a step, and see how many of them make a turn; a small model trains a block more."""
        self.cannot = self.cannot if model in self.asked.models else "not tried"
        self.n_steps = most_steps
        first = self._asked_for("start", model)
        if not self.asked.has_whole_blocks and first > 0:
            second = self._asked_for("block", 1)
            self.n_steps = max(1, min(most_steps, int(SECONDS_OF_BLOCK / max(second, 1e-6))))
        if model == MLP:
            self._asked_for("block", self.n_steps)

    def forget(self) -> None:
        """Begin with another model."""
        self.cannot, self.seconds, self.beside = "", [], []

    def take_turn(self, n_steps: int = 0) -> None:
        """Train a block, of so many steps where they are given."""
        n_steps = n_steps or self.n_steps
        seconds = self._asked_for("block", n_steps)
        if not self.cannot:
            self.seconds.append(seconds / n_steps)

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


def row_of(side: Side, model: str, version: str) -> Row:
    """A side's row: how many times longer its steps take than those beside them."""
    what = f"step time ÷ plain: {side.asked.what}"
    if side.cannot:
        advice = f"; pip install {side.asked.package}, or make peers" if "not installed" in side.cannot else ""
        return Row(what, model, "", "—", f"{side.cannot}{advice}")
    ratios = [one / other for one, other in zip(side.seconds, side.beside, strict=True)]
    beside = f"{median(side.seconds) * 1e3:.3g} ms a step; plain {median(side.beside) * 1e3:.3g} ms"
    if side.asked.package:
        beside += f"; {side.asked.package} {version}"
    if side.told:
        beside += f"; {side.told}"
    return Row(what, model, _goal(side.asked, model), f"{median(ratios):.3g}", beside)


def _goal(asked: Asked, model: str) -> str:
    """DESIGN's, of the two models that it names."""
    goals = {"Off": ("≤ 1.03", "≤ 1.03"), "Ours": ("≤ 1.06", "≤ 1.04"), "EachStep": ("≤ 1.25", "≤ 1.15")}
    return dict(zip((MLP, CNN), goals.get(asked.name, ("", "")), strict=True)).get(model, "")


def measure(*, is_quick: bool) -> Iterable[Row]:
    known = versions()
    with ExitStack() as processes:
        plain, sides = Side(Asked("plain", OURS, "Plain")), [*map(Side, SIDES)]
        for side in (plain, *sides):
            processes.callback(side.close)
        for model, n_rounds in ROUNDS.items():
            for side in (plain, *sides):
                side.forget()
            for _ in range(1 if is_quick else n_rounds):
                for side in sides:
                    side.start(model, 2 if is_quick else BLOCK)
                    if not side.cannot:
                        plain.start(model, 2 if is_quick else BLOCK)
                        plain.take_turn(side.n_steps)
                        side.take_turn()
                        side.beside.append(plain.seconds[-1])
                    side.end()
            plain.end()
            for side in (each for each in sides if model in each.asked.models):
                yield row_of(side, model, known.get(side.asked.package, ""))


if __name__ == "__main__":
    hand_over(measure(is_quick="--quick" in sys.argv[1:]))
