"""Strobe: train a network and watch what happens inside it, or open what an earlier run left."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from strobe_window.program import PROGRAM, refuse_old_python, what_lacks

refuse_old_python()
try:
    from collector.optional_metrics import CLASSES
    from collector.storage import CollectionError, UnreachableError, open_collection
    from collector.storage.locks import Claim
    from collector.storage.paths import AnyPath, expanded, folder_here, located
    from data.errors import DataError
    from data.names import DATASETS
    from models.metric_choice import check_metrics_of, chosen
    from models.names import KERAS_MODELS, MODELS, OPTIMIZERS, WrongPairError, check_pair, fitting_models
    from models.options import TrainOptions
    from models.rank import Rank, this_rank
    from models.resuming import resumed_options
    from models.stopping import terminate_at_end_of_input
except ModuleNotFoundError as error:
    sys.exit(what_lacks(error) or str(error))

if TYPE_CHECKING:
    from app.window.train_dialog import TrainingChoices

EXAMPLES = f"""examples:
  {PROGRAM}                                   the start page: recent files, demos, what can be trained
  {PROGRAM} demo                              a small recording with a planted fault, its finding open
  {PROGRAM} --dataset mnist --model cnn       train a network and watch it, a pass every 50 steps
  {PROGRAM} --dataset shapes --epochs 5       train another network and watch it
  {PROGRAM} my_run.json                       open a collection
  {PROGRAM} a.json b.json                     two runs on one clock: A, B, and how they differ
  {PROGRAM} --headless --output_path a.json   train and collect, no window
  {PROGRAM} --epochs 5 --resume               go on where that run stopped, or begin it
  torchrun --nproc_per_node=2 main.py --headless   train with two processes
  {PROGRAM} findings a.json                   what is wrong: which layer, since which step, and why
  {PROGRAM} report a.json                     a page about it: findings, curves, layers, cost; --junit for CI
  {PROGRAM} compare a.json b.json             what differs: which layer, since which step, and why
  {PROGRAM} https://host/a.json               open what lies elsewhere, by parts; s3://, gs://, ssh:// too
  {PROGRAM} thin a.json                       a copy whose passes come further apart the older they are
  {PROGRAM} verify a.json                     check the whole file: is all of it as it was written
  {PROGRAM} import LOGDIR a.json              curves and distributions of TensorBoard's or W&B's logs, as a collection
  {PROGRAM} export a.json --csv               what other tools read; export --help tells more
