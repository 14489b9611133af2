"""HTTP semantics (RFC 9110) that the web application and the server both speak; knows neither of them."""
