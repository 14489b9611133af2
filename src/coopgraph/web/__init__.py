"""HTTP: Flask, thin."""