"""

COMMANDS = {
    "compare": ("collector.comparing.command", "compare_command"),
    "export": ("collector.export.command", "export"),
    "findings": ("collector.findings.command", "findings_command"),
    "import": ("collector.importing.command", "import_command"),
    "report": ("collector.report.command", "report_command"),
    "thin": ("collector.storage.thin_command", "thin_command"),
    "verify": ("collector.storage.verify_command", "verify"),
}
"""What may stand in place of a collection, and what does it; loaded when it is asked for."""

WRONG_USE = 2
"""Exit code for what the user can mend with other options."""

LOST_RANK = 1
"""Exit code where another process of the same training ended."""


def main(arguments: list[str] | None = None) -> int:
    """Open a collection, or train and then open what was collected; the exit code."""
    try:
        return _run(_parser(), arguments)
    except ModuleNotFoundError as error:
        if (told := what_lacks(error)) is None:
            raise
        sys.stderr.write(f"{told}\n")
        return WRONG_USE


def _run(parser: argparse.ArgumentParser, arguments: list[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] in COMMANDS:
        module, function = COMMANDS[given[0]]
        code: int = getattr(import_module(module), function)(given[1:], f"{parser.prog} {given[0]}")
        return code
    if given and given[0] == "demo":
        return _demo(given[1:], f"{parser.prog} demo")
    if not given and _has_display():
        from app.window.start import show_window

        return show_window(_choices())
    chosen = parser.parse_args(given)
    if chosen.collection:
        _refuse_options(parser, given, chosen.collection)
        if len(chosen.collection) > 2:
            parser.error(f"two collections can be compared at a time, and {len(chosen.collection)} are named.")
    if chosen.black_box:
        _check_black_box(parser, chosen)
    if chosen.stop_at_end_of_input:
        terminate_at_end_of_input()
    try:
        return _open_or_train(chosen, given)
    except (CollectionError, UnreachableError, DataError, WrongPairError) as error:
        if this_rank().is_first:
            sys.stderr.write(f"{parser.prog}: {error}\n")
        return WRONG_USE
    except KeyboardInterrupt:  # before there is a training or a window that would hear of it
        return 128 + signal.SIGINT


def _open_or_train(chosen: argparse.Namespace, given: list[str]) -> int:
    options = TrainOptions(**{name: getattr(chosen, name) for name in TrainOptions.__dataclass_fields__})
    if (rank := this_rank()).world_size > 1:
        return _train_with_others(options, rank, has_window=bool(chosen.collection) or not chosen.headless)
    if chosen.collection:
        return _open(*chosen.collection)
    check_pair(options.model_name, options.dataset)
    check_metrics_of(options.metrics, options.model_name)
    resumed = resumed_options(options) if options.resume and options.collection_path.exists() else None
    if options.force:
        Claim(options.collection_path).release()  # what somebody records into is no target, said before all work
    if resumed is None and options.collection_path.exists() and not options.force:
        _accept_existing(options)
    elif chosen.headless or not _has_display():
        print("Loading PyTorch…", flush=True)
        from models.run import train

        train(resumed or options)
        _tell_findings(options.collection_path)
    else:
        return _train_in_window(options, given)
    return 0 if chosen.headless else _open(options.collection_path)


def _tell_findings(path: Path) -> None:
    """What is wrong in a run that has ended, in a few lines."""
    from collector.findings.command import summary

    with open_collection(path) as collection:
        report = collection.findings()
    print(summary(report))
    for each in report.at_least("warning"):
        print(f"  {each.title}")
    if report.findings:
        print(f"Why, and what to look at: {PROGRAM} findings {path}", flush=True)


def _train_with_others(options: TrainOptions, rank: Rank, *, has_window: bool) -> int:
    """Be one of the processes that torchrun has started. The first speaks for all.

    Raises:
        WrongPairError: what is asked for takes a single process.
    """
    if has_window:
        raise WrongPairError("Several processes train without a window: add --headless, and open the collection later.")
    if options.resume:
        raise WrongPairError("Several processes leave no checkpoint that --resume could go on from: leave it out.")
    if options.model_name in KERAS_MODELS:
        raise WrongPairError(f"{options.model_name} trains in a single process: leave out torchrun.")
    check_pair(options.model_name, options.dataset)
    from models.ranks import LostRankError, agreed, joined
    from models.run import train
    from models.seeds import drawn_seed

    try:
        with joined(rank):
            if agreed(options.collection_path.exists() and not options.force):
                if rank.is_first:
                    _accept_existing(options)
                return 0
            train(options if options.seed is not None else replace(options, seed=agreed(drawn_seed())), rank)
    except LostRankError as error:
        if rank.is_first:
            kept = f"What was recorded until then is in {options.collection_path}."
            sys.stderr.write(f"The training could not go on: {error}. {kept}\n")
        return LOST_RANK
    return 0


def _check_black_box(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    from collector.capture.black_box import MOST_BYTES, check_black_box

    try:
        check_black_box(chosen.black_box, MOST_BYTES, chosen.unit_rule)
    except ValueError as error:
        parser.error(f"{error}.")


def _refuse_options(parser: argparse.ArgumentParser, given: list[str], paths: list[AnyPath]) -> None:
    """Options are about a training, and where a collection is opened there is none."""
    names = [each.partition("=")[0] for each in given if each.startswith("--")]
    if names:
        opened = " and ".join(map(str, paths))
        told = f"{', '.join(names)} would have no effect, because a collection that is named is opened: {opened}."
        parser.error(f"{told} Leave the options out to open it, or name it with --output_path to train.")


def _demo(given: list[str], program: str) -> int:
    """A demo with its finding open; without a display, what is found in it, in words."""
    from app.window.demos import DEFAULT, DEMOS

    parser = argparse.ArgumentParser(prog=program, description="Open a small recording, and the finding it is about.")
    parser.add_argument("name", nargs="?", choices=[each.name for each in DEMOS], default=DEFAULT.name)
    name = parser.parse_args(given).name
    demo = next(each for each in DEMOS if each.name == name)
    if _has_display():
        from app.window.start import show_window

        return show_window(_choices(), demo=demo)
    from collector.findings.command import findings_command

    findings_command([str(demo.path)], program)
    print(f"\nThere is no display. Where there is one, see it: {PROGRAM} demo {name}")
    return 0


def _open(path: AnyPath, other: AnyPath | None = None) -> int:
    """A window with a display; without one an overview picture, and of two what differs, in words."""
    from collector.comparing.saved import is_saved_comparison

    if other is not None or is_saved_comparison(path):
        return _compare(path, other)
    if _has_display():
        from app.window.start import show_window

        with open_collection(path):  # what is wrong with the file is said before there is a window
            pass
        return show_window(_choices(), path=path)
    picture = folder_here(path) / f"{path.stem}.png"
    painter = [sys.executable, "-m", "app.window.overview", str(path.resolve()), str(picture.resolve())]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    painted = subprocess.run(painter, cwd=Path(__file__).parent, env=environment, check=False, stderr=subprocess.PIPE)
    if painted.returncode == WRONG_USE:
        raise CollectionError(path, painted.stderr.decode(errors="replace").strip())
    if painted.returncode:
        last_line = painted.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
        print(f"The overview picture could not be painted ({last_line[0]}).")
    else:
        print(f"There is no display, so the run was painted into {picture}.")
    print(f"To replay it pass by pass, open it where there is a display: {PROGRAM} {path}")
    return 0


def _compare(path: AnyPath, other: AnyPath | None) -> int:
    """A window with two runs with a display, what differs in words without one."""
    if not _has_display():
        from collector.comparing.command import compare_command

        return compare_command([str(each) for each in (path, other) if each is not None], "main.py")
    from app.window.start import show_window
    from collector.comparing.saved import SavedComparison, load

    wish = load(path) if other is None else SavedComparison(a=str(path), b=str(other))
    for each in (wish.a, wish.b):
        with open_collection(each):  # what is wrong with a file is said before there is a window
            pass
    return show_window(_choices(), comparing=wish)


def _train_in_window(options: TrainOptions, arguments: list[str]) -> int:
    """A window at once; the training has a process of its own, so that the window's never loads a framework."""
    from app.window.start import show_window
    from app.window.train_dialog import TrainingRequest

    return show_window(_choices(), request=TrainingRequest(tuple(arguments), options.collection_path))


