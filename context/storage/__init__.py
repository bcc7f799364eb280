"""How is what was worked out kept, so that it heals itself and stays within a limit?"""
