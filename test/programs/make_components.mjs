// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Makes a component of WASI 0.2 from each module of preview 1: PACKAGES (WASM COMPONENT)...
// PACKAGES is a folder of packages of npm, in which the adapter of preview 1 is, too.
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, ...files] = process.argv.slice(2);
const scope = resolve(packages, 'node_modules/@bytecodealliance');
const { componentNew } = await import(pathToFileURL(`${scope}/jco-transpile/dist/wasm-tools.js`));
const adapter = await readFile(`${scope}/jco/lib/wasi_snapshot_preview1.command.wasm`);
while (files.length) {
  const [wasm, component] = files.splice(0, 2);
  const adapters = [['wasi_snapshot_preview1', adapter]];
  await writeFile(component, await componentNew(await readFile(wasm), adapters));
}
