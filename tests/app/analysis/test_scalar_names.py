"""Names of scalars in words."""

from app.analysis.measures import layer_measures
from app.analysis.metric_text import FIRST_METRICS, ORDER, metric_text
from app.analysis.scalar_names import grouped, how_to_record, parse
from collector.storage import schema

OF_RANKS = ["loss", "rank_loss/0", "rank_loss/1", "rank_loss/spread", "rank_gradient_norm/0", "gradient_norm/0"]


def test_that_a_metric_of_the_trainings_own_is_called_what_the_file_says_and_is_at_hand() -> None:
    described = {"sparsity": schema.Metric("sparsity", "weights near zero", "Share below 1e-3.", "%")}
    of_run, without_words = layer_measures(["sparsity/fc1", "sparsity/total", "other/fc1"], described)

    assert (of_run.title, of_run.tip, of_run.unit) == ("Weights near zero", "Share below 1e-3.", "%")
    assert of_run.is_first
    assert (without_words.title, without_words.tip, without_words.is_first) == ("Other", "", False)


def test_that_a_rank_is_no_layer() -> None:
    assert [(name.rank, name.layer) for name in map(parse, OF_RANKS[1:])] == [
        ("0", ""),
        ("1", ""),
        ("spread", ""),
        ("0", ""),
        ("", "0"),
    ]
    assert [each.key for each in layer_measures(OF_RANKS)] == ["gradient_norm"]


def test_that_a_rank_is_told_in_words() -> None:
    assert [parse(text).title for text in OF_RANKS] == [
        "Loss",
        "Loss · rank 0",
        "Loss · rank 1",
        "Loss · spread over the ranks",
        "Gradient norm · rank 0",
        "Gradient norm · 0",
    ]
    assert "torchrun" in how_to_record("rank_loss/0")


def test_that_the_ranks_of_a_scalar_stand_together_behind_their_spread() -> None:
    groups = {measure: [name.place for name in members] for measure, members in grouped(map(parse, OF_RANKS)).items()}

    assert groups["loss"] == [""]
    assert groups["loss, by rank"] == ["spread over the ranks", "rank 0", "rank 1"]


def test_that_a_name_that_only_looks_like_a_ranks_is_what_it_is() -> None:
    assert parse("rank_of_matrix/fc1").layer == "fc1"
    assert parse("rank_correlation").metric == "rank_correlation"


def test_that_no_two_metrics_have_one_name() -> None:
    titles = [metric_text(metric).title for metric in ORDER]
    assert [title for title in titles if titles.count(title) > 1] == []


def test_that_ten_measures_come_first_and_those_of_near_zero_gradients_are_not_among_them() -> None:
    names = [f"{metric}@1e-05/fc1" if "zero" in metric else f"{metric}/fc1" for metric in ORDER]
    first = [each.metric for each in layer_measures(names) if each.is_first]
    assert first == list(FIRST_METRICS)
    assert len([metric for metric in first if "attention" not in metric]) == 10  # two more where a layer attends
    assert not [metric for metric in first if "zero" in metric or "flip" in metric]


def test_that_results_of_an_epoch_say_of_which_samples_they_are() -> None:
    assert [parse(name).title for name in ("test_accuracy", "train_loss", "test_f1")] == [
        "Test accuracy",
        "Training loss",
        "Test f1",
    ]


def test_that_what_was_logged_comes_first_as_it_comes_and_then_the_best_known() -> None:
    names = ["weight_norm/fc", "update_ratio/fc", "other/fc", "own/fc", "own", "loss"]
    assert list(grouped(map(parse, names))) == ["own", "loss", "update ratio", "weight norm", "other"]
