// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

'use strict';

// The guest is test/programs/embedding/cpp/guest.wat: compiled, and as WebAssembly for V8.

const assert = require('node:assert');
const fs = require('node:fs');
const test = require('node:test');
const {Linker, Module} = require('..');

const artifact = process.env.WASM2NATIVE_TEST_GUEST;
const wasm = process.env.WASM2NATIVE_TEST_WASM;
const module_ = new Module(artifact);

function instantiate(changes = {}) {
  const noted = [];
  const host = {
    scale: (number, by) => number * Number(by),
    note: (address, count) => noted.push(Buffer.from(instance.memory(), address, count).toString()),
    pair: (number) => [number + 1, number / 2],
    ...changes,
  };
  const linker = new Linker()
    .define('host', 'scale', ['f64', 'i64'], ['f64'], host.scale)
    .define('host', 'note', ['i32', 'i32'], [], host.note)
    .define('host', 'pair', ['i32'], ['i32', 'f32'], host.pair);
  const instance = linker.instantiate(module_);
  return {instance, noted};
}

test('numbers of all types travel in both directions', () => {
  const {exports} = instantiate().instance;
  assert.strictEqual(exports.add(40, 2), 42);
  assert.strictEqual(exports.add(2 ** 31, 0), -(2 ** 31));
  assert.strictEqual(exports.add(3), 3);
  assert.strictEqual(exports.nothing(), undefined);
  assert.strictEqual(exports.scale(0.5, -6n), -3);
  assert.deepStrictEqual(exports.pair(7), [8, 3.5]);
  assert.throws(() => exports.scale(0.5, 6), TypeError);
  assert.throws(() => exports.add(1n, 2), TypeError);
});

test('artifacts come as bytes, too, and what is none is refused', () => {
  const linker = new Linker();
  assert.throws(() => linker.instantiate(new Module(fs.readFileSync(artifact))), {kind: 'link'});
  assert.throws(() => new Module('/nowhere'), {kind: 'io'});
  assert.throws(() => new Module(Buffer.from('no artifact')), {kind: 'malformed'});
  assert.throws(() => new Module(42), TypeError);
  assert.throws(() => linker.instantiate({}), TypeError);
});

test('host functions are checked when they are defined', () => {
  const linker = new Linker();
  assert.throws(() => linker.define('host', 'f', ['i31'], [], () => 0), TypeError);
  assert.throws(() => linker.define('host', 'f', [], [], 'no function'), TypeError);
  linker.define('host', 'f', [], [], () => 0);
  assert.throws(() => linker.define('host', 'f', [], [], () => 0), {kind: 'link'});
});

test('traps are errors with a stack of the guest', () => {
  const {exports} = instantiate().instance;
  assert.throws(() => exports.divide(1, 0),
                {kind: 'trap', trap: 'integer divide by zero', wasmStack: /wasm-function\[9\]/});
  assert.strictEqual(exports.divide(6, 3), 2);
});

test('what host functions throw comes out of the call', () => {
  const thrown = new RangeError('not so');
  let instance;
  const note = () => { throw thrown; };
  ({instance} = instantiate({note}));
  assert.throws(() => instance.exports.greet(), (error) => error === thrown);
  assert.throws(() => instantiate({note: () => { throw 5; }}).instance.exports.greet(), (error) => error === 5);
  assert.throws(() => instantiate({pair: () => 3}).instance.exports.pair(1), TypeError);
  // One that is caught on the way is not thrown again.
  ({instance} = instantiate({note: () => assert.throws(() => instance.exports.divide(1, 0), {kind: 'trap'})}));
  assert.strictEqual(instance.exports.greet(), undefined);
});

test('memory is the guest\'s own, until the instance ends', () => {
  const {instance, noted} = instantiate();
  const bytes = new Uint8Array(instance.memory());
  assert.strictEqual(bytes.length, 65536);
  assert.strictEqual(instance.memory(), bytes.buffer);
  instance.exports.greet();
  bytes[16] = 'H'.charCodeAt(0);
  instance.exports.greet();
  assert.deepStrictEqual(noted, ['hello', 'Hello']);
  assert.strictEqual(instance.memory('no such'), undefined);
  instance.end();
  assert.strictEqual(bytes.length, 0);
  assert.throws(() => instance.memory(), TypeError);
  assert.throws(() => instance.exports.add(1, 2), TypeError);
  instance.end();
});

test('an instance does not end while it runs', () => {
  let instance;
  ({instance} = instantiate({note: () => instance.end()}));
  assert.throws(() => instance.exports.greet(), {message: 'the instance is running'});
  instance.end();
});

test('a buffer keeps its instance', () => {
  const views = [];
  for (let round = 0; round < 20; ++round) views.push(new Uint8Array(instantiate().instance.memory()));
  global.gc();
  for (const view of views) assert.strictEqual(view[16], 'h'.charCodeAt(0));
});

// V8 finds traps of its own modules by signals, as we do.
test('traps of V8 and ours live together', async () => {
  const v8 = new WebAssembly.Module(Buffer.from(
    '0061736d0100000001060160017f017f030201000503010001070801046c6f61640000' + '0a09010700200028020' + '00b', 'hex'));
  const {load} = new WebAssembly.Instance(v8).exports;
  const {exports} = instantiate().instance;
  const guest = await WebAssembly.instantiate(fs.readFileSync(wasm),
                                              {host: {scale() {}, note() {}, pair: () => [0, 0]}});
  let instance;
  ({instance} = instantiate({note: () => assert.throws(() => load(-1), WebAssembly.RuntimeError)}));
  for (let round = 0; round < 100; ++round) {
    assert.throws(() => load(-1), WebAssembly.RuntimeError);
    assert.throws(() => exports.divide(1, 0), {kind: 'trap'});
    assert.throws(() => guest.instance.exports.divide(1, 0), WebAssembly.RuntimeError);
    assert.throws(() => exports.stray(), Error);
    instance.exports.greet();
  }
  assert.strictEqual(load(0), 0);
});
