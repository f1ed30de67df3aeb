;; --json is JSON, also with names that need escapes.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native %t.wasm -o %t.so
;; RUN: wasm2native inspect --json %t.so | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["exports"][0]["name"], d["memories"][0]["max"], d["imageBytes"] > 0)' | FileCheck %s
;; CHECK: a"b\c 3 True
(module (memory (export "a\"b\\c") 1 3) (data (i32.const 0) "x") (func))
