"""Which pieces of the workspace is a description about?"""
