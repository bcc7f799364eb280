"""Taking code out: lines into a function, an expression into a variable, a literal into a constant."""
