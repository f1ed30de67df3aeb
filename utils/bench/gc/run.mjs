// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls `measure` of a module under Node.js: node run.mjs MODULE TURNS ROUNDS
import { readFileSync } from "node:fs";

const [path, turns, rounds] = process.argv.slice(2);
let memory;
const clock_time_get = (id, precision, address) => {
  new DataView(memory.buffer).setBigUint64(address, process.hrtime.bigint(), true);
  return 0;
};
const imports = { wasi_snapshot_preview1: { clock_time_get } };
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), imports);
memory = exports.memory;
console.log(exports.measure(Number(turns), Number(rounds)).join(" "));
