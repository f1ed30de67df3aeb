// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The plug-in: built for WebAssembly, it can do what the host lets it.
__attribute__((import_module("host"), import_name("log"))) void host_log(const char *text,
                                                                         int bytes);

__attribute__((export_name("percent"))) int percent(int part, int whole) {
  host_log("working", 7);
  return part * 100 / whole;
}
