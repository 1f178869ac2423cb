"""Opens collections of the original visualizer: converted while they are read, into what `Collection` gives.

What they lack is absent, with the reason in `Layer.not_recorded` or in a note.
"""

import weakref
from dataclasses import replace
from typing import overload

import numpy as np

from collector.storage.augmented import AugmentationRecords
from collector.storage.columns import Columns
from collector.storage.errors import CollectionError, DamagedError, PassNotRecordedError
from collector.storage.json_text import JsonTextError
from collector.storage.layer import Layer
from collector.storage.legacy.document import LegacyDocument, LegacyRecord, kind_of, read_document
from collector.storage.legacy.layers import layers_of, reader_of
from collector.storage.passes import Passes
from collector.storage.paths import AnyPath
from collector.storage.probe import Probe
from collector.storage.projections import Projections
from collector.storage.reader import Collection
from collector.storage.schema import LayerRecord, NoteRecord, PassRecord, Run
from collector.storage.series import Series
from collector.storage.signs import Signs
from collector.storage.similarities import Similarities
from collector.storage.snapshot import Pass
from collector.storage.source import source_of
from collector.storage.stories import Stories
from collector.storage.task import Task
from collector.storage.verify import NO_CHECKSUMS, Verification

LARGEST_FILE = 2_000_000_000
"""Bytes. The original's file can only be read as a whole."""

LARGEST_REMOTE = 2**26
"""The same of a file that lies elsewhere: nobody waits for more without having asked for it."""

_NO_PICTURE = np.full(1, np.nan, np.float32)
_NOT_CONTAINERS = ("Identity", "Linear", "Flatten", "Dropout", "ReLU", "Conv", "BatchNorm", "MaxPool", "AvgPool")


class LegacyPass(Pass):
    """A pass whose arrays are in memory already, measured on a sample of its own.

    Attributes:
        probe: its one sample; None where no pass of the collection has one.
    """

    def __init__(self, record: PassRecord, path: AnyPath, layers: dict[str, Layer], probe: Probe | None) -> None:
        super().__init__(record, path, layers, 1, are_arrays=True)
        self.probe = probe


class LegacyPasses(Passes):
    """The passes of a collection of the original, all in memory."""

    def __init__(self, path: AnyPath) -> None:
        super().__init__(path, lambda _: b"")
        self._taken: list[LegacyPass] = []

    def take(self, one: LegacyPass) -> None:
        """One more pass."""
        self.add(("pass", one.step, 0, 0))
        self._taken.append(one)

    @overload
    def __getitem__(self, number: int) -> Pass: ...
    @overload
    def __getitem__(self, number: slice) -> list[Pass]: ...
    def __getitem__(self, number: int | slice) -> Pass | list[Pass]:
        """The pass of this number.

        Raises:
            PassNotRecordedError: there is none.
        """
        if isinstance(number, slice):
            return [*self._taken[number]]
        return self.salvaged(number)

    def salvaged(self, number: int) -> Pass:
        """The same: an array that could not be read was passed over when the file was opened."""
        if not -len(self) <= number < len(self):
            raise PassNotRecordedError(self._path, f"has {len(self)} passes, so none of number {number}.")
        return self._taken[number]


