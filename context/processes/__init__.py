"""How does work run beside the event loop, so that a job that hangs costs one file?"""
