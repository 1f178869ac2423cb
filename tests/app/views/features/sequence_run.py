"""A run over tokens: a recurrent layer, and an attention over a longer sequence than the network is given."""

from pathlib import Path
from typing import Any

import numpy as np

from collector.storage import CollectionWriter, schema
from collector.storage.schema import Attention, Axis

TOKENS = ["the", "cat", "sat", "<b>on</b>"]
N_SAMPLES, N_KEPT, UNITS, HEADS, LONG = 3, 2, 5, 2, 90
STEPS = [0, 30, 60, 89]


def sequence_layers() -> list[schema.Layer]:
    """The layers: ``head`` is a linear one that carries nothing along."""
    lstm = schema.Layer("lstm", "LSTM", 9, "lstm", [0, 2, 4, 6, 8], sequence=Axis(4, [0, 1, 2, 3]))
    out = schema.Layer(
        name="attn.out",
        kind="Linear",
        units=UNITS,
        stage="attn.out",
        kept=list(range(UNITS)),
        reads=["lstm"],
        input_units=9,
        input_kept=[0, 2, 4, 6, 8],
        parameters={"weight": [UNITS, 9]},
        sequence=Axis(LONG, STEPS),
    )
    attn = schema.Layer("attn", "SelfAttention", UNITS, "attn.out", list(range(UNITS)), sequence=Axis(LONG, STEPS))
    attn.attention = Attention(HEADS, Axis(LONG, STEPS), Axis(4, [0, 1, 2, 3]))
    head = schema.Layer(
        "head", "Linear", 2, "head", [0, 1], ["attn.out"], UNITS, list(range(UNITS)), parameters={"weight": [2, UNITS]}
    )
    return [lstm, out, attn, head]


def sequence_pass(number: int) -> schema.PassRecord:
    """A pass at step ``10 * number``, sequences and attention of the first two samples."""
    random = np.random.default_rng(number)
    rows = random.normal(size=(2, N_KEPT, 4, UNITS)).astype(np.float16)
    logits = random.normal(size=(N_KEPT, HEADS, 4, 4))
    weights = (np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)).astype(np.float16)
    entropy = np.array([1.25, 0.5 + number], np.float32)
    arrays: dict[str, dict[str, Any]] = {
        "lstm": {"activation": np.zeros((N_SAMPLES, UNITS), np.float32), "sequence": rows[0]},
        "attn.out": {"sequence": rows[1] * 2},
        "attn": {
            "sequence": rows[1],
            "attention": weights,
            "attention_entropy": entropy,
            "attention_logit": entropy,
        },
        "head": {"activation": np.ones((N_SAMPLES, 2), np.float32)},
    }
    layers = {name: schema.LayerRecord(**own) for name, own in arrays.items()}
    return schema.PassRecord(number=number, step=10 * number, layers=layers)


def write_sequence_run(path: Path, n_passes: int = 2) -> Path:
    """Write the run."""
    probe = schema.Probe(
        inputs=np.tile(np.arange(4, dtype=np.int64), (N_SAMPLES, 1)),  # type: ignore[arg-type]
        whole_numbers=True,
        token_names={str(number): name for number, name in enumerate(TOKENS)},
    )
    run = schema.Run(created="2026-01-01T00:00:00+00:00", interval=10, neuron_cap=5)
    header = schema.Header(schema.FORMAT, schema.VERSION, run, sequence_layers(), probe)
    with CollectionWriter(path, header) as writer:
        for number in range(n_passes):
            writer.write(sequence_pass(number))
    return path
