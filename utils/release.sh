#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Makes what is given to users, in build/release-files, and checks it: Debian packages, and archives that run where they
# are unpacked. Options: --cross also makes the runtime's archives for aarch64 and riscv64.
# Packages are installed and used in a clean chroot where debootstrap and root are there, else unpacked into a folder.
set -euo pipefail
cd "$(dirname "$0")/.."

cross=0
[[ ${1-} == --cross ]] && cross=1
build=build/release output=$PWD/build/release-files
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

heading() { printf '\n== %s\n' "$*"; }
fail() {
  printf 'release.sh: %s\n' "$*" >&2
  exit 1
}

# Makes the archive $1 of the folder $2, which is moved: the same bytes whenever it is made.
pack() {
  mv "$2" "$work/$1"
  cp LICENSE.TXT "$work/$1"
  tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct)" -cJf \
    "$output/$1.tar.xz" "$1"
  rm -rf "${work:?}/$1"
}

# An archive of the components of a build.
make_archive() {
  local folder=$1 name=$2 component
  shift 2
  for component in "$@"; do
    cmake --install "$folder" --prefix "$work/tree" --component "$component" --strip >/dev/null
  done
  pack "$name" "$work/tree"
}

# A program that prints what it was given: enough WebAssembly to see that compiling and running work.
write_sample() {
  cat >"$1/answer.wat" <<'WAT'
(module (func (export "answer") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 7))))
WAT
  wat2wasm "$1/answer.wat" -o "$1/answer.wasm"
}

# Compiles and runs with the command $1 (words, such as "chroot FOLDER wasm2native"), with the sample in folder $2.
check_command() {
  local command=$1 folder=$2
  [[ $($command run --no-cache --invoke answer "$folder/answer.wasm" 6) == 42 ]] ||
    fail "$command does not compile and run"
}

# Runs what another command compiled, in a folder that has nothing else.
check_static() {
  local root
  root=$(mktemp -d -p "$work")
  tar -C "$root" --strip-components=1 -xf "$output/wasm2native-$version-$(uname -m)-static.tar.xz"
  write_sample "$root"
  "$build/bin/wasm2native" "$root/answer.wasm"
  local run=(env -i "$root/wasm2native")
  ((EUID == 0)) && run=(chroot "$root" /wasm2native) && root=
  [[ $("${run[@]}" run --invoke answer "$root/answer.so" 6) == 42 ]] || fail 'the static command does not run'
}

check_archive() {
  local archive=$1 moved
  moved=$(mktemp -d -p "$work")
  tar -C "$moved" -xf "$output/$archive.tar.xz"
  write_sample "$moved"
  check_command "$moved/$archive/bin/wasm2native" "$moved"
}

# The packages on a fresh system: what they depend on is there, nothing else is.
check_in_chroot() {
  local root=$work/chroot
  debootstrap --variant=minbase bookworm "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" \
    >"$work/debootstrap.log" || fail "debootstrap failed: $(tail -3 "$work/debootstrap.log")"
  # The packages come from where this system has them from.
  local sources
  shopt -s nullglob
  sources=(/etc/apt/{sources.list,trusted.gpg,apt.conf,keyrings}*)
  shopt -u nullglob
  cp -r "${sources[@]}" "$root/etc/apt/"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  mkdir "$root/packages"
  cp "$output"/*.deb "$root/packages"
  write_sample "$root/packages"
  chroot "$root" sh -c 'apt-get update && apt-get install -y --no-install-recommends /packages/wasm2native_*.deb' \
    >"$work/apt.log" 2>&1 || fail "the runtime's package does not install: $(tail -3 "$work/apt.log")"
  [[ ! $(chroot "$root" sh -c 'ls /usr/lib/*/libLLVM* 2>/dev/null') ]] || fail "the runtime's package brings LLVM"
  chroot "$root" sh -c 'apt-get install -y --no-install-recommends /packages/*.deb' >"$work/apt.log" 2>&1 ||
    fail "the packages do not install: $(tail -3 "$work/apt.log")"
  check_command "chroot $root wasm2native" /packages
  chroot "$root" apt-get purge -y wasm2native wasm2native-compiler libwasm2native-dev wasm2native-doc \
    >"$work/apt.log" 2>&1 || fail "the packages cannot be removed: $(tail -3 "$work/apt.log")"
  [[ ! -e $root/usr/bin/wasm2native ]] || fail 'removing the package leaves the command'
}

check_unpacked() {
  local root=$work/unpacked package
  for package in "$output"/*.deb; do
    dpkg-deb -x "$package" "$root"
  done
  write_sample "$root"
  check_command "$root/usr/bin/wasm2native" "$root"
  [[ -e $root/usr/share/man/man1/wasm2native-run.1 ]] || fail 'the manual pages are missing'
  dpkg-deb -f "$output"/wasm2native_*.deb Depends | grep -qv LLVM || fail "the runtime's package depends on LLVM"
}

heading 'Building'
utils/install-deps.sh
cmake --preset release --log-level=WARNING
cmake --build --preset release --parallel "$(nproc)"
cmake --build --preset release --parallel "$(nproc)" --target wasm2native-static
rm -rf "$output"
mkdir -p "$output"
version=$(sed -n 's/^project(wasm2native VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)

heading 'Packages'
(cd "$build" && cpack -G DEB -B "$work/cpack" >/dev/null)
cp "$work"/cpack/*.deb "$output"

heading 'Archives'
make_archive "$build" "wasm2native-$version-$(uname -m)-runtime" runtime
make_archive "$build" "wasm2native-$version-$(uname -m)" runtime compiler development documentation
mkdir -p "$work/static"
cp "$build/static/wasm2native" "$work/static"
pack "wasm2native-$version-$(uname -m)-static" "$work/static"
if ((cross)); then
  for target in aarch64 riscv64; do
    cmake --preset "$target" --log-level=WARNING
    cmake --build --preset "$target" --parallel "$(nproc)" --target wasm2native w2nManual wasm2native-runtime \
      wasm2native-runtime-static
    make_archive "build/$target" "wasm2native-$version-$target-runtime" runtime
  done
fi

heading 'Checking'
check_archive "wasm2native-$version-$(uname -m)"
check_static
if ((EUID == 0)) && command -v debootstrap >/dev/null; then
  check_in_chroot
else
  check_unpacked
fi
(cd "$output" && sha256sum -- *.deb *.tar.xz >SHA256SUMS && ls -l)
