"""The tabs in the middle of the window: each joins its panels to the session.

They are loaded when they are first seen, so that the window starts without them.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.session import Session
    from app.window.tabs import Tab


def correlations(session: "Session") -> "Tab":
    """How alike the layers are, and how steady."""
    from app.views.correlations.view import CorrelationsTab

    return CorrelationsTab(session)


def features(session: "Session") -> "Tab":
    """Filters and what they make of a sample."""
    from app.views.features.view import FeaturesTab

    return FeaturesTab(session)


def gradients(session: "Session") -> "Tab":
    """The signs of gradients, and what becomes of those near zero."""
    from app.views.gradients.view import GradientsTab

    return GradientsTab(session)


def optimizer(session: "Session") -> "Tab":
    """Norms, ratios and moments of each layer, and histograms of the pass."""
    from app.views.optimizer.view import OptimizerTab

    return OptimizerTab(session)


def projection(session: "Session") -> "Tab":
    """Samples in a plane."""
    from app.views.projection.view import ProjectionTab

    return ProjectionTab(session)


TABS = {
    "Correlations": correlations,
    "Gradients": gradients,
    "Features": features,
    "Projection": projection,
    "Optimizer": optimizer,
}
