"""Bringing new facts into the tree."""
