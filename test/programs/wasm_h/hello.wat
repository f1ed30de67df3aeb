;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

(module (import "" "hello" (func $hello)) (func (export "run") call $hello))
