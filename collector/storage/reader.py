"""Reads a collection: finished, cut off, or still growing."""

import weakref
from collections.abc import Iterable
from functools import partial
from importlib import import_module
from types import TracebackType
from typing import Any

import msgspec

from collector.storage.augmented import AugmentationRecords
from collector.storage.columns import Columns, read_columns, steps_arrays
from collector.storage.errors import MOST_DAMAGES, BlockError, DamagedError
from collector.storage.header import read_header
from collector.storage.json_text import JsonTextError, decode
from collector.storage.lines import Line, entry_of, read_entry, read_record, whole_fragment, whole_lines
from collector.storage.passes import Passes
from collector.storage.paths import AnyPath
from collector.storage.probe import token_names
from collector.storage.projections import Projections, ProjectionSamples
from collector.storage.schema import (
    DumpRecord,
    EpochRecord,
    IndexEntry,
    LossRecord,
    NoteRecord,
    OptimizersRecord,
    OriginRecord,
    PriceRecord,
    ResumeRecord,
    StepsRecord,
    Tail,
    TokenNamesRecord,
)
from collector.storage.series import Series
from collector.storage.signs import KINDS as SIGN_KINDS
from collector.storage.signs import Signs
from collector.storage.similarities import Similarities
from collector.storage.source import source_of
from collector.storage.stories import Stories
from collector.storage.tail import read_tail
from collector.storage.task import Task, task_of
from collector.storage.verify import Verification, verify

_FACTS = ("optimizers", "loss", "origin", "dump", "token_names")
_LISTED: dict[str, tuple[str, type[msgspec.Struct]]] = {
    "epoch": ("epochs", EpochRecord),
    "note": ("notes", NoteRecord),
    "resume": ("resumes", ResumeRecord),
    "optimizers": ("optimizers", OptimizersRecord),
    "loss": ("losses", LossRecord),
    "origin": ("origins", OriginRecord),
    "dump": ("dumps", DumpRecord),
}
"""Kinds of which every record is at hand, and the attribute that lists them."""

PORTION = 2**22
"""Bytes of a file without an index that are looked at at once, where they come over a network."""

_MEASURED = {
    "similarity": "similarities",
    "augmentation": "augmentation_records",
    "projection": "projections",
    "story": "stories",
}
"""Kinds that are measured at some steps, and the attribute that reads them."""

_SAMPLES = {"projection_samples": "projections", "story_samples": "stories"}
"""Kinds that hold the samples that others are measured on, and the attribute that reads them."""

_FOUND_BY_INDEX = ("pass", *_MEASURED, *_SAMPLES, *SIGN_KINDS, *_FACTS)
"""Kinds of record that the summary does not repeat."""


