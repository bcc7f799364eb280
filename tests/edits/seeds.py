"""Valid replies in each format, as models write them: what the fuzzer damages, and what it damages them with."""

FILES = {
    "app/prices.py": (
        "import os\n\n\ndef total(items):\n    return sum(items)\n\n\ndef net(items, rate):\n"
        "    # the tax goes off\n    return total(items) / (1 + rate)\n"
    ),
    "app/view.ts": "export function show(a: number) {\r\n\treturn `${a}`;\r\n}\r\n\r\nshow(1);\r\n",
    "README.md": "# Prices\n\n```sh\nmake\n```\n\nUse `total`.\n",
    "notes.txt": "one\rtwo\rthree",
    "twice.py": "def a():\n    return 1\n\n\ndef b():\n    return 1\n",
    "quotes.md": "It’s “so” – or\u00a0not.\nplain\n",
    "empty.py": "",
}

SEARCH_REPLACE = """\
I add the discount.

app/prices.py
```python
<<<<<<< SEARCH
def total(items):
    return sum(items)
=======
def total(items, discount=0):
    return sum(items) - discount
>>>>>>> REPLACE
```

README.md
````markdown
<<<<<<< SEARCH
```sh
make
```
=======
```sh
make all
```
>>>>>>> REPLACE
````

app/rates.py
```python
<<<<<<< SEARCH
=======
RATE = 19
>>>>>>> REPLACE
```
"""

LOOSE_SEARCH_REPLACE = """\
<think>
The file has tabs.
</think>
**app/view.ts**
```ts
<<<<<<< SEARCH
    return `${a}`;
=======
    return `${a + 1}`;
>>>>>>> REPLACE
```
`quotes.md`:
<<<<<<< SEARCH
It's "so" - or not.
=======
It's "so" - or not.
And more.
>>>>>>> REPLACE
app/prices.py
------- SEARCH
   4 | def total(items):
   5 |     return sum(items)
=======
   4 | def total(items):
   5 |     return max(items)
+++++++ REPLACE
"""

ELIDED_SEARCH_REPLACE = """\
app/prices.py
```
<<<<<<< SEARCH
def net(items, rate):
...
    return total(items) / (1 + rate)
=======
def net(items, rate=0):
...
    return total(items) / (1 + rate)
>>>>>>> REPLACE
```
"""

WHOLE_FILES = """\
Two files.

### app/prices.py
```python
import os


def total(items):
    return sum(items)


def net(items, rate):
    return total(items) - rate
```

File: `docs/new.md`
````markdown
# New

```sh
make
```
````
"""

BEGIN_PATCH = """\
*** Begin Patch
*** Update File: app/prices.py
@@ def total(items):
-    return sum(items)
+    return sum(items) - 1
@@
 def net(items, rate):
     # the tax goes off
-    return total(items) / (1 + rate)
+    return total(items)
*** End of File
*** Add File: app/rates.py
+RATE = 19
+
*** Update File: twice.py
*** Move to: once.py
@@ def b():
-    return 1
+    return 2
*** Delete File: empty.py
*** End Patch
"""

UNIFIED_DIFF = """\
```diff
diff --git a/app/prices.py b/app/prices.py
index 1234567..89abcde 100644
--- a/app/prices.py
+++ b/app/prices.py
@@ -4,2 +4,2 @@
 def total(items):
-    return sum(items)
+    return max(items)
@@ -8,3 +8,3 @@ def net(items, rate):
 def net(items, rate):
     # the tax goes off
-    return total(items) / (1 + rate)
+    return total(items) * (1 + rate)
diff --git a/app/rates.py b/app/rates.py
new file mode 100644
--- /dev/null
+++ b/app/rates.py
@@ -0,0 +1 @@
+RATE = 19
diff --git a/twice.py b/once.py
similarity index 90%
rename from twice.py
rename to once.py
--- a/twice.py
+++ b/once.py
@@ -5,2 +5,2 @@ def a():
 def b():
-    return 1
+    return 2
```
"""

TOOL_CALLS = """\
{"path": "app/prices.py", "old_str": "sum(items)", "new_str": "max(items)"}
{"name": "str_replace", "arguments": {"path": "twice.py", "old_str": "def a():\\n    return 1", "new_str": "def a():\\n    return 2"}}
[{"command": "create", "path": "app/rates.py", "file_text": "RATE = 19\\n"}, {"command": "rename", "path": "README.md", "new_path": "docs/README.md"}]
<tool_call>
{"function": {"name": "delete", "arguments": "{\\"path\\": \\"empty.py\\"}"}}
</tool_call>
"""  # noqa: E501

SEEDS: dict[str, tuple[str, ...]] = {
    "search_replace": (SEARCH_REPLACE, LOOSE_SEARCH_REPLACE, ELIDED_SEARCH_REPLACE),
    "whole_file": (WHOLE_FILES,),
    "begin_patch": (BEGIN_PATCH,),
    "unified_diff": (UNIFIED_DIFF,),
    "tool_call": (TOOL_CALLS,),
}

MARKS = """
<<<<<<< SEARCH|=======|>>>>>>> REPLACE|------- SEARCH|+++++++ REPLACE|<<<<<<< HEAD|```|````|~~~|```diff|<think>|</think>
*** Begin Patch|*** End Patch|*** Update File: twice.py|*** Add File: x.py|*** Delete File: notes.txt|*** Move to: y.py
*** End of File|--- a/twice.py|+++ b/twice.py|--- /dev/null|+++ /dev/null|@@|@@ -1,2 +1,3 @@|rename from twice.py
rename to z.py|new file mode 100644|deleted file mode 100644|\\ No newline at end of file|../outside.py|/etc/passwd
.git/config|C:\\x.py|~/x|a%2e%2e/x|# ... existing code ...|...|// rest unchanged|    return 1|return 1|one|two| |+|-
 x|-x|+x|{|}|[|"|{"path": "twice.py"|"old_str": ""|\\u0000|\\ud800|1 |’|“|é𝒳
"""
WORDS = (*(word for line in MARKS.strip("\n").split("\n") for word in line.split("|")), *"\t\u2028\x0c\0\ud800\u202e")
