// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

'use strict';

// Compiled modules in Node.js: README.md has an example, index.d.ts the types.

const path = require('path');
const native = require(process.env.WASM2NATIVE_NODE_ADDON ?? path.join(__dirname, 'wasm2native.node'));

const kinds = {i32: 0, i64: 1, f32: 2, f64: 3};

function kindsOf(names) {
  return Array.from(names, (name) => {
    if (!Object.hasOwn(kinds, name)) throw new TypeError(`'${name}' is none of ${Object.keys(kinds).join(', ')}`);
    return kinds[name];
  });
}

class Module {
  #handle;
  constructor(source) {
    if (typeof source !== 'string' && !(source instanceof Uint8Array))
      throw new TypeError('an artifact is a path or a Uint8Array');
    this.#handle = native.load(source);
  }
  static handleOf(module) {
    return module.#handle;
  }
}

class Instance {
  #handle;
  constructor(linker, module) {
    let exports;
    [this.#handle, exports] = native.instantiate(linker, Module.handleOf(module));
    this.exports = Object.freeze(exports);
  }
  memory(name = 'memory') {
    return native.memory(this.#handle, String(name));
  }
  end() {
    native.end(this.#handle);
  }
}

class Linker {
  #handle = native.makeLinker();
  define(module, name, params, results, implementation) {
    if (typeof implementation !== 'function') throw new TypeError('a host function is a function');
    native.define(this.#handle, String(module), String(name), kindsOf(params), kindsOf(results), implementation);
    return this;
  }
  instantiate(module) {
    return new Instance(this.#handle, module);
  }
}

module.exports = {Module, Linker};
