"""A copy in which passes come further apart the older they are: on request, and it says so."""

from pathlib import Path

import numpy as np
import pytest

from collector.storage import CollectionWriter, open_collection, schema
from collector.storage.errors import CollectionError
from collector.storage.thin_command import thin_command
from collector.storage.thinning import kept_numbers, thin
from tests.benchmarks.generated import header, random_pass, write_collection

SIZES = [12, 6, 3]


def steps_kept(steps: list[int], newest: int) -> list[int]:
    return [steps[place] for place in sorted(kept_numbers(steps, newest))]


def test_that_the_newest_stay_and_the_older_ones_come_twice_as_far_apart_with_each_doubling_of_their_age() -> None:
    steps = list(range(0, 3250, 50))
    assert steps_kept(steps, 4) == [0, 800, 1600, 2000, 2400, 2600, 2800, 2900, 3000, 3050, 3100, 3150, 3200]


def test_that_what_was_taken_off_the_usual_distance_stays() -> None:
    steps = sorted({*range(0, 5000, 50), 1234, 1235, 4999})
    kept = steps_kept(steps, 4)
    assert {0, 1234, 1235, 4999} <= set(kept)
    assert len(kept) < 20


def test_that_thinned_as_it_grows_a_run_keeps_what_it_would_have_kept_at_the_end() -> None:
    steps: list[int] = []
    for begin in range(0, 20_000, 2_000):
        steps = steps_kept([*steps, *range(begin, begin + 2_000, 50)], 5)
    assert steps == steps_kept(list(range(0, 20_000, 50)), 5)


@pytest.mark.parametrize("steps", [[], [7], [0, 50]])
def test_that_of_few_passes_all_stay(steps: list[int]) -> None:
    assert steps_kept(steps, 1) == steps


def test_that_what_stays_is_as_it_was_and_a_note_says_what_is_gone(tmp_path: Path) -> None:
    path, to = tmp_path / "run.json", tmp_path / "thin.json"
    n_passes = write_collection(path, SIZES, 200_000)
    found = thin(path, to, 5)
    with open_collection(path) as whole, open_collection(to) as copy:
        numbers = sorted(kept_numbers(whole.passes.steps.tolist(), 5))
        assert copy.finished and copy.damaged == []
        assert found.kept_passes == len(copy.passes) == len(numbers) < n_passes == found.passes
        for place, number in enumerate(numbers):
            one, other = whole.passes[number], copy.passes[place]
            assert (other.step, other.number) == (one.step, place)
            np.testing.assert_array_equal(one.layers["fc1"].weight_update, other.layers["fc1"].weight_update)
        for name in whole.series:
            np.testing.assert_array_equal(whole.series[name], copy.series[name])
        assert f"{len(numbers)} of {n_passes} passes stay" in copy.notes[-1].text
        assert copy.verify().faults == []
        assert copy.run == whole.run


def test_that_a_run_that_has_not_ended_is_not_thinned(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_collection(path, SIZES, 20_000, is_finished=False)
    with pytest.raises(CollectionError, match="has not ended"):
        thin(path, tmp_path / "thin.json")
    assert not (tmp_path / "thin.json").exists()


def test_that_the_command_writes_beside_and_replaces_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.json"
    with CollectionWriter(path, header(SIZES)) as writer:
        for number in range(30):
            writer.write(random_pass(SIZES, number))
        writer.write(schema.NoteRecord(3, "a note of the run"))
    before = path.read_bytes()
    assert thin_command([str(path), "--newest", "3"]) == 0
    assert "of 30 passes stay" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert thin_command([str(path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert thin_command([str(path), "--output_path", str(path), "--force"]) == 2
    assert "cannot be its own copy" in capsys.readouterr().err
    assert path.read_bytes() == before
    with open_collection(tmp_path / "run-thin.json") as copy:
        assert copy.notes[0].text == "a note of the run"


def test_that_the_newest_twenty_stay_where_no_other_number_is_given() -> None:
    assert steps_kept(list(range(100)), 20) == sorted(kept_numbers(list(range(100)))) != steps_kept([*range(100)], 21)
