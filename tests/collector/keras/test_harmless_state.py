"""A training ends bit for bit alike with and without the collector, however its model keeps state."""

import functools
import random
import threading
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from collector import AugmentedSample, CollectorWarning, KerasCollector, open_collection
from collector.keras.preserved_state import random_states_kept
from collector.keras.state_snapshot import StateSnapshot

Samples = Callable[..., tuple[np.ndarray, np.ndarray]]
layers = keras.layers

N_CALLS = 0
SEEN: list[int] = []
RUNS: list[int] = []


class Keeps(layers.Layer):
    """Adds to its input what its state says, and moves that state, in evaluation mode too."""

    def __init__(self) -> None:
        super().__init__(name=type(self).__name__.lower())
        self.fc = layers.Dense(4)
        self.begin()

    def begin(self) -> None:
        """Make the state."""

    def move(self, inputs: Any) -> Any:
        """Move it; what is added to the input."""

    def state(self) -> Any:
        """As plain values."""

    def call(self, inputs: Any) -> Any:
        return self.fc(inputs) + self.move(inputs)


class Attribute(Keeps):
    def begin(self) -> None:
        self.n_calls = 0

    def move(self, inputs: Any) -> Any:
        self.n_calls += 1
        return 0.1 * self.n_calls

    def state(self) -> Any:
        return self.n_calls


class List(Attribute):
    def begin(self) -> None:
        self.seen = [1]

    def move(self, inputs: Any) -> Any:
        self.seen.append(len(self.seen))
        return 0.1 * sum(self.seen)

    def state(self) -> Any:
        return list(self.seen)


class Dict(Keeps):
    def begin(self) -> None:
        self.counts = {"calls": 0}

    def move(self, inputs: Any) -> Any:
        self.counts["calls"] += 1
        self.counts[f"call {self.counts['calls']}"] = 1
        return 0.1 * len(self.counts)

    def state(self) -> Any:
        return dict(self.counts)


class Inner:
    def __init__(self) -> None:
        self.parts = [{"n": deque([0], maxlen=3)}]


class Nested(Keeps):
    def begin(self) -> None:
        self.inner = Inner()

    def move(self, inputs: Any) -> Any:
        kept = self.inner.parts[0]["n"]
        kept.append(kept[-1] + 1)
        return 0.1 * sum(kept)

    def state(self) -> Any:
        return list(self.inner.parts[0]["n"])


class Array(Keeps):
    def begin(self) -> None:
        self.array = np.zeros(4, np.float32)

    def move(self, inputs: Any) -> Any:
        self.array += 0.1
        return tf.constant(self.array)

    def state(self) -> Any:
        return self.array.tolist()


class NumpyChance(Keeps):
    def begin(self) -> None:
        self.chance = np.random.default_rng(3)

    def move(self, inputs: Any) -> Any:
        return self.chance.normal(size=4).astype(np.float32)

    def state(self) -> Any:
        return self.chance.bit_generator.state["state"]


class PythonChance(Keeps):
    def begin(self) -> None:
        self.chance = random.Random(3)

    def move(self, inputs: Any) -> Any:
        return self.chance.random() + random.random() + float(np.random.random())  # noqa: NPY002

    def state(self) -> Any:
        return self.chance.getstate(), random.getstate()


class TensorflowChance(Keeps):
    def begin(self) -> None:
        self.chance = tf.random.Generator.from_seed(3)

    def move(self, inputs: Any) -> Any:
        return self.chance.normal((4,))

    def state(self) -> Any:
        return self.chance.state.numpy().tolist()


class KerasChance(Keeps):
    """Draws from a seed of its own, and from the one that Keras makes for all when it is first asked for."""

    def begin(self) -> None:
        self.seeds = keras.random.SeedGenerator(3)

    def move(self, inputs: Any) -> Any:
        return keras.random.normal((4,), seed=self.seeds) + keras.random.normal((4,))

    def state(self) -> Any:
        return self.seeds.state.numpy().tolist(), random.getstate()


