// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The options of the sandbox, in which `run` runs a program.
#pragma once

#include "runtime/wasi/Options.h"
#include "tools/wasm2native/CommandLine.h"

namespace w2n::tool {

inline constexpr OptionRow wasiOptions[] = {
    {"dir", "HOST[::GUEST][:ro]",
     "let the program use a directory, as GUEST if given; :ro: without changing anything in it. "
     "HOST may be an archive (.zip, .tar, .tar.gz and others), which is only read",
     "Sandbox"},
    {"tmpfs", "GUEST[:SIZE]",
     "give the program an empty directory in memory, for at most SIZE bytes of files; default 64M",
     "Sandbox"},
    {"overlay", "LOWER[:UPPER]::GUEST",
     "give the program the directory or archive LOWER, and keep what it changes in the directory "
     "UPPER, or for the time of the run in memory",
     "Sandbox"},
    {"env", "KEY[=VALUE]",
     "set a variable of the program's environment; without a value, to what the command has",
     "Sandbox"},
    {"env-file", "FILE", "set variables: a line KEY=VALUE for each, # begins a comment", "Sandbox"},
    {"inherit-env", nullptr, "set all variables that the command has", "Sandbox"},
    {"config", "NAME=VALUE", "give a component a value of its configuration (wasi:config)",
     "Sandbox"},
    {"config-file", "FILE", "the same for each line NAME=VALUE, # begins a comment", "Sandbox"},
    {"logging", "[FILE]",
     "write the messages of a component's log (wasi:logging) to the end of FILE; default standard "
     "error",
     "Sandbox"},
    {"keyvalue", "NAME=WHERE",
     "let a component open the bucket NAME (wasi:keyvalue) at WHERE: memory, a file of SQLite "
     "FILE.db, or redis://HOST:PORT",
     "Sandbox"},
    {"keyvalue-size", "BYTES",
     "the most that such a bucket has in memory, or in its file; default 64M", "Sandbox"},
    {"arg0,argv0", "NAME", "what the program sees as its name; default FILE", "Sandbox"},
    {"stdin", "FILE", "standard input is FILE", "Sandbox"},
    {"stdout", "FILE", "standard output goes to FILE, which begins empty", "Sandbox"},
    {"stderr", "FILE", "the same for standard error", "Sandbox"},
    {"listen", "ADDRESS",
     "listen at HOST:PORT or unix:PATH, and give the program the socket, after the directories",
     "Sandbox"},
    {"allow-net", "HOST[:PORT]",
     "let sockets of the program (WASI 0.2) connect to an address, a range ADDRESS/BITS, a name, "
     "or "
     "* for all",
     "Sandbox"},
    {"allow-listen", "ADDRESS[:PORT]", "let sockets of the program listen there (WASI 0.2)",
     "Sandbox"},
    {"allow-dns", nullptr, "let the program look up every name, and not only those of --allow-net",
     "Sandbox"},
    {"allow-http", "HOST[:PORT]",
     "let the program make requests (wasi:http) to a name, an address, a range ADDRESS/BITS or * "
     "for all; to what is not public only by its addresses",
     "Sandbox"},
    {"no-clock", nullptr, "the program cannot read clocks or sleep", "Sandbox"},
    {"frozen-time", "SECONDS",
     "clocks stand at SECONDS since 1970, and move only by what the program sleeps, at once",
     "Sandbox"},
    {"seed", "NUMBER", "random numbers are the same for the same NUMBER", "Sandbox"},
    {"chaos", "SEED",
     "inject faults, the same for the same SEED: short and interrupted reads and writes, full "
     "disks, "
     "clocks that jump ahead",
     "Sandbox"},
    {"fs-quota", "BYTES", "the most that the program may add to its directories", "Sandbox"},
    {"max-open-files", "COUNT", "the most descriptors that the program has open at a time",
     "Sandbox"},
    {"raw-terminal", nullptr,
     "a terminal gets what the program writes as it is, with escape sequences", "Sandbox"},
    {"trace", "[FORMAT]",
     "print every WASI call on standard error: as text (default), or every call of the host as a "
     "line of json",
     "Sandbox"},
};

/// Reads the options in `line`, but for the arguments: opens the files of the standard streams,
/// reads files of variables and listens, so that all of it is there or the program does not start.
/// What was opened stays open. `isResumed`: for a program that goes on, files that standard output
/// goes to keep what is in them, and the environment is left out. Errors: for usageError, with the
/// option's name.
std::expected<wasi::WasiOptions, std::string> readWasiOptions(const CommandLine &line,
                                                              bool isResumed = false);

} // namespace w2n::tool
