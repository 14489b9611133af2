"""Domain model: IRIs, languages, releases. Standard library and Babel only; no I/O."""
