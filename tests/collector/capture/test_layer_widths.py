"""Which layers of a model that has run can be used, and how many values they give."""

from dataclasses import dataclass

from collector.capture.layer_widths import layer_widths


@dataclass
class Call:
    """What was seen of a layer."""

    order: int
    output_shape: tuple[int, ...] = (1,)
    problem: str = ""


def test_that_layers_come_in_the_order_in_which_they_ran_with_all_values_of_a_sample() -> None:
    calls = {"head": Call(7, (3,)), "conv": Call(2, (4, 5, 6)), "unasked": Call(3), "scalar": Call(5, ())}

    widths, notes = layer_widths(["head", "scalar", "conv"], calls, "cannot be projected")

    assert list(widths.items()) == [("conv", 120), ("scalar", 1), ("head", 3)]
    assert notes == []


def test_that_a_layer_without_an_activation_is_left_out_and_the_reason_told() -> None:
    calls = {"rnn": Call(1, (3,), "it gives a tuple"), "fc": Call(2)}

    widths, notes = layer_widths(["gone", "rnn", "fc"], calls, "cannot be projected")

    assert list(widths) == ["fc"]
    assert notes == ["'gone' cannot be projected: it was not called.", "'rnn' cannot be projected: it gives a tuple."]
