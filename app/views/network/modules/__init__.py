"""The network as its modules, folded and unfolded."""
