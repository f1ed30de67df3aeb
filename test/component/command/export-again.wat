;; A component that exports what it imports: an instance, by its name and another, and one of its functions.
(component
  (import "wasi:cli/environment@0.2.0" (instance $environment
    (export "get-environment" (func (result (list (tuple string string)))))
    (export "get-arguments" (func (result (list string))))))
  (import "wasi:clocks/wall-clock@0.2.0" (instance $clock
    (type $datetime (record (field "seconds" u64) (field "nanoseconds" u32)))
    (export "datetime" (type $datetime' (eq $datetime)))
    (export "now" (func (result $datetime')))))
  (import "wasi:clocks/monotonic-clock@0.2.0" (instance $monotonic
    (export "resolution" (func (result u64)))))
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (import "log" (func $log (param "text" string) (param "values" (list u32))))
  (export "wasi:cli/environment@0.2.0" (instance $environment))
  (export "test:clocks/again" (instance $clock))
  (alias export $monotonic "resolution" (func $resolution))
  (export "ticks" (func $resolution))
  (export "test:random/again" (instance $random))
  (export "log-again" (func $log)))
