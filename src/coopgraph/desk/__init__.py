"""Curators' desk: people, what they submit, its review, and its publication. An edge: no reader's process needs it."""
