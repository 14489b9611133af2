"""Forms: what a curator is asked for, from SHACL shapes, and the statements that a form's fields make."""