class LegacyCollection(Collection):
    """What a run of the original visualizer left. It is finished: the original writes its file at the end.

    Steps were not recorded: pass ``k`` stands at step ``k``, and loss and accuracy at those steps. ``probe`` holds the
    sample of the first pass that has one; every pass has its own in `Pass.probe`.
    """

    def __init__(self, path: AnyPath) -> None:
        self.path = path
        self._file = source_of(path)
        self._let_go = weakref.finalize(self, self._file.close)
        self.damaged: list[str] = []
        self.finished, self._is_behind = True, False
        self.has_checksums = False
        self.insight, self.metrics = None, {}
        self.signs = Signs(path, self._part)
        self.similarity, self.augmentations, self.projection = None, None, None
        self.flow = ()
        self.similarities = Similarities(path, self._part, self._say)
        self.augmentation_records = AugmentationRecords(path, self._part)
        self.projections = Projections(path, self._part)
        self.stories = Stories(path, self._part, self._say)
        self.epochs, self.resumes, self.price = [], [], None
        self.optimizers, self.losses, self.origins, self.dumps = [], [], [], []
        self.token_names = {}
        try:
            document = read_document(self._text())
        except JsonTextError as error:
            problem = f"was written by the original visualizer, but cannot be read: {error}."
            raise DamagedError(path, problem, "It was cut off or changed; nothing of it can be shown.") from None
        except OSError as error:
            raise DamagedError(path, f"cannot be read: {error.strerror}.", "Check the disk or the network.") from None
        except MemoryError:
            raise DamagedError(path, "does not fit into memory.", "Close other programs, or train again.") from None
        finally:
            self.close()
        self._fill(document)

    @property
    def task(self) -> Task:
        """The original visualizer knows no other."""
        return Task("classes", "the original visualizer trains classifiers")

    def refresh(self) -> bool:
        """Nothing is ever added to a finished file."""
        return False

    def verify(self) -> Verification:
        """What was found when the file was read, which was all of it."""
        records = {"pass": len(self.passes)}
        return Verification(self.path, self.finished, False, records, list(self.damaged), [NO_CHECKSUMS])

    def _text(self) -> bytes:
        n_bytes = self._file.size
        if self._file.is_remote and n_bytes > LARGEST_REMOTE:
            problem = f"was written by the original visualizer and takes {n_bytes:,} bytes, which all have to be read."
            raise CollectionError(self.path, problem, "Download it, and open the copy.")
        if n_bytes > LARGEST_FILE:
            problem = f"was written by the original visualizer and takes {n_bytes:,} bytes of {LARGEST_FILE:,}."
            raise CollectionError(self.path, problem, "Such a file can only be read as a whole; train again instead.")
        return self._file.read_at(0, n_bytes)

    def _fill(self, document: LegacyDocument) -> None:
        self.layers = layers_of(document)
        names = _class_names(document, self.layers)
        self.probe = _probe_of_run(document.records, names)
        self.run = _run(document, self.layers)
        passes = LegacyPasses(self.path)
        for step, record in enumerate(document.records):
            layers = self._layers_of_pass(record)
            logits = None if record.logits is None else record.logits[None]
            taken = PassRecord(number=step, step=step, logits=logits, layers=layers)  # type: ignore[arg-type]
            probe = None if self.probe is None else _probe_of_pass(record, self.probe)
            passes.take(LegacyPass(taken, self.path, self.layers, probe))
        self.passes = passes
        self.n_steps = len(passes)
        for name, layer in list(self.layers.items()):
            self._say_where_activations_are(name, layer)
        self._columns = _columns(document.records)
        self.series = Series(self._columns, self.n_steps)
        self.notes = [NoteRecord(0, text) for text in _notes(document)]
        for problem in document.problems:
            self._say(problem)

    def _layers_of_pass(self, record: LegacyRecord) -> dict[str, LayerRecord]:
        """Name → arrays; each under its own layer, where the plan of the run allows its shape."""
        taken: dict[str, LayerRecord] = {}
        for name, layer in self.layers.items():
            stored = record.layers.get(name, {})
            reader = reader_of(name, self.layers)
            # What a layer reads is what the layer before it gives out; the last one gives out the logits.
            given = record.logits if reader is None else record.layers.get(reader, {}).get("input")
            arrays: dict[str, np.ndarray] = {kind: stored[kind] for kind in ("weight", "bias") if kind in stored}
            is_own = reader is None or self.layers[reader].input_units == layer.units
            if given is not None and is_own and given.shape == layer.kept.shape:
                arrays["activation"] = given[None]
            for kind, array in list(arrays.items()):
                if not layer.fits(kind, array.shape, 1):
                    self._say(f"Pass {record.key}: {kind} of {name!r} has shape {array.shape} and was passed over.")
                    del arrays[kind]
            taken[name] = LayerRecord(**arrays)  # type: ignore[arg-type]
        return taken

    def _say_where_activations_are(self, name: str, layer: Layer) -> None:
        if any(one.layers[name].activation is not None for one in self.passes):
            return
        reason = "what the next linear layer reads is not this layer's units, or not in the file"
        if reader_of(name, self.layers) is None:
            reason = "the original visualizer did not record what the last layer gives out"
        self.layers[name] = replace(layer, not_recorded={**layer.not_recorded, "activation": reason})


