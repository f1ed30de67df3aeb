// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The work of w2nDifferentialRunner by Node.js: run.mjs [--sums] CALLS MODULE... prints the same lines, mode "node", V8's words for traps.
import { readFileSync } from 'node:fs';
const withSums = process.argv[2] === '--sums';
const [callsFile, ...files] = process.argv.slice(withSums ? 3 : 2);
const calls = readFileSync(callsFile, 'utf8').trim().split('\n').map(line => line.split(' ').map(text => BigInt.asIntN(64, BigInt(text))));

const hex = number => number.toString(16).padStart(16, '0');

function mixed(sum, value) {
  sum = BigInt.asUintN(64, (sum ^ BigInt.asUintN(64, value)) * 0x9E3779B97F4A7C15n);
  return sum ^ (sum >> 29n);
}

function mixedWords(sum, word) {
  const product = Math.imul(sum ^ word, 0x9E3779B1);
  return (product << 13) | (product >>> 19);
}

/** As in Sums.h. */
function memoryHash(words) {
  let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
  for (let index = 0; index + 8 <= words.length; index += 8) {
    a = mixedWords(a, words[index]);
    b = mixedWords(b, words[index + 1]);
    c = mixedWords(c, words[index + 2]);
    d = mixedWords(d, words[index + 3]);
    e = mixedWords(e, words[index + 4]);
    f = mixedWords(f, words[index + 5]);
    g = mixedWords(g, words[index + 6]);
    h = mixedWords(h, words[index + 7]);
  }
  return [a, b, c, d, e, f, g, h].reduce((hash, lane) => mixed(hash, BigInt(lane >>> 0)), BigInt(words.length));
}

function run(work) {
  try {
    return { value: BigInt.asUintN(64, work()), trap: '' };
  } catch (error) {
    return { value: 0n, trap: error.message };
  }
}

function stateOf(exports) {
  const outcome = run(() => exports.hash());
  if (exports.state)
    outcome.value = mixed(outcome.value, memoryHash(new Uint32Array(exports.state.buffer)));
  return outcome;
}

const textOf = outcome => outcome.trap ? '! ' + outcome.trap : '= 0x' + hex(outcome.value);

/** As in Sums.h. */
class Sums {
  count = 0;
  returned = 0;
  values = 0n;
  states = 0n;
  traps = new Map();

  add(call, outcome, state) {
    ++this.count;
    if (outcome.trap) {
      this.states = mixed(mixed(this.states, BigInt(call)), state.value);
      this.traps.set(outcome.trap, BigInt.asUintN(64, (this.traps.get(outcome.trap) ?? 0n) + mixed(1n, BigInt(call))));
    } else {
      ++this.returned;
      this.values = mixed(mixed(mixed(this.values, BigInt(call)), outcome.value), state.value);
    }
  }

  text() {
    const traps = [...this.traps].map(([message, sum]) => `|${hex(sum)} ${message}`);
    return `${this.count} ${this.returned} ${hex(this.values)} ${hex(this.states)}${traps.join('')}`;
  }
}

for (const file of files) {
  const lines = [];
  const module = new WebAssembly.Module(readFileSync(file));
  let instance = new WebAssembly.Instance(module);
  for (let index = 0; instance.exports[`f${index}`]; ++index) {
    const sums = new Sums();
    instance = new WebAssembly.Instance(module);
    calls.forEach(([first, second], call) => {
      const outcome = run(() => instance.exports[`f${index}`](first, second));
      const state = stateOf(instance.exports);
      if (withSums)
        sums.add(call, outcome, state);
      else
        lines.push(`node ${file} f${index} ${call} ${textOf(outcome)} | ${textOf(state)}`);
      if (outcome.trap)
        instance = new WebAssembly.Instance(module);
    });
    if (withSums)
      lines.push(`node ${file} f${index} ${sums.text()}`);
  }
  console.log(lines.join('\n'));
}
