(module (tag) (func (throw 7)))
