// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A component with most kinds of definitions, as WebAssembly's text tools write this:
//
// (component $sample
//   (import "a:b/store@1.2.0" (instance $store
//     (export "bucket" (type $bucket (sub resource)))
//     (export "[constructor]bucket" (func (param "name" string) (result (own $bucket))))
//     (export "[method]bucket.get" (func (param "self" (borrow $bucket)) (param "key" string)
//     (result (option
//       (list u8)))))))
//   (alias export $store "[method]bucket.get" (func $get))
//   (type $color (enum "red" "green"))
//   (import "color" (type $color2 (eq $color)))
//   (import "paint" (func $paint (param "c" $color2) (param "n" (tuple u8 f64 char)) (result
//   (result u64 (error
//       string)))))
//   (core module $libc
//     (memory (export "memory") 1)
//     (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 16))
//     (func (export "dtor") (param i32)))
//   (core instance $l (instantiate $libc))
//   (core func $paint-core (canon lower (func $paint) (memory (core memory $l "memory")) (realloc
//   (core func $l
//       "realloc"))))
//   (core func $get-core (canon lower (func $get) (memory (core memory $l "memory")) (realloc (core
//   func $l
//       "realloc")) string-encoding=utf16))
//   (type $thing (resource (rep i32) (dtor (core func $l "dtor"))))
//   (core func $new (canon resource.new $thing))
//   (core func $drop (canon resource.drop $thing))
//   (core module $main
//     (import "host" "paint" (func (param i32 i32 f64 i32 i32)))
//     (import "host" "new" (func $new (param i32) (result i32)))
//     (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
//     (func (export "greet") (param i32 i32) (result i32) (i32.const 0))
//     (func (export "post") (param i32)))
//   (core instance $m (instantiate $main (with "host" (instance (export "paint" (func $paint-core))
//   (export
//       "new" (func $new))))))
//   (export $thing2 "thing" (type $thing))
//   (type $flags (flags "a" "b" "c"))
//   (export $flags2 "flags" (type $flags))
//   (func $make (param "x" u32) (result (own $thing2)) (canon lift (core func $m "make")))
//   (export "[constructor]thing" (func $make))
//   (func $greet (param "who" string) (result string)
//     (canon lift (core func $m "greet") (memory (core memory $l "memory")) (realloc (core func $l
//     "realloc"))
//       (post-return (core func $m "post"))))
//   (export "greet" (func $greet))
//   (component $inner
//     (import "x" (type $x (sub resource)))
//     (type $list (list (own $x)))
//     (type $stream (stream u8))
//     (core func (canon stream.new $stream))
//     (core func (canon waitable-set.new))
//     (type $pair (record (field "left" u8) (field "right" (option string))))
//     (export "pair" (type $pair))
//     (export "y" (type $x)))
//   (instance $i (instantiate $inner (with "x" (type $thing))))
//   (alias export $i "y" (type $y))
//   (instance $bag (export "greet" (func $greet)))
//   (export "bag" (instance $bag))
//   (type $world (component
//     (import "f" (func (param "v" (result u8))))
//     (export "g" (instance (export "h" (func async (result u8)))))))
//   (type (component (core type (module (import "a" "b" (func (param i32))) (export "m" (memory
//   1))))))
// )
#include "test/unit/component/Sample.h"

namespace w2n::test {

namespace {

constexpr char hex[] =
    "0061736d0d00010007640142090400066275636b65740301016900014001046e616d657300010400135b636f"
    "6e7374727563746f725d6275636b6574010201680001707d016b040140020473656c6603036b657973000504"
    "00125b6d6574686f645d6275636b65742e67657401060a1401000f613a622f73746f726540312e322e300500"
    "061701010000125b6d6574686f645d6275636b65742e676574070d016d020372656405677265656e0a0b0100"
    "05636f6c6f720300010715036f037d75746a017701734002016302016e0300040a0a0100057061696e740105"
    "01570061736d01000000010d0260047f7f7f7f017f60017f0003030200010503010001071b03066d656d6f72"
    "790200077265616c6c6f6300000464746f7200010a0902040041100b02000b000c046e616d650005046c6962"
    "6302040100000006180200020100066d656d6f727900000100077265616c6c6f630809010100010203000400"
    "06180200020100066d656d6f727900000100077265616c6c6f63080a01010000030301040201060a01000001"
    "000464746f720705013f7f0104080502020603060184010061736d0100000001180460057f7f7c7f7f006001"
    "7f017f60027f7f017f60017f0002190204686f7374057061696e74000004686f7374036e6577000103040301"
    "0203071703046d616b650002056772656574000304706f737400040a10030600200010010b040041000b0200"
    "0b0014046e616d650005046d61696e01060101036e6577021b020102057061696e740001036e657700050001"
    "0104686f737412010b0b0100057468696e670306000709016e030161016201630b0b010005666c6167730308"
    "00070a0269074001017879000a060a0100000102046d616b65080601000007000b0b180100125b636f6e7374"
    "727563746f725d7468696e67010200070a0140010377686f730073062b040000010205677265657400020100"
    "066d656d6f727900000100077265616c6c6f630000010204706f7374080c010000080303020409050a0c0b0b"
    "0100056772656574010400047a0061736d0d0001000a060100017803010708036900700166017d0804020e03"
    "1f0712026b737202046c6566747d057269676874040b100200047061697203050000017903000000320e636f"
    "6d706f6e656e742d6e616d65000605696e6e65720119030400017802046c697374030673747265616d050470"
    "616972050801000001017803060606010300010179050c0101010005677265657401040b0901000362616705"
    "02000741024105016a017d000140010176000100030001660101014202014300007d04000168010004000167"
    "050241010050030160017f000001610162000003016d02000100d0010e636f6d706f6e656e742d6e616d6500"
    "070673616d706c650124000004010a7061696e742d636f726503086765742d636f726505036e657706046472"
    "6f70010f00110200046c69626301046d61696e010900120200016c02016d011b010400036765740105706169"
    "6e7402046d616b6504056772656574013903080105636f6c6f720206636f6c6f723206057468696e67070674"
    "68696e67320805666c6167730906666c616773320d01790e05776f726c64010904010005696e6e6572011105"
    "03000573746f72650101690203626167";

uint8_t digit(char c) { return uint8_t(c <= '9' ? c - '0' : c - 'a' + 10); }

} // namespace

std::vector<uint8_t> sampleComponent() {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < sizeof(hex); i += 2)
    bytes.push_back(uint8_t(digit(hex[i]) << 4 | digit(hex[i + 1])));
  return bytes;
}

} // namespace w2n::test
