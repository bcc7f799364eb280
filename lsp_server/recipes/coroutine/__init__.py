"""From a plain function to an `async` one, with the calls that then await it."""
