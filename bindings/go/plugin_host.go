// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A host in Go on the C API, by cgo: loads an artifact, lends it a function, calls it.
//
//	CGO_CFLAGS=-I/opt/wasm2native/include CGO_LDFLAGS="-L/opt/wasm2native/lib -lwasm2native-runtime" go build plugin_host.go
//
// Go's runtime installs its handlers of signals first; ours are put before them when the first module is loaded, and hand
// on what is not a guest's. A goroutine that calls a guest keeps its thread until the call returns.
package main

/*
#include <stdlib.h>
#include <wasm2native/runtime.h>

w2n_error *callLog(w2n_caller *caller, void *user, w2n_value *args, w2n_value *results);

static int32_t number(const w2n_value *value) { return value->of.i32; }

static w2n_error *defineLog(w2n_linker *linker) {
  const w2n_value_kind params[] = {W2N_I32, W2N_I32};
  const w2n_function_type type = {params, 2, NULL, 0};
  return w2n_linker_define_function(linker, "host", "log", &type, (w2n_callback)callLog, NULL, NULL);
}

static w2n_error *callPercent(w2n_instance *instance, int32_t part, int32_t whole, int32_t *result) {
  w2n_value args[2] = {{W2N_I32, {part}}, {W2N_I32, {whole}}}, value;
  w2n_function *function = w2n_instance_function(instance, "percent");
  w2n_error *error = function ? w2n_function_call(function, args, 2, &value, 1) : w2n_error_new("no percent");
  if (!error)
    *result = value.of.i32;
  return error;
}
*/
import "C"

import (
	"errors"
	"fmt"
	"os"
	"unsafe"
)

// check makes a Go error of a C one, which it frees.
func check(err *C.w2n_error) error {
	if err == nil {
		return nil
	}
	defer C.w2n_error_free(err)
	return errors.New(C.GoString(C.w2n_error_text(err)))
}

//export callLog
func callLog(caller *C.w2n_caller, user unsafe.Pointer, args *C.w2n_value, results *C.w2n_value) *C.w2n_error {
	values := unsafe.Slice(args, 2)
	address, bytes := uint32(C.number(&values[0])), uint32(C.number(&values[1]))
	var text unsafe.Pointer
	if memory := C.w2n_caller_memory(caller); memory != nil {
		text = C.w2n_memory_at(memory, C.uint64_t(address), C.uint64_t(bytes))
	}
	if text == nil {
		message := C.CString("log: the text lies outside the memory")
		defer C.free(unsafe.Pointer(message))
		return C.w2n_error_new(message)
	}
	fmt.Printf("plug-in says: %s\n", C.GoBytes(text, C.int(bytes)))
	return nil
}

// Plugin is an instance, used by one goroutine at a time.
type Plugin struct{ instance *C.w2n_instance }

// Load makes an instance of the artifact at path.
func Load(path string) (*Plugin, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	linker := C.w2n_linker_new()
	defer C.w2n_linker_free(linker)
	var module *C.w2n_module
	if err := check(C.w2n_module_load(name, &module)); err != nil {
		return nil, err
	}
	defer C.w2n_module_free(module)
	if err := check(C.defineLog(linker)); err != nil {
		return nil, err
	}
	plugin := new(Plugin)
	if err := check(C.w2n_linker_instantiate(linker, module, &plugin.instance)); err != nil {
		return nil, err
	}
	return plugin, nil
}

// Close frees the instance.
func (plugin *Plugin) Close() { C.w2n_instance_free(plugin.instance) }

// Percent calls the export of that name.
func (plugin *Plugin) Percent(part, whole int32) (int32, error) {
	var result C.int32_t
	err := check(C.callPercent(plugin.instance, C.int32_t(part), C.int32_t(whole), &result))
	return int32(result), err
}

func main() {
	if len(os.Args) != 2 {
		fmt.Println("usage: plugin_host PLUGIN.so")
		os.Exit(1)
	}
	plugin, err := Load(os.Args[1])
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	defer plugin.Close()
	for _, numbers := range [][2]int32{{21, 50}, {21, 0}, {1, 4}} {
		percent, err := plugin.Percent(numbers[0], numbers[1])
		if err != nil {
			fmt.Println("error:", err)
			continue
		}
		fmt.Printf("%d of %d: %d %%\n", numbers[0], numbers[1], percent)
	}
}
