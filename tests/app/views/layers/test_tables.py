"""The numbers of layers for other tools, with all that is said of them."""

from app.window.main_window import MainWindow


def test_that_the_table_of_layers_says_what_its_columns_are(open_window: MainWindow) -> None:
    open_window.show_view("layers")
    view = open_window.view("layers")
    table = view.tables["Layers"]()
    notes = [
        "parameters, units, units_kept: counts; output_shape: without the samples",
        "gradient_norm: of the last step at or before the playhead at which it was measured, over all parameters",
        "health: the worst of the findings that name the layer",
    ]
    assert list(table.notes) == notes
    assert (table.is_of_pass, table.nothing) == (True, "No layers are recorded.")
    assert list(view.figure_parts()) == [view.panel.table]


def test_that_the_table_of_layers_of_two_says_which_is_which(two_in_window: MainWindow) -> None:
    two_in_window.show_view("layers")
    notes = two_in_window.view("layers").tables["Layers"]().notes
    assert notes[3:] == ["a: usual; b: faster, next to the step of a; log2_b_by_a: the logarithm to base 2 of b by a"]
