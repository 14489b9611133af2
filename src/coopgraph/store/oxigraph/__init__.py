"""pyoxigraph in killable worker processes."""
