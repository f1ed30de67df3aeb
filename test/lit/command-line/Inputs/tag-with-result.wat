(module (type (func (result i32))) (tag (type 0)))
