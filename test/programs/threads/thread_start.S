// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# The function that the host calls on a new thread (wasi-threads): gives it the stack and the thread-local storage that
# its creator has prepared, then runs C.
	.globaltype	__stack_pointer, i32
	.functype	__wasm_init_tls (i32) -> ()
	.functype	threadMain (i32) -> ()
	.section	.text.wasi_thread_start,"",@
	.globl	wasi_thread_start
	.export_name	wasi_thread_start, wasi_thread_start
	.type	wasi_thread_start,@function
wasi_thread_start:
	.functype	wasi_thread_start (i32, i32) -> ()
	local.get	1
	i32.load	0
	global.set	__stack_pointer
	local.get	1
	i32.load	4
	call	__wasm_init_tls
	local.get	1
	call	threadMain
	end_function