class Collection:
    """What a run left: ``run``, ``layers``, ``probe``, ``passes``, ``series``, ``epochs``, ``notes``.

    Attributes:
        finished: the run ended and its last line was written. While it is False, `refresh` takes in what was added.
        run: what was trained, on what, how.
        layers: name → layer and its unit plan, in order of execution.
        flow: what the probe's data pass on their way through the network, in order; empty where that is not known.
        insight: what was recorded of the gradients at each step; None where nothing was.
        metrics: what the training brought along of its own, by name: title, description and unit of its scalars.
        probe: the samples that every pass was measured on; None where there were none.
        passes: read one by one when asked for.
        signs: the rows of the sign raster, read part by part when asked for.
        similarity: which layers are compared, and on what; None where none are.
        similarities: how alike they were at each step that was measured; features are read when asked for.
        augmentations: one sample changed in many ways; None where there is none.
        augmentation_records: what the network made of it at each step that was measured.
        projection: how many samples can be laid out in a plane, and by which layers; None where there are none.
        projections: what the network made of them at each epoch; features are read when asked for.
        stories: what it made of each of some samples, again and again, and the samples; empty where there are none.
        series: the scalars; replaced by a longer one when `refresh` finds more.
        epochs: end of each epoch.
        notes: the collector's own warnings.
        price: what recording has cost so far; None where that is not known.
        resumes: where the run went on from a saved state, and when.
        optimizers: which parameters are trained, by whom and how: at the start, and where that changed.
        losses: what the logged loss is made of, where the training told.
        origins: where the first values arose that are not finite.
        dumps: what made the black box write passes of the last steps, and which.
        token_names: number of a token → its text, as far as they are known.
        damaged: what had to be passed over, or does not fit, a sentence for each.
        has_checksums: whether every line has one, which is compared when it is read.
    """

    def __init__(self, path: AnyPath) -> None:
        self.path = path
        self._file = source_of(path)
        # So that a collection nobody closed goes quietly.
        self._let_go = weakref.finalize(self, self._file.close)
        self.damaged: list[str] = []
        self.has_checksums = False
        self.finished = self._is_behind = False
        self.n_steps, self._columns = 0, Columns()
        self.epochs: list[EpochRecord] = []
        self.notes: list[NoteRecord] = []
        self.price: PriceRecord | None = None
        self.resumes: list[ResumeRecord] = []
        self.optimizers: list[OptimizersRecord] = []
        self.losses: list[LossRecord] = []
        self.origins: list[OriginRecord] = []
        self.dumps: list[DumpRecord] = []
        self.token_names: dict[int, str] = {}
        self._task: tuple[tuple[int, int, bool], Task] | None = None
        self.passes = Passes(path, partial(read_entry, self._file), self._say, self._part, are_held=self.is_remote)
        self.signs = Signs(path, self._part)
        self.similarities = Similarities(path, self._part, self._say)
        self.augmentation_records = AugmentationRecords(path, self._part)
        self.projections = Projections(path, self._part)
        self.stories = Stories(path, self._part, self._say)
        try:
            header = read_header(self._file, path)
            self.run = header.run
            self.has_checksums = checked = header.has_checksums
            self.layers, self.flow = header.layers, header.flow
            self.probe = header.probe
            self.token_names |= {} if header.probe is None else header.probe.token_names
            self.insight = header.insight
            self.metrics = {metric.name: metric for metric in header.metrics}
            self.signs.expect(header.insight, checked=checked)
            self.similarity, self.augmentations, self.projection = (
                header.similarity,
                header.augmentations,
                header.projection,
            )
            self.similarities.expect(header.similarity, checked=checked)
            self.augmentation_records.expect(header.augmentations, checked=checked)
            self.projections.expect(header.projection, checked=checked)
            self.stories.expect(header.stories, checked=checked)
            n_samples = None if header.probe is None else len(header.probe)
            self.passes.expect(header.layers, n_samples, checked=checked)
            self._read_to = self._header_end = header.end
            self._take_all(header.end)
        except OSError as error:
            self.close()
            raise DamagedError(path, f"cannot be read: {error.strerror}.", "Check the disk or the network.") from None
        except BaseException:
            self.close()
            raise
        self.series = Series(self._columns, self.n_steps, self.insight)

    def refresh(self) -> bool:
        """Take in what was written since; whether there was anything."""
        before = self._read_to
        if not self.finished:
            if not self._is_behind:
                self._file.look()
            self._scan(self._file.size)
        if self._read_to == before:
            return False
        self.series = Series(self._columns, self.n_steps, self.insight)
        return True

    def catch_up(self) -> "Collection":
        """Take in all that was written by now, in as many portions as that takes; the collection itself."""
        while self.unread:
            self.refresh()
        return self

    @property
    def task(self) -> Task:
        """What the network's output for the probe is, as far as that is known by now."""
        known = len(self.losses), len(self.series), bool(self.passes)
        if self._task is None or self._task[0] != known:
            names = list(self.series)
            found = task_of(self.probe, self.losses, self.flow, self.layers, self._output_shape(), names)
            self._task = known, found
        return self._task[1]

    def _output_shape(self) -> tuple[int, ...] | None:
        if self.probe is None or self.probe.output_shape is not None or not self.passes:
            return None if self.probe is None else self.probe.output_shape
        try:
            first = self.passes[0]
        except DamagedError:
            return None
        if first.logits is None:
            return None if first.top_logits is None else (first.top_logits.classes,)
        return first.logits.shape[1:]

    @property
    def is_replaced(self) -> bool:
        """Whether another file stands under the name now, as when the run goes on; this one stays readable."""
        return self._file.is_replaced

    @property
    def is_remote(self) -> bool:
        """Whether what is read of it comes over a network."""
        return self._file.is_remote

    @property
    def n_bytes(self) -> int:
        """Size of the file, as far as it is known."""
        return self._file.size

    @property
    def n_bytes_come(self) -> int:
        """Bytes of it that have come over a network."""
        return self._file.n_bytes

    @property
    def unread(self) -> int:
        """Bytes that were not looked at yet: of a run that has not ended, over a network, portion by portion.

        Each `refresh` takes in the next portion, until there is nothing left.
        """
        return self._file.size - self._read_to if self._is_behind else 0

    @property
    def projection_samples(self) -> ProjectionSamples | None:
        """The samples that can be laid out in a plane, read anew each time; None where there are none.

        Raises:
            DamagedError: they cannot be read.
        """
        return self.projections.samples()

    def beginning(self, n_bytes: int) -> bytes:
        """The first bytes of the file: when the run began, of what, with which options. No two runs begin alike."""
        return self._part(0, n_bytes)

    def _line(self, entry: IndexEntry) -> bytes:
        return read_record(self._file, entry, checked=self.has_checksums)

    def _part(self, offset: int, length: int) -> bytes:
        return self._file.read_at(offset, length)

    def _take_all(self, header_end: int) -> None:
        size = self._file.size
        tail = read_tail(self._file, header_end, size, checked=self.has_checksums)
        if tail is not None and self._take_tail(tail):
            return
        self._scan(size)
        if self.finished:
            self._say("The index in the last line could not be used; every line was looked at instead.")

    def _take_tail(self, tail: Tail) -> bool:
        try:
            columns = read_columns(tail.summary.columns)
        except BlockError:
            return False
        for name, (steps, values) in columns.items():
            self._columns.put(name, steps, values)
        for entry in tail.index:
            if entry[0] in _FOUND_BY_INDEX:
                self._take(entry)
        self.epochs, self.notes, self.resumes = tail.summary.epochs, tail.summary.notes, tail.summary.resumes
        self.price = tail.summary.price
        self.n_steps = tail.summary.steps
        self.finished = True
        return True

    def _scan(self, size: int) -> None:
        """Take in every whole line from where the last look ended; over a network a portion of them."""
        checked = self.has_checksums
        stop = self._read_to + PORTION if self._file.is_remote else size + 1
        for line in whole_lines(self._file, self._read_to, size, checked=checked):
            if line.is_tail:
                self.finished = True
            elif not line.is_blank:
                self._take_line(line)
            self._read_to = line.offset + line.length + 1
            if self._read_to >= stop and self.passes and not self.finished:
                self._is_behind = True
                return
        self._is_behind = False
        if self._read_to < size and (fragment := whole_fragment(self._file, self._read_to, size, checked=checked)):
            self._take_line(fragment)
            self._read_to = size

    def _take_line(self, line: Line) -> None:
        entry = entry_of(self._file, line)
        if entry is None:
            self._say(f"The line at byte {line.offset:,} could not be read and was passed over.")
            return
        try:
            if not line.is_intact:  # unless another program has only changed the ends of lines
                self._line(entry)
        except BlockError as error:
            self._say(f"The {entry[0]} record at byte {entry[2]:,} was passed over: {error}.")
        else:
            self._take(entry)

    def _take(self, entry: IndexEntry) -> None:
        kind, step = entry[:2]
        try:
            match kind:
                case "pass":
                    self.passes.add(entry)
                    self.n_steps = max(self.n_steps, step)
                case "signs" | "sign_bits":
                    self.signs.add(entry)
                case _ if kind in _MEASURED:
                    getattr(self, _MEASURED[kind]).add(entry)
                case _ if kind in _SAMPLES:
                    getattr(self, _SAMPLES[kind]).add_samples(entry)
                case "steps":
                    record = decode(self._line(entry), StepsRecord)
                    self._columns.add(record.start, steps_arrays(record), record.every)
                    self.n_steps = max(self.n_steps, record.start if record.is_end else record.stop)
                case "token_names":
                    self.token_names |= token_names(decode(self._line(entry), TokenNamesRecord).names)
                case "price":
                    self.price = decode(self._line(entry), PriceRecord)
                case _ if kind in _LISTED:
                    attribute, form = _LISTED[kind]
                    found = decode(self._line(entry), form)
                    getattr(self, attribute).append(found)
                    if isinstance(found, DumpRecord):
                        self.passes.add_dump(found)
        except (JsonTextError, BlockError) as error:
            self._say(f"The {kind} record at byte {entry[2]:,} was passed over: {error}.")

    def _say(self, damage: str) -> None:
        if len(self.damaged) < MOST_DAMAGES:
            self.damaged.append(damage)
        elif len(self.damaged) == MOST_DAMAGES:
            self.damaged.append("There is more damage, which is not listed.")

    def verify(self) -> Verification:
        """Check the whole file: every checksum and array, order, numbers and kinds, the summary against the records.

        All of it is read, one record at a time; a gigabyte takes some seconds.
        """
        return verify(self, self._file, self._header_end, self._file.size)

    def findings(self, rules: Iterable[str] | None = None) -> Any:
        """What is wrong in the run: in which layers, since which step, and why: a `collector.findings.Report`.

        Args:
            rules: names of those that are asked; None: all.

        Raises:
            ValueError: there is no rule of that name.
        """
        # the rules are built on this module, and looked up only when they are asked for
        return import_module("collector.findings").findings(self, rules=rules)

    def compare(self, other: "Collection", **options: Any) -> Any:
        """What differs from another collection, in which layer and since when: a `collector.comparing.Comparison`.

        Args:
            other: stands as B, and this one as A.
            options: see `collector.comparing.compare`.

        Raises:
            ValueError: the clock goes by what a run does not tell, or layers are paired that there are not.
        """
        # it is built on this module, and looked up only when it is asked for
        return import_module("collector.comparing").compare(self, other, **options)

    def show(self) -> None:
        """Open the window beside this process, on this collection. It stays open when this process ends.

        Raises:
            RuntimeError: there is no display, or no window is installed.
        """
        import_module("collector.report.window").show_window(self.path)

    def _repr_html_(self) -> str | None:
        """What a notebook shows of it: findings, curves, layers; None once it is closed."""
        return import_module("collector.report.page").summary(self) if self._let_go.alive else None

    def require_passes(self) -> "Collection":
        """The collection itself, where it has a pass to show.

        Raises:
            DamagedError: it has none.
        """
        if not self.passes:
            raise DamagedError(self.path, "has no pass yet.", "Wait for the first, or train again if the run ended.")
        return self

    def close(self) -> None:
        """Give the file back; nothing can be read from then on."""
        self._let_go()

    def __enter__(self) -> "Collection":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
