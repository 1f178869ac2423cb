"""What the pictures of stories show, without a window."""
