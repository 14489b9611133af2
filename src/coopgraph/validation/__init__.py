"""Validation: file rules and SHACL shapes over a tree, with places and remedies."""
