"""Numbers made of tensors. The functions take NumPy arrays and torch tensors alike."""
