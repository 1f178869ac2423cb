"""The unit under the pointer or pinned: its figures and its history."""
