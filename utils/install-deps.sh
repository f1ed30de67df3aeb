#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Installs what building and testing need, on Debian 12 or a system with the same package names. Does nothing, quickly, when all is there.
set -euo pipefail

packages=(
  # Building.
  build-essential g++ cmake ninja-build pkg-config git
  llvm-22-dev liblld-22-dev libclang-22-dev libcxxopts-dev nlohmann-json3-dev libxxhash-dev libsodium-dev libarchive-dev libsqlite3-dev libhiredis-dev libcurl4-openssl-dev libzstd-dev libgtest-dev libbenchmark-dev
  # HTTP: the parser of Boost.Beast, which is in headers alone, HTTP/2, TLS.
  libboost-dev libnghttp2-dev libssl-dev
  # A page of what quickstart.sh serves; clients in tests.
  curl openssl
  # Building for other processors, and running that.
  g++-aarch64-linux-gnu g++-riscv64-linux-gnu qemu-user googletest
  # The compiler's helper functions, test programs, lit, formatting.
  clang-22 lld-22 llvm-22 llvm-22-tools clang-format-22 python3 pyflakes3 pycodestyle perl-base strace e2fsprogs
  # C and C++ to WebAssembly; the text format.
  wasi-libc libclang-rt-22-dev libclang-rt-22-dev-wasm32 libc++-22-dev-wasm32 libc++abi-22-dev-wasm32 wabt
  # Proofs of rules that passes apply.
  z3
  # Tests of debuggers.
  gdb
  # A store for components.
  redis-server
  # Counts of instructions in benchmarks.
  valgrind
)
# Node.js is often there from elsewhere; its packages conflict with Debian's.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
# Programs of other languages, where their compilers are: the tests of Go (1.21 or newer) and Rust are skipped otherwise.
if command -v rustup >/dev/null && [[ ! -d $(rustc --print target-libdir --target wasm32-wasip1) ]]; then
  rustup target add wasm32-wasip1 || echo 'rustup cannot add wasm32-wasip1: the tests of Rust will be skipped'
fi

# Binaryen's generator of modules and a current Node.js to compare with, in a folder of their own: utils/fuzz/differential uses them where they are.
install_npm_tools() {
  local folder
  folder=$(dirname "$0")/../build/npm
  local -A architectures=([x86_64]=x64 [aarch64]=arm64)
  local architecture=${architectures[$(uname -m)]-}
  [[ -n $architecture && ! -x $folder/node_modules/.bin/wasm-opt ]] || return 0
  mkdir -p "$folder"
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$folder" \
    "node-linux-$architecture@24.11.0" binaryen@132.0.0 || echo "npm cannot fetch Binaryen: fuzz/binaryen will be left out"
}

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [[ $status == 'install ok installed' ]] || missing+=("$package")
done
if ((!${#missing[@]})); then
  install_npm_tools
  exit 0
fi

root=()
((EUID == 0)) || root=(sudo)
printf 'installing: %s\n' "${missing[*]}"
"${root[@]}" apt-get update
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
install_npm_tools
