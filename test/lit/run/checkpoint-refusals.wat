;; Programs of which no checkpoint can be taken say why, and so do options that exclude it.
;; RUN: rm -rf %t && split-file %s %t && cd %t
;; RUN: wat2wasm --enable-threads threads.wat && wat2wasm --enable-exceptions tags.wat
;; RUN: wat2wasm plain.wat && mkdir dir
;; RUN: not wasm2native run --checkpoint state threads.wasm 2>&1 | FileCheck --check-prefix=THREADS %s
;; THREADS: threads.wasm: a checkpoint cannot be taken of a program with threads
;; RUN: not wasm2native run --checkpoint state tags.wasm 2>&1 | FileCheck --check-prefix=TAGS %s
;; TAGS: a checkpoint cannot be taken of a program with exceptions
;; RUN: not wasm2native run --checkpoint state --tmpfs /tmp plain.wasm 2>&1 | FileCheck --check-prefix=TREE %s
;; TREE: a checkpoint cannot be taken of a program with a directory that is no directory of the system: '/tmp'
;; RUN: not wasm2native run --checkpoint state --chaos 1 plain.wasm 2>&1 | FileCheck --check-prefix=CHAOS %s
;; CHAOS: a checkpoint cannot be taken of a program into which faults are injected
;; RUN: not ls state
;; RUN: not wasm2native run --checkpoint state --invoke f plain.wasm 2>&1 | FileCheck --check-prefix=INVOKE %s
;; INVOKE: --checkpoint and --invoke exclude each other
;; RUN: not wasm2native run --checkpoint state --record r plain.wasm 2>&1 | FileCheck --check-prefix=RECORD %s
;; RECORD: --checkpoint excludes the options that observe a run
;; RUN: not wasm2native run --every 1s plain.wasm 2>&1 | FileCheck --check-prefix=EVERY %s
;; EVERY: --every needs --checkpoint
;; RUN: not wasm2native run --checkpoint state --every 0 plain.wasm 2>&1 | FileCheck --check-prefix=ZERO %s
;; ZERO: --every is '0', but a number of calls is at least 1
;; RUN: not wasm2native run --checkpoint state --every soon plain.wasm 2>&1 | FileCheck --check-prefix=SOON %s
;; SOON: --every is 'soon'
;; RUN: not wasm2native resume dir 2>&1 | FileCheck --check-prefix=NONE %s
;; NONE: there is no checkpoint in dir
;; RUN: chmod 777 dir && not wasm2native run --checkpoint dir plain.wasm 2>&1 | FileCheck --check-prefix=OTHERS %s
;; OTHERS: dir is not yours alone
;; A program that could write its own checkpoint would choose what it is given.
;; RUN: mkdir given
;; RUN: not wasm2native run --checkpoint given/state --dir given::/g plain.wasm 2>&1 | FileCheck --check-prefix=BELOW %s
;; BELOW: the checkpoint's directory '{{.*}}given/state' lies in a directory that the program is given, 'given'
;; RUN: not wasm2native run --checkpoint given --dir ./given/.::/g:ro plain.wasm 2>&1 | FileCheck --check-prefix=SAME %s
;; SAME: the checkpoint's directory '{{.*}}given' lies in a directory that the program is given, './given/.'
;; RUN: not wasm2native run --checkpoint state --dir /::/ plain.wasm 2>&1 | FileCheck --check-prefix=ROOT %s
;; ROOT: lies in a directory that the program is given, '/'
;; RUN: not ls state && not ls given/state
;; RUN: wasm2native run --checkpoint state --dir given::/g plain.wasm
;; RUN: not wasm2native resume 2>&1 | FileCheck --check-prefix=USAGE %s
;; USAGE: no directory of a checkpoint
;--- threads.wat
(module (memory 1 1 shared) (func (export "_start")))
;--- tags.wat
(module (tag) (func (export "_start") (throw 0)))
;--- plain.wat
(module (memory 1) (func (export "_start")))
