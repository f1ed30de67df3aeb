#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# From a fresh clone to a compiled WebAssembly program: installs what is missing, builds the command and the compiler
# (no tests, no libraries for embedders), compiles and runs a sample, and says what comes next.
set -euo pipefail
cd "$(dirname "$0")/.."

# Prints a command, then runs it.
run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

echo '== 1. What the build needs'
run utils/install-deps.sh

echo
echo '== 2. The command and the compiler, in build/release: some minutes, once'
run cmake --preset release -DCMAKE_UNITY_BUILD=ON --log-level=WARNING
# The number of steps that are done, of all, and the seconds so far.
export NINJA_STATUS='[%f of %t, %es] '
run cmake --build --preset release --parallel "$(nproc)" --target wasm2native wasm2native-compiler wasm2native-http

echo
echo '== 3. A C program as a WebAssembly module'
mkdir -p build/quickstart
cat >build/quickstart/primes.c <<'EOF'
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  int limit = argc > 1 ? atoi(argv[1]) : 100, count = 0;
  char *composite = calloc(limit + 1, 1);
  for (int i = 2; i <= limit; ++i) {
    if (composite[i])
      continue;
    ++count;
    for (long long j = (long long)i * i; j <= limit; j += i)
      composite[j] = 1;
  }
  printf("%d primes up to %d\n", count, limit);
}
EOF
run cat build/quickstart/primes.c
run clang-22 --target=wasm32-wasi -Wno-deprecated -O2 build/quickstart/primes.c -o build/quickstart/primes.wasm

echo
echo '== 4. The module as native code'
run build/release/bin/wasm2native -O3 build/quickstart/primes.wasm -o build/quickstart/primes.so
run build/release/bin/wasm2native inspect build/quickstart/primes.so

echo
echo '== 5. Running it: no compiler, no WebAssembly, only what was compiled'
time run build/release/bin/wasm2native run build/quickstart/primes.so -- 10000000

echo
echo '== 6. Serving it: a program that prints a page'
cat >build/quickstart/page.c <<'EOF'
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  printf("Content-Type: text/html\r\n\r\n<h1>Hello from %s</h1>\n", getenv("PATH_INFO"));
}
EOF
run cat build/quickstart/page.c
run clang-22 --target=wasm32-wasi -Wno-deprecated -O2 build/quickstart/page.c -o build/quickstart/page.wasm
run build/release/bin/wasm2native build/quickstart/page.wasm -o build/quickstart/page.so
printf '\n$ build/release/bin/wasm2native serve --addr unix:build/quickstart/socket build/quickstart/page.so &\n'
rm -f build/quickstart/socket
build/release/bin/wasm2native serve --addr unix:build/quickstart/socket build/quickstart/page.so &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
run curl --silent --show-error --fail --retry 50 --retry-delay 0 --retry-all-errors --retry-max-time 10 \
  --unix-socket build/quickstart/socket http://localhost/WebAssembly
kill "$server"
wait "$server"

cat <<'EOF'

== What comes next
  PATH=$PWD/build/release/bin:$PATH            the command, in this shell
  wasm2native help                             commands and options, with examples; docs/cli.md explains them
  wasm2native serve YOUR.wasm                  answer requests of HTTP with it (docs/serve.md)
  wasm2native run YOUR.wasm                    compile once, keep it, run it
  source <(wasm2native completion bash)        completion of command lines
  cmake --build --preset release               everything else: tests, libraries for embedders
  cmake --install build/release --prefix DIR   after that: the installation, which may be moved
  utils/release.sh                             Debian packages and archives (docs/packages.md)
EOF
