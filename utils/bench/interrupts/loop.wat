(module
  (func (export "add") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $loop (export "loop") (loop (br 0))))
