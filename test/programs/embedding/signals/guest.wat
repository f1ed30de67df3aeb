(module
  (memory 1)
  (func (export "trap") (drop (i32.load (i32.const 65536))))
  (func (export "loop") (loop $forever (br $forever))))
