"""Data documents of a release: JSON-LD, CSV, schema.org, sitemap."""
