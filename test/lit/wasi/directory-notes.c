// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A program that fails and lacks a directory ends with a note that names --dir; other forms of --dir are corrected.
// RUN: rm -rf %t && mkdir -p %t/data && echo text > %t/data/file && %clang-wasi %s -o %t/p.wasm
// RUN: cd %t && not wasm2native run p.wasm data/file 2>&1 | FileCheck --check-prefix=ARGUMENT %s
// ARGUMENT: note: the program was not given 'data/file'; --dir data gives it the directory
// On a terminal also where no path is known: the C library asks for directories, and calls nothing else.
// RUN: cd %t && not wasm2native run p.wasm other 2>&1 | count 0
// RUN: cd %t && python3 %S/Inputs/on-terminal.py wasm2native run p.wasm other | FileCheck --check-prefix=NONE %s
// NONE: note: the program was given no directory; --dir HOST::GUEST gives it one
// A call with a path that the host has seen.
// RUN: wat2wasm %S/Inputs/opens.wat -o %t/opens.wasm
// RUN: not wasm2native run %t/opens.wasm 2>&1 | FileCheck --check-prefix=SEEN %s
// SEEN: note: the program was given no directory (it tried 'some/file'); --dir HOST::GUEST gives it one
// RUN: cd %t && not wasm2native run --dir data p.wasm data/../../x 2>&1 | FileCheck --check-prefix=OUT %s
// OUT: note: '../../x' is outside of the directories that the program was given
// RUN: cd %t && not wasm2native run --dir data:ro p.wasm data/new w 2>&1 | FileCheck --check-prefix=READ-ONLY %s
// READ-ONLY: note: 'new' was refused; ':ro' after --dir lets nothing be changed
// No note: asked not to, or nothing is lacking, or the program ends well.
// RUN: cd %t && not wasm2native run -q p.wasm data/file 2>&1 | count 0
// RUN: cd %t && not wasm2native run --dir data p.wasm data/missing 2>&1 | count 0
// RUN: cd %t && wasm2native run --dir data p.wasm data/file 2>&1 | count 0
// RUN: cd %t && not wasm2native run --dir data:/d p.wasm 2>&1 | FileCheck --check-prefix=COLON %s
// COLON: error: --dir is 'data:/d', and there is no directory 'data:/d'; the host's name comes first: --dir data::/d
// RUN: cd %t && not wasm2native run --dir /guest::data p.wasm 2>&1 | FileCheck --check-prefix=ORDER %s
// ORDER: the host's name comes first: --dir data::/guest
#include <stdio.h>

int main(int argc, char **argv) { return fopen(argv[1], argc > 2 ? argv[2] : "r") == 0; }
