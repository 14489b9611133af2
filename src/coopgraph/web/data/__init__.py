"""Linked data over HTTP: resources, releases, mementos, sitemap."""
