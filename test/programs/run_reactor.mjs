// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls an export of a WASI reactor with Node.js: run_reactor.mjs FILE.wasm NAME
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [file, name] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1' });
const module = await WebAssembly.compile(readFileSync(file));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
wasi.initialize(instance);
instance.exports[name]();
