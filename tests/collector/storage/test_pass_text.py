"""The text of a pass cut into its parts: they are what the whole text says, or it is not cut."""

import contextlib
import gc
import json
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.storage import open_collection
from collector.storage.blocks import Block
from collector.storage.encode import encode
from collector.storage.errors import DamagedError
from collector.storage.json_text import JsonTextError, decode
from collector.storage.pass_text import cut
from collector.storage.schema import LayerRecord, PassRecord, TopLogits
from collector.storage.snapshot import KINDS
from tests.collector.storage.rewriting import rewrite

names = st.text(max_size=12) | st.sampled_from(
    ["fc", "histograms", "top_logits", "a.b", '":{"', "},{", "层", "a\\", '"']
)
arrays = st.sampled_from([1, 3, 64, 65, 300]).flatmap(
    lambda n: st.sampled_from([np.arange(n, dtype="f4"), np.full((n, 2), np.nan, "f2"), np.zeros((0, n))])
)
layers = st.dictionaries(st.sampled_from(KINDS), arrays, max_size=4).map(lambda kinds: LayerRecord(**kinds))
histograms = st.dictionaries(st.sampled_from(["weight", "gradient"]), arrays, max_size=2)
top_logits = st.builds(TopLogits, st.just(2000), arrays, arrays, arrays, arrays)
records = st.builds(
    PassRecord,
    st.integers(0, 9),
    st.integers(0, 9),
    logits=st.none() | arrays,
    layers=st.dictionaries(names, layers, max_size=4),
    top_logits=st.none() | top_logits,
    histograms=st.dictionaries(names, histograms, max_size=3),
    unit_states=st.lists(st.tuples(names, arrays), max_size=3),
)


def said(text: bytes) -> Any:
    """What the whole text says, in plain values."""
    return plain(decode(text, PassRecord))


def plain(record: PassRecord) -> Any:
    return (
        record.number,
        record.step,
        values(record.logits),
        values(record.layers),
        *(values(each) for each in (record.top_logits, record.unit_states, record.histograms)),
    )


def values(value: Any) -> Any:
    if isinstance(value, Block):
        return (
            value.dtype,
            value.shape,
            bytes(value.base64) if isinstance(value.base64, memoryview) else value.base64.encode(),
        )
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return [(name, values(each)) for name, each in value]
    if isinstance(value, dict):
        return [(name, values(each)) for name, each in value.items()]
    if isinstance(value, LayerRecord | TopLogits):
        return [(name, values(getattr(value, name))) for name in value.__struct_fields__]
    return value


def of_parts(text: bytes) -> Any:
    """What the parts say; None where the text is not cut."""
    parts = cut(text)
    if parts is None:
        return None
    whole = parts.head
    whole.layers = {name: parts.layer(name) for name in parts.layers}
    whole.histograms = parts.histograms()
    return plain(whole)


@settings(deadline=None)
@given(records)
def test_that_the_parts_of_what_our_writer_writes_are_the_whole(record: PassRecord) -> None:
    text = b"".join(encode(record))
    found = of_parts(text)
    is_usual = (
        record.layers
        and "histograms" not in record.layers
        and not any({*name} & {*'{}"\\'} or not name.isprintable() for name in record.layers)
    )
    assert found == said(text) if is_usual else found in (None, said(text))


@settings(deadline=None)
@given(records, st.data())
def test_that_text_of_another_form_is_not_cut_or_says_the_same(record: PassRecord, data: st.DataObject) -> None:
    known = json.loads(b"".join(encode(record)))
    for layer in known.get("layers", {}).values():
        if data.draw(st.booleans()):
            extra = data.draw(st.sampled_from([1, "}", {"fc": {"dtype": 1}}, {"x": {"y": {}}}, [{"a": 1}], [[]]]))
            layer[data.draw(st.sampled_from(["dtype", "new", "weights"]))] = extra
    fields = data.draw(st.permutations(list(known.items())))
    separators = data.draw(st.sampled_from([(",", ":"), (", ", ": "), (",", ": ")]))
    text = json.dumps(dict(fields), separators=separators, ensure_ascii=data.draw(st.booleans())).encode()
    assert of_parts(text) in (None, said(text))


