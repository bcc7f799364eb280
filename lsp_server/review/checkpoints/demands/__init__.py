"""How much does a test demand? What of it is reached, with which cases, how exactly.

Each module answers that for one thing; `demand` puts them together and says how one text demands less.
"""
