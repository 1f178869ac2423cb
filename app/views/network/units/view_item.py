"""What the items have in common that show a pass in its place."""

from app.analysis.graph.graph_view import GraphView
from app.views.network.units.analysis.layout import Layout
from app.views.network.units.whole_item import WholeItem


class ViewItem(WholeItem):
    """Holds a view and its layout."""

    def __init__(self) -> None:
        super().__init__()
        self._view: GraphView | None = None

    @property
    def _shown(self) -> tuple[GraphView, Layout] | None:
        """Both, where there is something to be drawn."""
        return None if self._view is None or self._layout is None else (self._view, self._layout)

    def show_view(self, view: GraphView | None, layout: Layout | None) -> None:
        """Show another pass or sample, or the same in another place."""
        self._view, self._layout = view, layout
        self.update()
