# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Exceptions that only an exnref keeps: in a table, in a local across calls, in an argument of a frame further
# down. Ten million others come and go meanwhile, and the memory of a few thousand is enough for them.
# UNSUPPORTED: sanitizer
# RUN: llvm-mc --triple=wasm32 --mattr=+exception-handling,+reference-types --filetype=obj %s -o %t.o
# RUN: wasm-ld --no-entry --export-all --stack-first %t.o -o %t.wasm && wasm2native -O3 %t.wasm -o %t.so
# RUN: python3 %S/Inputs/peak_memory.py wasm2native run --invoke keep %t.so 10000000 | FileCheck %s
# CHECK: 234
# CHECK: peak below 64 MiB
	.tagtype	number i32
	.tabletype	kept, exnref
	.functype	throw_number (i32) -> ()
	.functype	make (i32) -> (exnref)
	.functype	churn (i32) -> ()
	.functype	number_of (exnref) -> (i32)
	.functype	below (exnref, i32, i32) -> (i32)
	.functype	keep (i32) -> (i32)
	.section	.text.throw_number,"",@
	.globl	throw_number
	.type	throw_number,@function
throw_number:
	.functype	throw_number (i32) -> ()
	local.get	0
	throw	number
	end_function

# An exception with the number, as a reference.
	.section	.text.make,"",@
	.globl	make
	.type	make,@function
make:
	.functype	make (i32) -> (exnref)
	block	exnref
	try_table	(catch_all_ref 0)
	local.get	0
	call	throw_number
	end_try_table
	unreachable
	end_block
	end_function

	.section	.text.churn,"",@
	.globl	churn
	.type	churn,@function
churn:
	.functype	churn (i32) -> ()
	.local	i32
	loop
	block
	try_table	(catch_all 0)
	local.get	1
	call	throw_number
	end_try_table
	end_block
	local.get	1
	i32.const	1
	i32.add
	local.tee	1
	local.get	0
	i32.lt_u
	br_if	0
	end_loop
	end_function

	.section	.text.number_of,"",@
	.globl	number_of
	.type	number_of,@function
number_of:
	.functype	number_of (exnref) -> (i32)
	block	i32
	try_table	(catch number 0)
	local.get	0
	throw_ref
	end_try_table
	unreachable
	end_block
	end_function

	.section	.text.below,"",@
	.globl	below
	.type	below,@function
below:
	.functype	below (exnref, i32, i32) -> (i32)
	local.get	2
	if
	local.get	0
	local.get	1
	local.get	2
	i32.const	1
	i32.sub
	call	below
	drop
	else
	local.get	1
	call	churn
	end_if
	local.get	0
	call	number_of
	end_function

	.section	.text.keep,"",@
	.globl	keep
	.type	keep,@function
keep:
	.functype	keep (i32) -> (i32)
	.local	exnref
	ref.null_exn
	i32.const	1
	table.grow	kept
	i32.const	200
	call	make
	table.set	kept
	i32.const	30
	call	make
	local.set	1
	i32.const	4
	call	make
	local.get	0
	i32.const	5
	call	below
	local.get	1
	call	number_of
	i32.add
	i32.const	0
	table.get	kept
	call	number_of
	i32.add
	end_function

	.globl	number
number:
	.globl	kept
kept:
