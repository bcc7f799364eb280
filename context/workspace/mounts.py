"""Which folders hold no files but what the kernel makes up? Walking `/proc` or `/sys` never ends well."""

from pathlib import Path

_KINDS = """
autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl hugetlbfs mqueue nsfs proc
pstore securityfs selinuxfs sysfs tracefs
"""
KERNEL_KINDS = frozenset(_KINDS.split())
MOUNTS = Path("/proc/self/mounts")


def kernel_folders(root: Path) -> frozenset[str]:
    """The folders at or below a root (relative, "." for itself) that are such file systems; none but on Linux."""
    try:
        lines = MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return frozenset()
    found: set[str] = set()
    for line in lines:
        _, place, kind, *_ = (*line.split(" "), "", "", "")
        if kind in KERNEL_KINDS:
            folder = Path(place.replace("\\040", " "))
            if folder.is_relative_to(root):
                found.add(folder.relative_to(root).as_posix())
            elif root.is_relative_to(folder):
                found.add(".")
    return frozenset(found)
