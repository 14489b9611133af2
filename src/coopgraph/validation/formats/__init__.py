"""Report formats: one module a format, each with ``write(report, lang) -> str``."""