class Untracked(Keeps):
    """A variable that Keras does not know of."""

    def begin(self) -> None:
        self.holder = Inner()
        self.holder.count = tf.Variable(0.0)  # type: ignore[attr-defined]

    def move(self, inputs: Any) -> Any:
        return 0.1 * self.holder.count.assign_add(1.0)  # type: ignore[attr-defined]

    def state(self) -> Any:
        return float(self.holder.count)  # type: ignore[attr-defined]


class Global(Keeps):
    """A name of the module, and a list of it."""

    def begin(self) -> None:
        global N_CALLS
        N_CALLS = 0
        SEEN.clear()

    def move(self, inputs: Any) -> Any:
        global N_CALLS
        N_CALLS += 1
        SEEN.append(N_CALLS)
        return 0.1 * sum(SEEN)

    def state(self) -> Any:
        return N_CALLS, list(SEEN)


class OfClass(Keeps):
    """An attribute of the class."""

    n_calls = 0

    def begin(self) -> None:
        OfClass.n_calls = 0

    def move(self, inputs: Any) -> Any:
        OfClass.n_calls += 1
        return 0.1 * OfClass.n_calls

    def state(self) -> Any:
        return OfClass.n_calls


class Replaced(Keeps):
    """A method of the class, another one at each call."""

    def begin(self) -> None:
        Replaced.amount = lambda _: 1  # type: ignore[method-assign]

    def amount(self) -> int:
        return 1

    def move(self, inputs: Any) -> Any:
        amount = self.amount() + 1
        Replaced.amount = lambda _: amount  # type: ignore[method-assign]
        return 0.1 * amount

    def state(self) -> Any:
        return self.amount()


@functools.cache
def double(n: int) -> Any:
    RUNS.append(n)
    return 2.0 * n


class Cached(Keeps):
    """A cache of a function that counts how often it is run."""

    def begin(self) -> None:
        double.cache_clear()
        RUNS.clear()

    def move(self, inputs: Any) -> Any:
        return 0.1 * double(2)

    def state(self) -> Any:
        return list(RUNS)


class ThreadLocal(Keeps):
    def begin(self) -> None:
        self.local = threading.local()
        self.local.n_calls = 0

    def move(self, inputs: Any) -> Any:
        self.local.n_calls += 1
        return 0.1 * self.local.n_calls

    def state(self) -> Any:
        return self.local.n_calls


class Weak(Keeps):
    def begin(self) -> None:
        self.inner = Inner()
        self.reference = weakref.ref(self.inner)

    def move(self, inputs: Any) -> Any:
        kept = self.reference().parts[0]["n"]
        kept.append(kept[-1] + 1)
        return 0.1 * sum(kept)

    def state(self) -> Any:
        return list(self.inner.parts[0]["n"])


class Lazy(Keeps):
    """A variable made at the first call."""

    def begin(self) -> None:
        self.made: Any = None

    def move(self, inputs: Any) -> Any:
        if self.made is None:
            with tf.init_scope():
                self.made = tf.Variable(0.1, trainable=False)
        return self.made.assign_add(0.1)

    def state(self) -> Any:
        return float(self.made)


class Counted(Keeps):
    """Its call is wrapped by the user, on the layer itself, by a function that counts."""

    def begin(self) -> None:
        n_calls, original = 0, self.call

        def counted(inputs: Any) -> Any:
            nonlocal n_calls
            n_calls += 1
            counted.calls.append(n_calls)  # type: ignore[attr-defined]
            return original(inputs)

        counted.calls = []  # type: ignore[attr-defined]
        self.counter = lambda: (n_calls, list(counted.calls))  # type: ignore[attr-defined]
        self.call = counted

    def move(self, inputs: Any) -> Any:
        return 0.1 * self.counter()[0]

    def state(self) -> Any:
        return self.counter()


