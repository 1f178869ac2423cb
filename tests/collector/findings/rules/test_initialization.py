from pathlib import Path

import numpy as np

from tests.collector.findings.recorded import Recorded, chain, falling, flat
from tests.collector.findings.said import told

N = 200


def recorded(folder: Path, stds: dict[int, float], loss=None, n_layers: int = 4, start: int = 0) -> Recorded:
    run = Recorded(folder, chain(n_layers)).scalars({"loss": flat(N) if loss is None else loss})
    for k, std in stds.items():
        run.scalars({f"activation_std/fc{k}": [std, 7.0]}, every=50, start=start)
    return run.taken(0, {}).taken(50, {})


def test_that_tenfold_in_two_layers_is_told_whichever_way(tmp_path: Path) -> None:
    rule = "bad-initialization"
    assert told(recorded(tmp_path, {1: 1, 2: 0.1, 3: 0.1, 4: 0.001}), rule) == [
        "warning: fc2, fc4 since 0 in 0-0; see network 0 fc2",
        "At step 0 the activations fade by 31.6 times in each of 2 layers. What reaches the output is "
        "next to nothing, and so are the gradients.",
        "times a layer: 31.62, layers: 2",
    ]
    assert told(recorded(tmp_path, {1: 1, 2: 10, 3: 1000, 4: 1000}), rule) == [
        "warning: fc2, fc3 since 0 in 0-0; see network 0 fc2",
        "At step 0 the activations grow by 31.6 times in each of 2 layers. What reaches the output is "
        "all size, and so are the gradients.",
        "times a layer: 31.62, layers: 2",
    ]
    assert told(recorded(tmp_path, {1: 1, 2: 0.11, 3: 0.011, 4: 0.011}), rule) == []
    assert told(recorded(tmp_path, {1: 1, 2: 0.001, 3: 0.001, 4: 0.001}), rule) == []
    assert told(recorded(tmp_path, {1: 1, 2: 0.01, 3: 1, 4: 0.1}), rule) == []
    assert told(recorded(tmp_path, {1: 1, 2: 0.01, 3: 1e-4, 4: 1e-4}, falling(N)), rule)[0].startswith("note")


def test_that_what_is_brought_back_between_two_layers_is_not_lost(tmp_path: Path) -> None:
    fading = {1: 1.0, 2: 0.09, 3: 0.8, 4: 0.07, 5: 0.6, 6: 0.05}  # as before and behind norms
    assert told(recorded(tmp_path, fading, n_layers=6), "bad-initialization") == []
    assert told(recorded(tmp_path, fading | {3: 0.1, 4: 0.007}, n_layers=4), "bad-initialization") != []


def test_that_two_layers_and_what_was_recorded_later_say_nothing(tmp_path: Path) -> None:
    assert told(recorded(tmp_path, {1: 1, 2: 1e-3, 3: 1e-6}, n_layers=3), "bad-initialization") != []
    assert told(recorded(tmp_path, {1: 1, 2: 1e-6}, n_layers=2), "bad-initialization") == []
    assert told(recorded(tmp_path, {1: 1, 2: 1e-3, 3: 1e-6, 4: 1e-9}, start=1), "bad-initialization") == []


def activations(scale: float) -> np.ndarray:
    return (scale * np.resize([1.0, -1.0], (16, 1)) * np.ones((16, 8))).astype(np.float32)


def test_that_the_probes_own_spread_is_taken_where_it_was_kept_at_step_zero(tmp_path: Path) -> None:
    rule = "bad-initialization"
    for first, spatial, is_told in ((0, False, True), (1, False, False), (0, True, False)):
        run = Recorded(tmp_path, probe=(np.zeros((16, 8)), None)).scalars({"loss": flat(N)})
        run.scalars({f"activation_std/fc{k}": [1.0] for k in (1, 2, 3)})
        layers = {f"fc{k}": {"activation": activations(0.01**k)} for k in (1, 2, 3)}
        if spatial:
            for each in run._header.layers:
                each.output_shape = [8, 4, 4]
        assert bool(told(run.taken(first, layers).taken(50, layers), rule)) is is_told


def test_that_layers_that_are_alike_at_the_first_pass_and_the_last_are_told(tmp_path: Path) -> None:
    rule = "symmetric-units"
    alike, other = np.ones((8, 8), np.float32), np.eye(8, dtype=np.float32)
    nearly = alike.copy()
    nearly[3, 4] = 1 - 2e-6

    def of(*passes: dict[str, np.ndarray]) -> list[str]:
        run = Recorded(tmp_path).scalars({"loss": flat(N)})
        for number, each in enumerate(passes):
            run.taken(5 + 50 * number, {name: {"weight": weight} for name, weight in each.items()})
        return told(run, rule)

    assert of({"fc2": alike, "fc3": other}, {"fc2": other, "fc3": other}, {"fc2": alike, "fc3": other}) == [
        "warning: fc2 since 5 in 5-5; see network 105 fc2",
        "fc2: all units have the same weights, at step 5 and still at step 105. Units that begin alike "
        "get the same gradient and stay alike: the layer is one unit.",
        "layers: 1, passes: 3",
    ]
    assert of(*[{"fc1": alike, "fc3": alike}] * 2)[0].startswith("critical: fc1, fc3 since 5 in 5-5; see network 55")
    assert of({"fc2": alike}, {"fc2": nearly}) == []
    assert of({"fc2": nearly}, {"fc2": alike}) == []
    assert of(*[{"fc2": alike[:1]}] * 2) == []
