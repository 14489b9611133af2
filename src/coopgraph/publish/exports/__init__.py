"""One export a module."""
