// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Runs a WASI command with Node.js: run_wasi.mjs FILE.wasm GUEST=HOST,... KEY=VALUE,... -- ARGUMENT...
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [file, preopens, env, , ...args] = process.argv.slice(2);
const pairs = (text) => Object.fromEntries(text.split(',').filter(Boolean).map((pair) => pair.split('=')));
const wasi = new WASI({
  version: 'preview1', args: ['program', ...args], env: pairs(env), preopens: pairs(preopens), returnOnExit: true,
});
const module = await WebAssembly.compile(readFileSync(file));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
