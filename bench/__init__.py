"""Measure: data of any size that looks like ours, query kinds, and a harness that runs peers side by side."""
