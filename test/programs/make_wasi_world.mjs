// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Makes a component that imports every function of WASI 0.2, and does nothing with
// them: PACKAGES WIT COMPONENT. WIT has a folder for each package.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages, wit, component] = process.argv.slice(2);
const tools = `${resolve(packages)}/node_modules/@bytecodealliance/jco-transpile/dist/wasm-tools.js`;
const { componentEmbed, componentNew } = await import(pathToFileURL(tools));
let source = `package test:all;
world all {
  include wasi:cli/imports@0.2.12;
  import wasi:clocks/timezone@0.2.12;
  import wasi:http/outgoing-handler@0.2.12;
  export wasi:cli/run@0.2.12;
}
`;
for (const name of ['io', 'clocks', 'random', 'filesystem', 'sockets', 'cli', 'http']) {
  const files = (await readdir(`${wit}/${name}`)).map((file) => readFile(`${wit}/${name}/${file}`, 'utf8'));
  const body = (await Promise.all(files)).join('\n').replace(/^package [^;]*;/gm, '');
  source += `package wasi:${name}@0.2.12 {\n${body}\n}\n`;
}
// Without a gate what is unstable is there as well; but answers before the last one are the server's.
source = source.replace(/@unstable\(feature = informational-outbound-responses\)\s*send-informational:[^;]*;/, '');
source = source.replaceAll(/@unstable\([^)]*\)/g, '');
const core = await componentEmbed({ dummy: true, witSource: source, world: 'all' });
await writeFile(component, await componentNew(core, []));
