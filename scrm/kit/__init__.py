"""The leaf: tools without business words. Knows no app, and everything may import it."""
