"""Which characters can a reader not see? They may hide orders for a model, or change what code seems to say.

Tags (U+E0000..) spell whole sentences unseen, bidirectional controls reorder a line, and zero-width characters split
words. A joiner or a variation selector right after a visible character beyond ASCII is left alone, as emoji and Persian
need it.
"""

import re

_ALWAYS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_JOINERS = "\u200c\u200d\ufe0e\ufe0f"

INVISIBLE = re.compile(rf"[{_ALWAYS}]|(?<![^\x00-\x7f{_ALWAYS}{_JOINERS}])[{_JOINERS}]")
