"""RDF syntax: terms, formats, reading, the house form of Turtle, canonical form."""
