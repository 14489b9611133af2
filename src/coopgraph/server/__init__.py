"""HTTP server: connections, an ASGI runner, a response cache, limits, logs. It serves any application."""
