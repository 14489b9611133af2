"""The Turtle tree: the one truth."""
