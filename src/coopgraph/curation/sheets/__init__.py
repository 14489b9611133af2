"""Spreadsheets of organizations: read as they arrive, checked cell by cell, and made into files of the tree."""
