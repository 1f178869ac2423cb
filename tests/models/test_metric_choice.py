"""The metrics that a command line asks for."""

import pytest

import main
from collector.optional_metrics import CLASSES
from models.metric_choice import check_metrics_of, chosen, metrics_of
from models.names import WrongPairError


def test_that_each_name_is_a_metric_at_its_own_interval_or_the_one_behind_the_colon() -> None:
    usual = metrics_of(",".join(CLASSES))
    other = metrics_of(",".join(f"{name}:7" for name in CLASSES))

    assert [type(each).__name__ for each in usual] == [kind for _, kind in CLASSES.values()]
    assert [each.interval for each in other] == [7] * len(CLASSES)
    assert all(each.interval > 7 for each in usual)
    assert chosen("") == {}
    assert chosen("spectra, kurtosis:20") == {"spectra": None, "kurtosis": 20}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("norms", "'norms' is no metric; there are noise-scale,"),
        ("spectra:0", "steps between"),
        ("spectra:x", "as spectra:200"),
    ],
)
def test_that_a_wrong_choice_is_told_with_the_right_ones(
    text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match=words):
        chosen(text)
    with pytest.raises(SystemExit) as ended:
        main.main(["--headless", "--metrics", text])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err.replace("\n", " ")


def test_that_a_keras_model_is_refused_what_its_steps_do_not_show() -> None:
    check_metrics_of("spectra,sharpness", "keras_cnn")
    check_metrics_of("noise-scale", "cnn")
    with pytest.raises(WrongPairError, match="noise-scale is measured of PyTorch's models only"):
        check_metrics_of("noise-scale", "keras_cnn")
