"""Messages: the sentences of the program, and their translations (GNU gettext catalogues)."""
