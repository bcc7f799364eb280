"""Which files are there, which of them count, and what happens to them?"""