class ByPython(Keeps):
    """Python code that each run calls anew."""

    def begin(self) -> None:
        self.n_runs = 0

    def move(self, inputs: Any) -> Any:
        def run() -> np.ndarray:
            self.n_runs += 1
            return np.float32(0.1 * self.n_runs)

        given = tf.numpy_function(run, [], tf.float32)
        return tf.ensure_shape(given, ())

    def state(self) -> Any:
        return self.n_runs


class AddsLoss(Keeps):
    def move(self, inputs: Any) -> Any:
        self.add_loss(0.1 * tf.reduce_mean(inputs**2))
        return 0.0

    def state(self) -> Any:
        return len(self.losses)


KEEPING = {
    "attributes": (Attribute, List, Dict, Nested, Array, Counted, Lazy),
    "of the process": (Global, OfClass, Replaced, Cached, ThreadLocal, Weak, ByPython),
    "chance and graphs": (NumpyChance, PythonChance, TensorflowChance, KerasChance, Untracked, AddsLoss),
}
"""Several in one model: a training is what takes long, and a state that differs has its kind's name."""


class OfTheUser(keras.Model):
    """A model of the user's own, which counts its calls too; its layers are made when it is first called."""

    def __init__(self, keeping: list[Keeps]) -> None:
        super().__init__()
        self.keeping = keeping
        self.out = layers.Dense(3, activation="softmax", name="out")
        self.calls: list[int] = []

    def call(self, inputs: Any) -> Any:
        self.calls.append(len(self.calls))
        for keeps in self.keeping:
            inputs = keeps(inputs)
        return self.out(inputs + 0.01 * len(self.calls))


def build(kinds: Sequence[type[Keeps]], *, is_built: bool) -> tuple[keras.Model, list[Keeps]]:
    keeping = [kind() for kind in kinds]
    if is_built:
        last = layers.Dense(3, activation="softmax", name="out")
        return keras.Sequential([keras.Input((5,)), *keeping, last]), keeping
    return OfTheUser(keeping), keeping


def everything(data: Any) -> dict[str, Any]:
    pictures = np.zeros((9, 1, 1, 5), np.uint8)
    sample = AugmentedSample(data[0][:9], pictures, ["none", *["noise"] * 8], np.linspace(0, 1, 9), {"noise": "much"})
    return {"similarity": data, "similarity_interval": 1, "projection": data, "augmented": sample}


@pytest.mark.parametrize("is_built", [True, False], ids=["built", "unbuilt"])
@pytest.mark.parametrize("kinds", KEEPING.values(), ids=KEEPING)
def test_that_a_model_that_keeps_state_trains_alike(
    path: Path, samples: Samples, kinds: Sequence[type[Keeps]], is_built: bool
) -> None:
    data = samples(12, 5)
    ends = []
    for collected in (False, True):
        keras.backend.clear_session()
        keras.utils.set_random_seed(0)
        model, keeping = build(kinds, is_built=is_built)
        model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
        more = everything(data) if is_built else {}
        collector = KerasCollector(path, probe=(data[0][:4], data[1][:4]), interval=1, **more)
        history = model.fit(*data, batch_size=4, epochs=2, verbose=0, callbacks=[collector] if collected else [])
        values = [each.numpy().tolist() for each in (*model.weights, *model.optimizer.variables)]
        drawn = random.random(), float(np.random.random()), float(tf.random.uniform(()))  # noqa: NPY002
        states = {each.name: each.state() for each in keeping} | {"calls": list(getattr(model, "calls", ()))}
        ends.append((states, history.history, values, drawn))

    assert ends[0] == ends[1]
    with open_collection(path) as collection:
        assert not collection.notes
        assert collection.passes[0].layers["out"].activation is not None


class Table(Keeps):
    """State that is no variable."""

    def begin(self) -> None:
        self.table = tf.lookup.experimental.MutableHashTable(tf.int64, tf.float32, 0.0)

    def move(self, inputs: Any) -> Any:
        key = tf.constant(1, tf.int64)
        value = tf.ensure_shape(self.table.lookup(key) + 1.0, ())
        self.table.insert(key, value)
        return 0.1 * value

    def state(self) -> Any:
        return float(self.table.lookup(tf.constant(1, tf.int64)))


