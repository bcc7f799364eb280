# Sourced by the install scripts: programs from a Debian suite, unpacked without root next to a system of any age.
# apt checks the signatures of the lists as usual; no maintainer script runs.

keyring=${DEBIAN_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

# debian_missing: succeeds if packages can be unpacked here, else prints what is missing and fails.
debian_missing() {
  for tool in apt-get dpkg-deb tar; do
    command -v "$tool" >/dev/null || { echo "there is no $tool"; return 1; }
  done
  [ -r "$keyring" ] || { echo "there is no Debian archive keyring (package debian-archive-keyring)"; return 1; }
}

# The mirror that this system's apt uses for Debian already, else Debian's own.
debian_mirror() {
  used=$(apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | sed -n 's/^Debian|//p' | sed -n 1p)
  echo "${DEBIAN_MIRROR:-${used:-http://deb.debian.org/debian/}}"
}

# unpack_debian SUITE ROOT PACKAGE...: the packages and all that they depend on, below ROOT.
unpack_debian() {
  suite=$1 root=$2; shift 2
  work=$root.apt
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$root"
  echo "deb [signed-by=$keyring] $(debian_mirror) $suite main" > "$work/sources.list"
  in_work() {
    apt-get -q -y -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o "Dir::Etc::SourceList=$work/sources.list" \
      -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Status=/dev/null -o APT::Install-Recommends=false \
      -o Debug::NoLocking=1 -o Acquire::Languages=none -o "APT::Sandbox::User=$(id -un)" "$@" >> "$work/log" 2>&1 ||
      { tail -n 20 "$work/log" >&2; return 1; }
  }
  in_work update
  in_work --download-only install "$@"
  # Packages of the merged /usr and of the time before it must meet in one tree.
  for name in bin sbin lib lib64; do
    mkdir -p "$root/usr/$name"
    ln -sfn "usr/$name" "$root/$name"
  done
  for package in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink --no-same-owner
  done
  rm -rf "$work"
}

# write_launcher ROOT PROGRAM LAUNCHER [NAME=VALUE...] [--OPTION...]: runs PROGRAM with the loader and the libraries of
# ROOT, in this environment and with these options before its own arguments. The program still sees the system's own
# files, and its libraries do not leak into what it starts.
write_launcher() {
  root=$1 program=$2 target=$3; shift 3
  loader=$(find "$root/usr/lib64" "$root/usr/lib" -maxdepth 2 -name 'ld-linux-*.so.*' -print 2>/dev/null | sed -n 1p)
  libraries=$(find "$root/usr/lib" -maxdepth 1 -name '*-linux-gnu*' -print | sed -n 1p)
  {
    echo '#!/bin/sh'
    options=
    for setting in "$@"; do
      case $setting in
        --*) options="$options '$setting'" ;;
        *) echo "export ${setting%%=*}='${setting#*=}'" ;;
      esac
    done
    echo "exec '$loader' --library-path '$libraries:$root/usr/lib' '$root$program'$options \"\$@\""
  } > "$target"
  chmod +x "$target"
}
