"""How alike the layers are, and how steady under augmentation."""
