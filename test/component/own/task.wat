;; A task that returns before its callback is ever needed: the smallest asynchronous export.
(component
  (core module $Main
    (import "" "task.return" (func $return (param i32)))
    (func (export "f") (result i32)
      (call $return (i32.const 42))
      i32.const 0)
    (func (export "f-callback") (param i32 i32 i32) (result i32) unreachable))
  (core func $return (canon task.return (result u32)))
  (core instance $main (instantiate $Main (with "" (instance (export "task.return" (func $return))))))
  (func (export "f") async (result u32)
    (canon lift (core func $main "f") async (callback (core func $main "f-callback")))))
