"""May it be applied? Every change, a recipe's or a model's, is judged here before anything reaches the editor.

Invariant: the strictest rule wins, and no setting lowers the floor in `policy`.
"""