@pytest.mark.parametrize("field", ["dtype", "new", "weights"])
@pytest.mark.parametrize(
    "value", ["", "x", "}", "}}", "{", "<f4", 1, {"dtype": "x"}, {"dtype": "}", "x": {}}, [{"a": 1}]]
)
def test_that_a_layer_may_have_fields_of_any_name_and_kind(field: str, value: Any) -> None:
    for layers in ({"a": {}, "b": {field: value}}, {"a": {field: value}, "b": {}}, {"a": {field: value}}):
        known = {"record": "pass", "pass": 0, "step": 0, "layers": layers}
        for more in ({}, {"new": {"a": [0]}}, {"histograms": {"a": {"weight": [0]}}}):
            text = json.dumps(known | more, separators=(",", ":")).encode()
            assert of_parts(text) in (None, said(text)), text


@settings(deadline=None)
@given(records, st.integers(0, 10**6), st.binary(min_size=1, max_size=3))
def test_that_any_bytes_in_the_text_end_in_an_error_of_the_text(record: PassRecord, at: int, spoilt: bytes) -> None:
    text = bytearray(b"".join(encode(record)))
    at %= len(text)
    text[at : at + len(spoilt)] = spoilt
    with contextlib.suppress(JsonTextError):
        of_parts(bytes(text))


def test_that_a_layer_is_decoded_when_it_is_asked_for_and_no_other(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[type] = []

    def noting(text: bytes, kind: type) -> Any:
        decoded.append(kind)
        return decode(text, kind)

    monkeypatch.setattr("collector.storage.pass_text.decode", noting)
    with open_collection(finished) as collection:
        one = collection.passes[1]
        assert decoded == [PassRecord]
        assert (one.layers["fc"].weight == 1).all() and (one.layers["fc"].bias == -1).all()
        assert decoded == [PassRecord, LayerRecord]


@pytest.mark.parametrize("dtype", ["u1", "f2", "f4", "f8"])
@pytest.mark.parametrize("n_values", range(300, 304))
def test_that_the_text_of_a_block_is_no_copy_of_that_of_the_pass(n_values: int, dtype: str) -> None:
    values = np.random.default_rng(0).normal(size=n_values).astype(dtype)
    parts = cut(b"".join(encode(PassRecord(0, 0, layers={"fc": LayerRecord(weight=values, bias=values)}))))
    assert parts is not None
    layer = parts.layer("fc")
    assert isinstance(layer.weight.base64, memoryview) and isinstance(layer.bias.base64, memoryview)
    assert layer.weight.base64.obj is layer.bias.base64.obj


def test_that_a_pass_counts_its_text_and_what_was_decoded(finished: Path) -> None:
    with open_collection(finished) as collection:
        one = collection.passes[1]
        before = one.n_bytes
        assert before >= collection.passes.n_bytes(1)
        assert one.layers["fc"].weight is not None
        assert one.n_bytes >= before + 30 * 3 * 4


def test_that_a_pass_that_nobody_holds_is_let_go_at_once(finished: Path) -> None:
    gc.disable()
    try:
        with open_collection(finished) as collection:
            one = collection.passes.salvaged(1)
            assert one.layers["fc"].weight is not None
            gone = weakref.ref(one._decoder)
            del one
            assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("spoilt", [b'"weight":{"dtype":"<f9",', b'"weight":{"dtype":"<f4","shape":[30,-3],'])
def test_that_a_layer_of_another_form_is_damage_of_its_own(finished: Path, spoilt: bytes) -> None:
    rewrite(finished, before=b'"weight":{"dtype":"<f4",', after=spoilt)
    with open_collection(finished) as collection:
        with pytest.raises(DamagedError, match="'fc' cannot be read"):
            _ = collection.passes[1].layers["fc"].bias
        one = collection.passes.salvaged(1)
        assert one.layers["fc"].weight is None and one.layers["fc"].bias is None
        assert "cannot be read" in one.damaged["fc", "weight"] and "cannot be read" in one.damaged["fc", "bias"]
        assert len(collection.damaged) == 1
