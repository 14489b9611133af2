"""Words of the domain: addresses, languages, releases. Standard library and Babel only; no I/O."""