def _run(document: LegacyDocument, layers: dict[str, Layer]) -> Run:
    capped = [len(layer.kept) for layer in layers.values() if len(layer.kept) < layer.units]
    kinds = (kind_of(tag) for tag in document.architecture)
    container = next((kind for kind in kinds if kind != "Identity"), "")
    return Run(
        created="",
        interval=1,
        neuron_cap=max(capped, default=0),
        unit_rule="group_mean" if capped else "spread",
        model="" if container.startswith(_NOT_CONTAINERS) else container,
    )


def _class_names(document: LegacyDocument, layers: dict[str, Layer]) -> tuple[str, ...]:
    """Names by class number, as far as any pass tells them."""
    given = [each for record in document.records for each in (record.label, record.prediction) if each is not None]
    names = {number: name for number, name in given if name}
    logits = (len(record.logits) for record in document.records if record.logits is not None)
    n_classes = next(logits, list(layers.values())[-1].units if layers else 0)
    # digits are named by themselves, also those that no pass has shown
    are_digits = all(name == str(number) for number, name in names.items())
    unnamed = "{}" if are_digits else "class {}"
    return tuple(names.get(number, unnamed.format(number)) for number in range(n_classes)) if names else ()


def _probe_of_run(records: list[LegacyRecord], names: tuple[str, ...]) -> Probe | None:
    """The sample of the first pass that has both a picture and a label, else a picture, else a label."""
    for has_picture, has_label in ((True, True), (True, False), (False, True)):
        for record in records:
            if (record.picture is not None) >= has_picture and (record.label is not None) >= has_label:
                return _probe(record, names, record.picture is not None)
    return None


def _probe_of_pass(record: LegacyRecord, of_run: Probe) -> Probe:
    """The sample of a pass; its picture only where it has the shape that the run's have."""
    fits = record.picture is not None and record.picture.shape == of_run.inputs.shape[1:]
    return _probe(record, of_run.class_names, fits)


def _probe(record: LegacyRecord, names: tuple[str, ...], has_picture: bool) -> Probe:
    inputs = record.picture[None] if has_picture and record.picture is not None else _NO_PICTURE
    labels = None if record.label is None else np.array([record.label[0]])
    return Probe(inputs, labels, names, mean=np.zeros(0), std=np.zeros(0))


def _columns(records: list[LegacyRecord]) -> Columns:
    columns = Columns()
    for name in ("loss", "accuracy"):
        given = [(step, value) for step, record in enumerate(records) if (value := getattr(record, name)) is not None]
        if given:
            steps, values = zip(*given, strict=True)
            columns.put(name, np.array(steps), np.array(values, np.float64))
    return columns


def _notes(document: LegacyDocument) -> list[str]:
    """What a person has to know about these numbers, a sentence for each."""
    records = document.records
    notes = [
        "Opened from a file of the original visualizer. Steps were not recorded: passes are numbered from 0, and their "
        "numbers stand where steps would.",
        "Each pass was measured on a picture of its own, so passes differ by their picture too.",
        "Activations are means over a batch, not of the picture: what the next linear layer read, after activation "
        "function and dropout. Those of the last layer are the picture's logits.",
        "The original recorded linear layers only, and does not say what reads what: they are shown one after the "
        "other.",
    ]
    if any(record.loss is not None or record.accuracy is not None for record in records):
        notes.append("Loss and accuracy are means over the whole training up to the pass.")
    if document.has_stray:
        notes.append("Pass 0, left over from the steps before the first pass, is not shown.")
    if document.has_gradients:
        notes.append(
            "What the file calls grad_weight and grad_bias is the weight and the bias once more: the original stored "
            "the parameter, not its gradient. No gradient is shown."
        )
    if document.other_tags:
        notes.append(f"Values of {', '.join(document.other_tags)} are not shown: they are no linear layers.")
    if any(record.prediction is not None and record.logits is None for record in records):
        notes.append("Passes without logits hold only the predicted class, which is not shown.")
    facts: dict[str, list[object]] = {
        "picture": [record.picture for record in records],
        "true class": [record.label for record in records],
        "logits": [record.logits for record in records],
        "loss": [record.loss for record in records],
        "accuracy": [record.accuracy for record in records],
    }
    for what, given in facts.items():
        absent = sum(each is None for each in given)
        if absent:
            notes.append(f"Not recorded: {what}, in {absent:,} of {len(given):,} passes.")
    return notes
