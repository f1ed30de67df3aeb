// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The work of w2nDifferentialRunner by Node.js: run.mjs CALLS MODULE... prints the same lines, mode "node", V8's words.
import { readFileSync } from 'node:fs';
const [callsFile, ...files] = process.argv.slice(2);
const calls = readFileSync(callsFile, 'utf8').trim().split('\n').map(line => line.split(' ').map(text => BigInt.asIntN(64, BigInt(text))));

function run(work) {
  try {
    return '= 0x' + BigInt.asUintN(64, work()).toString(16).padStart(16, '0');
  } catch (error) {
    return '! ' + error.message;
  }
}

for (const file of files) {
  const lines = [];
  const module = new WebAssembly.Module(readFileSync(file));
  let instance = new WebAssembly.Instance(module);
  for (let index = 0; instance.exports[`f${index}`]; ++index) {
    instance = new WebAssembly.Instance(module);
    calls.forEach(([first, second], call) => {
      const result = run(() => instance.exports[`f${index}`](first, second));
      lines.push(`node ${file} f${index} ${call} ${result} | ${run(() => instance.exports.hash())}`);
      if (result.startsWith('!'))
        instance = new WebAssembly.Instance(module);
    });
  }
  console.log(lines.join('\n'));
}
