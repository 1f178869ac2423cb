"""Stories: what became of each sample, when it was learnt, forgotten, and where in the network."""
