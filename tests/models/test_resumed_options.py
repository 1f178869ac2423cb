"""With which options a run goes on, told without loading a framework."""

from collections.abc import Callable
from pathlib import Path

import pytest

from collector import CollectionError
from collector.storage import CollectionWriter
from collector.storage.schema import FORMAT, VERSION, EpochRecord, Header, Run
from models.options import TrainOptions
from models.resuming import resumed_options


@pytest.fixture
def left(tmp_path: Path) -> Callable[..., Path]:
    """Leaves the collection of a run of one epoch with these options."""

    def leave(**options: object) -> Path:
        path = tmp_path / "run.json"
        asked = TrainOptions(**{"dataset": "digits", "model": "mlp", **options})  # type: ignore[arg-type]
        run = Run("2024-05-01T12:00:00+00:00", asked.interval, asked.neuron_cap, options=asked.recorded() | {"lr": 0.5})
        with CollectionWriter(path, Header(FORMAT, VERSION, run, [])) as writer:
            writer.write(EpochRecord(0, 10))
        return path

    return leave


def asked(path: Path, **options: object) -> TrainOptions:
    chosen = {"dataset": "digits", "model": "mlp", "epochs": 2, "resume": True, "output_path": path}
    return TrainOptions(**chosen | options)  # type: ignore[arg-type]


def test_that_what_is_left_to_strobe_is_as_it_was_and_epochs_may_be_more(left: Callable[..., Path]) -> None:
    options = resumed_options(asked(left()))
    assert options is not None
    assert (options.lr, options.epochs) == (0.5, 2)


def test_that_of_a_run_whose_epochs_have_ended_nothing_is_left(left: Callable[..., Path]) -> None:
    assert resumed_options(asked(left(), epochs=1)) is None


def test_that_other_options_are_named_with_the_ways_out(left: Callable[..., Path]) -> None:
    words = "made with batch_size 64 and not 32, lr 0.5 and not 0.1.*--force.*--output_path"
    with pytest.raises(CollectionError, match=words):
        resumed_options(asked(left(), batch_size=32, lr=0.1))


def test_that_a_run_of_keras_is_refused_in_words(left: Callable[..., Path]) -> None:
    with pytest.raises(CollectionError, match="keras_mlp is trained by Keras, of which no checkpoint is kept"):
        resumed_options(asked(left(model="keras_mlp"), model="keras_mlp"))
