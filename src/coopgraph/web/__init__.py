"""Web application: Flask under an ASGI border."""
