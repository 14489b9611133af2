"""Reports as text and data: one module a format, each with ``write(report, lang) -> str``."""
