// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

export type NumberType = 'i32' | 'i64' | 'f32' | 'f64';

/** What a call of a guest may throw: also whatever a host function threw, as it is. */
export interface GuestError extends Error {
  kind: 'malformed' | 'invalid' | 'unsupported' | 'limit' | 'io' | 'link' | 'trap' | 'exit' | 'internal' | 'interrupted';
  /** The kind of a trap in the words of the specification's tests. */
  trap?: string;
  /** The functions of the guest that were active, a line each. */
  wasmStack: string;
  /** The status of an exit. */
  status?: number;
}

/** An artifact that `wasm2native compile` wrote: a path, or its bytes. */
export class Module {
  constructor(source: string | Uint8Array);
}

export class Linker {
  /** Defines a function of the host. An i64 is a BigInt; several results are an array. */
  define(module: string, name: string, params: NumberType[], results: NumberType[],
         implementation: (...args: any[]) => any): this;
  instantiate(module: Module): Instance;
}

export class Instance {
  private constructor();
  /** The functions of numbers that it exports. */
  readonly exports: Readonly<Record<string, (...args: any[]) => any>>;
  /** The memory that it exports, as it is now; another buffer once it has grown, which detaches the one before. */
  memory(name?: string): ArrayBuffer | undefined;
  /** Ends it at once; its buffers are detached, and calls of its exports throw. */
  end(): void;
}
