"""Exports of a release, one a module."""
