"""HTTP server: connections, WSGI gateway, response cache, limits, metrics, logs. It knows no route."""
