"""SHACL engines, each the only module importing its library."""
