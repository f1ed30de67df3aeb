// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The most that `run` lets a program use.
#pragma once

#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

inline constexpr OptionRow limitOptions[] = {
    {"max-memory", "BYTES", "the most that each memory may have; K, M or G may follow", "Limits"},
    {"max-table-elements", "COUNT", "the most elements that each table may have", "Limits"},
    {"max-heap", "BYTES",
     "of the structures and arrays that are garbage-collected, for all modules together; at most "
     "4G",
     "Limits"},
    {"max-stack", "BYTES", "of the native stack, for calls; default 8M", "Limits"},
    {"max-host-memory", "BYTES",
     "of the host's memory, for exceptions, elements of tables and the like; default 256M",
     "Limits"},
    {"max-threads", "COUNT", "the most threads at a time that the program starts; default 4096",
     "Limits"},
    {"timeout", "DURATION", "end the program after so long: 500ms, 2s, 5m; status 124", "Limits"},
    {"fuel", "COUNT", "instructions that the program may run, for modules made with --meter=fuel",
     "Limits"},
};

} // namespace w2n::tool