def test_that_a_model_whose_state_cannot_be_put_back_is_not_run_and_a_note_says_why(
    path: Path, samples: Samples
) -> None:
    data = samples(12, 5)
    ends = []
    for collected in (False, True):
        keras.utils.set_random_seed(0)
        model, [layer] = build([Table], is_built=True)
        model.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy")
        collector = KerasCollector(path, probe=(data[0][:4], data[1][:4]), interval=1, similarity=data)
        if collected:
            with pytest.warns(CollectorWarning, match="as a table"):
                history = model.fit(*data, batch_size=4, verbose=0, callbacks=[collector])
        else:
            history = model.fit(*data, batch_size=4, verbose=0)
        ends.append((history.history, layer.state()))

    assert ends[0] == ends[1]
    with open_collection(path) as collection:
        assert "the model is not run on the probe" in collection.notes[0].text
        assert collection.passes[0].layers["out"].activation is None
        assert collection.passes[0].layers["out"].weight_gradient is not None


def test_that_a_lookup_in_a_table_is_no_state(path: Path, samples: Samples) -> None:
    words = np.array([["a"], ["b"], ["c"], ["a"]])
    model = keras.Sequential(
        [
            layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot", name="lookup"),
            layers.Dense(3, activation="softmax", name="out"),
        ]
    )
    data = model.layers[0](tf.constant(words)).numpy()
    whole = keras.Sequential([keras.Input((data.shape[1],)), model.layers[1]])
    whole.compile("sgd", "sparse_categorical_crossentropy")
    with KerasCollector(path, probe=(data, None)) as collector:
        whole.fit(data, np.zeros(4), verbose=0, callbacks=[collector])

    with open_collection(path) as collection:
        assert collection.passes[0].layers["out"].activation is not None


def test_that_held_state_is_made_as_it_was_in_place() -> None:
    inner = Inner()
    kept = {"list": [1, 2], "set": {3}, "inner": inner, "array": np.arange(3), "bytes": bytearray(b"ab")}
    lists = kept["list"]
    held = StateSnapshot(kept)
    kept["new"] = 1
    del kept["set"]
    kept["list"].append(3)
    kept["array"][:] = 7
    kept["bytes"].extend(b"c")
    inner.parts.append({})
    held.put_back()

    assert list(kept) == ["list", "set", "inner", "array", "bytes"]
    assert kept["list"] is lists
    assert (lists, kept["set"], kept["bytes"], inner.parts) == ([1, 2], {3}, b"ab", [{"n": deque([0])}])
    assert kept["array"].tolist() == [0, 1, 2]


class Slotted:
    __slots__ = ("n", "unset")


class Named(list[int]):
    """A container with an attribute."""


def test_that_state_in_slots_attributes_of_containers_and_behind_wrappers_is_put_back() -> None:
    seen: list[int] = []

    @tf.function
    def wrapped(x: Any) -> Any:
        seen.append(1)
        return x

    slotted, named, inner = Slotted(), Named([1]), [0]
    slotted.n, named.note = 1, "before"  # type: ignore[attr-defined]
    objects = np.array([None, inner], object)
    held = StateSnapshot({"slots": slotted, "named": named, "objects": objects, "function": wrapped})
    slotted.n, slotted.unset, named.note = 2, 3, "after"  # type: ignore[attr-defined]
    inner.append(1)
    seen.append(2)
    held.put_back()

    assert (slotted.n, hasattr(slotted, "unset")) == (1, False)  # type: ignore[attr-defined]
    assert (named, named.note) == ([1], "before")  # type: ignore[attr-defined]
    assert (inner, seen) == ([0], [])


def test_that_random_numbers_that_are_drawn_aside_are_drawn_again() -> None:
    def drawn() -> tuple[Any, ...]:
        return random.random(), float(np.random.random()), tf.compat.v1.get_seed(None)  # noqa: NPY002

    with random_states_kept():
        aside = drawn()

    assert drawn() == aside
    assert drawn() != aside
