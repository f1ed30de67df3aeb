;; memory.fill of any length up to 200, at any place in a line of the cache, writes what it should and nothing beside.
;; RUN: wat2wasm %s -o %t.wasm && wasm2native compile -O2 %t.wasm -o %t.so
;; RUN: wasm2native run --invoke=wrong %t.so | FileCheck %s
;; CHECK: {{^}}0{{$}}

(module
  (memory 1)
  ;; The number of bytes that are not what they should be.
  (func (export "wrong") (result i32) (local $place i32) (local $count i32) (local $at i32) (local $wrong i32)
    (loop $places
      (local.set $count (i32.const 0))
      (loop $counts
        (memory.fill (i32.const 0) (i32.const 0x77) (i32.const 512))
        (memory.fill (i32.add (local.get $place) (i32.const 128)) (i32.const 0x1ab) (local.get $count))
        (local.set $at (i32.const 0))
        (loop $bytes
          (local.set $wrong (i32.add (local.get $wrong)
            (i32.ne (i32.load8_u (local.get $at))
              (select (i32.const 0xab) (i32.const 0x77)
                (i32.lt_u (i32.sub (local.get $at) (i32.add (local.get $place) (i32.const 128))) (local.get $count))))))
          (br_if $bytes (i32.ne (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 512))))
        (br_if $counts (i32.ne (local.tee $count (i32.add (local.get $count) (i32.const 1))) (i32.const 200))))
      (br_if $places (i32.ne (local.tee $place (i32.add (local.get $place) (i32.const 5))) (i32.const 65))))
    (local.get $wrong)))
