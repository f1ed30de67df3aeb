// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Makes a component of wasi:http/incoming-handler of a module: PACKAGES WIT MODULE COMPONENT. WIT has a folder for each
// package.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, wit, module, component] = process.argv.slice(2);
const tools = `${resolve(packages)}/node_modules/@bytecodealliance/jco-transpile/dist/wasm-tools.js`;
const { componentEmbed, componentNew } = await import(pathToFileURL(tools));
let source = `package test:serve;
world handler {
  import wasi:http/types@0.2.12;
  import wasi:http/outgoing-handler@0.2.12;
  import wasi:clocks/monotonic-clock@0.2.12;
  export wasi:http/incoming-handler@0.2.12;
}
`;
for (const name of ['io', 'clocks', 'random', 'filesystem', 'sockets', 'cli', 'http']) {
  const files = (await readdir(`${wit}/${name}`)).map((file) => readFile(`${wit}/${name}/${file}`, 'utf8'));
  const body = (await Promise.all(files)).join('\n').replace(/^package [^;]*;/gm, '');
  source += `package wasi:${name}@0.2.12 {\n${body}\n}\n`;
}
const binary = await readFile(module);
const core = await componentEmbed({ binary, witSource: source, world: 'handler' });
await writeFile(component, await componentNew(core, []));
