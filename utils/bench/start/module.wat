;; The module of utils/bench/start/Start.cpp: a memory of 10 MiB with an image of 32 KiB, a table, globals, an import.
(module
  (import "env" "host" (func $host (param i32) (result i32)))
  (memory (export "memory") 160)
  (global $counter (mut i32) (i32.const 7))
  (table $table (export "table") 16 funcref)
  (elem (i32.const 1) $empty $twice)
  (data (i32.const 16384) "first page of the image")
  (data (i32.const 45056) "last page of the image")
  (func $empty (export "empty"))
  (func $twice (export "twice") (param i32) (result i32)
    (i32.mul (local.get 0) (i32.const 2)))
  (func (export "call-host") (param i32) (result i32)
    (call $host (local.get 0)))
  ;; Writes to so many pages: first one of the image, the others further up, not next to each other.
  (func (export "touch") (param $pages i32)
    (local $address i32)
    (local.set $address (i32.const 16384))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $pages)))
        (i32.store (local.get $address) (local.get $pages))
        (local.set $address (i32.add (local.get $address) (i32.const 36864)))
        (local.set $pages (i32.sub (local.get $pages) (i32.const 1)))
        (br $next)))))
