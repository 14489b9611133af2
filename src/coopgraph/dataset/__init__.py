"""Dataset: the Turtle tree, which is the one truth."""
