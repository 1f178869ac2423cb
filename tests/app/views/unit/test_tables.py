"""The numbers of a unit for other tools, with all that is said of them."""

from app.window.main_window import MainWindow


def test_that_the_history_of_a_unit_says_what_it_is_of(open_window: MainWindow) -> None:
    open_window.show_view("unit")
    view = open_window.view("unit")
    table = view.tables["Unit"]()
    assert (dict(table.about), list(table.rows)) == ({}, [])
    assert table.nothing == "No unit is pinned, or its history is still being read."
    open_window._session.pin_unit(("fc2", 1))
    open_window._session.choose_sample(3)
    table = view.tables["Unit"]()
    assert dict(table.about) == {"layer": "fc2", "unit": 1, "sample": 3}
    assert list(table.notes) == [
        "activation: of the sample; activation_mean: over the probe's samples",
        "gradient_norm: of the unit's incoming weights, in the step that follows the pass",
    ]
    assert not table.is_of_pass
    assert [row[0] for row in table.rows] == [0, 3, 6, 9, 12]


def test_that_its_weights_say_where_they_lie(open_window: MainWindow) -> None:
    open_window.show_view("unit")
    view = open_window.view("unit")
    table = view.tables["Unit: incoming weights"]()
    assert table.nothing == "No unit is pinned, or its incoming weights were not recorded."
    open_window._session.pin_unit(("conv1", 2))
    table = view.tables["Unit: incoming weights"]()
    assert dict(table.about) == {"layer": "conv1", "unit": 2}
    assert list(table.notes) == ["row, column: within the filter, or 0; weight is empty where it was not recorded"]
    assert table.is_of_pass
    assert tuple(table.headings) == ("from", "row", "column", "weight")
    assert [row[:3] for row in table.rows] == [("input 0", row, column) for row in range(3) for column in range(3)]


def test_that_weights_of_two_are_those_of_both_and_their_difference(two_in_window: MainWindow) -> None:
    two_in_window.show_view("unit")
    two_in_window._session.pin_unit(("conv1", 2))
    table = two_in_window.view("unit").tables["Unit: incoming weights"]()
    assert tuple(table.headings) == ("from", "row", "column", "weight_a", "weight_b", "weight_difference")
    assert all(row[5] == row[4] - row[3] or abs(row[5] - (row[4] - row[3])) < 1e-6 for row in table.rows)
    assert len(table.rows) == 9
