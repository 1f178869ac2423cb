"""Places of samples for other tools, with all that is said of them."""

from pathlib import Path

from app.window.main_window import MainWindow
from tests.app.views.projection.clouds import choose
from tests.app.views.projection.projected_run import write_run


def test_that_samples_in_a_plane_say_how_they_were_laid_out(open_window: MainWindow, tmp_path: Path) -> None:
    open_window.open(write_run(tmp_path / "run.json"))
    open_window.show_view("projection")
    view = open_window.view("projection")
    table = view.tables["Projection"]()
    assert dict(table.about) == {"layer": "raw data", "method": "PCA", "measured_at_step": 0}
    assert list(table.notes) == [
        "x, y: places in the plane, without a unit; sample: number among the projection's samples, from 0",
        "differences are B less A, where both are seen in one frame",
    ]
    assert (list(table.rows), table.nothing) == ([], "No samples are laid out yet.")
    choose(view.panel.method_box, "t-SNE")
    open_window._session.show_step(20)
    about = {"layer": "raw data", "method": "t-SNE", "perplexity": 30, "measured_at_step": 20}
    assert dict(view.tables["Projection"]().about) == about
