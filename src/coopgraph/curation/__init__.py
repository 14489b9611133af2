"""Curation: bringing new facts into the tree."""
