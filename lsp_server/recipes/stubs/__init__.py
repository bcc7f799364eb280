"""Methods that a class still lacks, written as its bases declare them."""
