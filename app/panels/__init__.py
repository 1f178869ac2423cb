"""One file a panel: a view of the current frame. Panels say what the user wishes and never act on it."""
