// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Calls an export of a module that imports nothing and prints its results, one to a line: run_export.mjs FILE NAME
import { readFileSync } from "node:fs";

const [file, name] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(file));
for (const result of [instance.exports[name]()].flat()) console.log(String(result));
