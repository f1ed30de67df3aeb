# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Exceptions that hold each other end the guest with a trap, by the limit of the host's memory, or where
# the system has no more; the host goes on. Those that nothing holds any more do not count.
# UNSUPPORTED: sanitizer
# RUN: llvm-mc --triple=wasm32 --mattr=+exception-handling,+reference-types --filetype=obj %s -o %t.o
# RUN: wasm-ld --no-entry --export-all --stack-first %t.o -o %t.wasm && wasm2native %t.wasm -o %t.so
# RUN: sh -c 'wasm2native run --invoke chain %t.so; echo status $?' 2>&1 | FileCheck %s
# RUN: sh -c 'wasm2native run --max-host-memory=1M --invoke chain %t.so; echo status $?' 2>&1 | FileCheck %s
# RUN: sh -c 'ulimit -v 14000000; wasm2native run --max-host-memory=100G --invoke chain %t.so; echo status $?' 2>&1 | FileCheck %s
# CHECK:      wasm2native: trap: no room for another exception: of the host's memory, the limit allows {{[0-9]+}} bytes
# CHECK-NEXT: {{^}}  at $chain (wasm-function[{{[0-9]+}}])
# CHECK-NEXT: status 134
# RUN: sh -c 'wasm2native run --timeout=200ms --max-host-memory=100G --invoke chain %t.so; echo status $?' 2>&1 | FileCheck %s --check-prefix=TIME
# TIME:      wasm2native: deadline exceeded
# TIME:      status 124
# RUN: wasm2native run --max-host-memory=1M --invoke short_chains %t.so 100 | FileCheck %s --check-prefix=SHORT
# SHORT: {{^}}100{{$}}
	.tagtype	link exnref, i64, i64, i64, i64, i64, i64
	.functype	chain () -> ()
	.functype	short_chains (i32) -> (i32)

# One that holds the one before.
	.section	.text.chain,"",@
	.globl	chain
	.type	chain,@function
chain:
	.functype	chain () -> ()
	.local	exnref
	loop
	block	exnref
	try_table	(catch_all_ref 0)
	local.get	0
	i64.const	1
	i64.const	2
	i64.const	3
	i64.const	4
	i64.const	5
	i64.const	6
	throw	link
	end_try_table
	unreachable
	end_block
	local.set	0
	br	0
	end_loop
	end_function

# Chains of 1,000, as many as the argument says.
	.section	.text.short_chains,"",@
	.globl	short_chains
	.type	short_chains,@function
short_chains:
	.functype	short_chains (i32) -> (i32)
	.local	i32, i32, exnref
	loop
	ref.null_exn
	local.set	3
	i32.const	1000
	local.set	2
	loop
	block	exnref
	try_table	(catch_all_ref 0)
	local.get	3
	i64.const	1
	i64.const	2
	i64.const	3
	i64.const	4
	i64.const	5
	i64.const	6
	throw	link
	end_try_table
	unreachable
	end_block
	local.set	3
	local.get	2
	i32.const	1
	i32.sub
	local.tee	2
	br_if	0
	end_loop
	local.get	1
	i32.const	1
	i32.add
	local.tee	1
	local.get	0
	i32.ne
	br_if	0
	end_loop
	local.get	1
	end_function

	.globl	link
link:
