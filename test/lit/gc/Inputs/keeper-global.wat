(module
  (global $kept (mut externref) (ref.null extern))
  (func (export "put") (param externref) (global.set $kept (local.get 0)))
  (func (export "take") (result externref) (global.get $kept)))