def _choices() -> "TrainingChoices":
    """What the window can train."""
    from app.window.train_dialog import TrainingChoices

    return TrainingChoices(
        program=Path(__file__).resolve(),
        models_of={dataset: fitting_models(dataset) for dataset in DATASETS},
        path_of=lambda dataset, model: TrainOptions(dataset=dataset, model=model).collection_path,
        needs_folder=frozenset({"folder"}),
        optimizers=OPTIMIZERS,
        lacks="" if find_spec("torch") else what_lacks(ModuleNotFoundError(name="torch")) or "",
    )


def _accept_existing(options: TrainOptions) -> None:
    """Say that an existing collection is opened, or refuse where it is of another run."""
    path = options.collection_path
    with open_collection(path) as existing:
        if options.resume:
            n_epochs = len(existing.epochs)
            ended = f"its {n_epochs} epoch{'s' * (n_epochs != 1)} have been trained"
            print(f"{path}: nothing is left to train, {ended}. It would go on with more --epochs.", flush=True)
            return
        differences = options.differences(existing.run.options)
        if differences:
            told = ", ".join(f"{name} {made} and not {asked}" for name, (made, asked) in differences.items())
            way_out = "Add --force to train anew and replace it, or name another file with --output_path."
            raise CollectionError(path, f"exists already and was made with {told}.", way_out)
        state = f"{len(existing.passes)} passes" + ("" if existing.finished else ", unfinished")
    print(f"{path} exists already ({state}) and is opened; --force would train anew and replace it.", flush=True)


