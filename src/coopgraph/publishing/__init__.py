"""Build releases and switch between them."""