def _has_display() -> bool:
    """Whether a window can be shown. On Linux that takes a display server or a platform chosen by hand."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


Kind = Callable[[str], float]
"""What makes a number of an argument, or refuses it."""


def _number(kind: type, least: float, words: str, *, is_open: bool = False) -> Kind:
    """An argument type that refuses numbers below ``least`` (and ``least`` itself where the range is open)."""

    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {words}") from None
        if value < least or (is_open and value == least) or value != value or value == float("inf"):  # noqa: PLR0124
            raise argparse.ArgumentTypeError(f"{text} is not {words}")
        return value

    return parse


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = TrainOptions()
    positive = _number(int, 1, "a whole number from 1 on")
    natural = _number(int, 0, "a whole number from 0 on")
    parser.add_argument(
        "collection",
        nargs="*",
        type=located,
        help="a collection (*.json) to open, two to compare, or a saved comparison; nothing is trained",
    )

    training = parser.add_argument_group("training")
    _add(training, "--dataset", choices=DATASETS, default=default.dataset, help="what to learn (default: mnist)")
    _add(training, "--model", choices=tuple(MODELS), help="what learns (default: cnn, or cifar10_cnn for colour)")
    _add(training, "--epochs", type=positive, default=1, help="times through the data (default: 1)")
    _add(training, "--batch_size", type=positive, default=64, help="pictures in a step (default: 64)")
    _add(training, "--optimizer", choices=OPTIMIZERS, default="adamw", help="how it learns (default: adamw)")
    rate = _number(float, 0, "a number above 0", is_open=True)
    _add(training, "--lr", type=rate, help="learning rate (default: 0.002 for adamw, a quarter of it for cifar10_cnn)")
    _add(training, "--seed", type=_seed, help="makes the run repeatable (default: drawn and recorded)")
    _add(
        training, "--data_root", type=expanded, help="folder of the data (default: STROBE_DATA_ROOT or data/downloads)"
    )
    _add(training, "--strict_data", action="store_true", help="fail where other data would stand in")
    _add_collecting(parser, positive, natural)
    return parser


def _add_collecting(parser: argparse.ArgumentParser, positive: Kind, natural: Kind) -> None:
    """The options of what is recorded."""
    collecting = parser.add_argument_group("collecting")
    _add(collecting, "--interval", type=positive, default=50, help="steps between passes (default: 50)")
    _add(collecting, "--neuron_cap", type=natural, default=24, help="units kept of a layer; 0 keeps all (default: 24)")
    followed = "gradients are followed at two steps of every so many; 1: at all, 0: at none (default: 10)"
    _add(collecting, "--insight_interval", type=natural, default=10, help=followed)
    rows = "steps between rows of the raster of gradient signs; 0: none (default: 30)"
    _add(collecting, "--sign_interval", type=natural, default=30, help=rows)
    sampled = "of larger models so many parameters are followed; 0: always all (default: 32768)"
    _add(collecting, "--insight_sample", type=natural, default=2**15, help=sampled)
    columns = "columns of that raster where a model has more parameters; 0: always all (default: 1000000)"
    _add(collecting, "--sign_columns", type=natural, default=1_000_000, help=columns)
    rules = ("spread", "group_mean")
    _add(collecting, "--unit_rule", choices=rules, default="spread", help="real units, or means of neighbours")
    _add(
        collecting, "--probe_samples", type=positive, default=16, help="samples each pass is measured on (default: 16)"
    )
    compared = "samples on which layers are compared at each epoch; 0: they are not (default: 256)"
    _add(collecting, "--similarity_samples", type=natural, default=256, help=compared)
    more = "steps between further comparisons of layers; 0: none (default: 0)"
    _add(collecting, "--similarity_interval", type=natural, default=0, help=more)
    kept = "features of a layer that a comparison keeps in the file (default: 128)"
    _add(collecting, "--similarity_features", type=positive, default=128, help=kept)
    changed = "when the network is run on 300 changes of one sample (default: end)"
    _add(collecting, "--augmentations", choices=("end", "epochs", "off"), default="end", help=changed)
    layers = "layers whose feature maps are kept: first and last of each stage, last, all, none (default: ends)"
    _add(collecting, "--feature_maps", choices=("ends", "last", "all", "none"), default="ends", help=layers)
    mapped = "probe samples whose feature maps are kept (default: as many as fit a budget, see FORMAT.md)"
    _add(collecting, "--feature_samples", type=positive, help=mapped)
    projected = "samples that can be laid out in a plane, kept at each epoch; 0: none (default: 2000)"
    _add(collecting, "--projection_samples", type=natural, default=2000, help=projected)
    by_layers = "by which layers, as fc1,fc2 (default: each linear layer and the last convolution)"
    _add(collecting, "--projection_layers", default="", help=by_layers)
    told = "samples of the training whose stories are told: what each is taken for; 0: none (default: 2000)"
    _add(collecting, "--story_samples", type=natural, default=2000, help=told)
    more_told = "steps between further measurements of these; 0: at epochs only (default: 0)"
    _add(collecting, "--story_interval", type=natural, default=0, help=more_told)
    within = "recording may slow the training down by this share, as 0.03 (default: no limit)"
    _add(collecting, "--budget", type=_budget, help=within)
    further = f"further numbers, as noise-scale,spectra:200 (each 200 steps), out of {', '.join(CLASSES)}"
    _add(collecting, "--metrics", type=_metrics, default="", metavar="NAMES", help=further)
    held = "hold so many last steps, and write them as passes when something breaks; 0: none (default: 0)"
    _add(collecting, "--black_box", type=natural, default=0, metavar="STEPS", help=held)
    durable = "wait at each pass until it is on the disk, where a loss of power leaves it"
    _add(collecting, "--durable", action="store_true", help=durable)
    _add(
        collecting, "--output_path", type=expanded, help="the collection (default: data/collections/DATASET_MODEL.json)"
    )
    _add_existing(collecting)
    _add(collecting, "--headless", action="store_true", help="train and collect only: no window, no picture")
    _add(collecting, "--stop_at_end_of_input", action="store_true", help=argparse.SUPPRESS)


def _add_existing(group: argparse._ArgumentGroup) -> None:
    """What becomes of a collection that is there already."""
    either = group.add_mutually_exclusive_group()
    _add(either, "--force", action="store_true", help="replace an existing collection")
    _add(either, "--resume", action="store_true", help="go on with the run of an existing collection where it stopped")


def _add(group: argparse._ArgumentGroup, name: str, **options: object) -> None:
    """An option under its name with underscores, as the original tools write it, and with dashes."""
    names = dict.fromkeys((name, "--" + name[2:].replace("_", "-")))
    group.add_argument(*names, **options)  # type: ignore[arg-type]


def _budget(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0 and below 1, as 0.03")
    return share


def _metrics(text: str) -> str:
    try:
        chosen(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to {2**32 - 1}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
