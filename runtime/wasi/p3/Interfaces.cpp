// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p3/Interfaces.h"

#include "runtime/wasi/p2/Cli.h"
#include "runtime/wasi/p3/Cli.h"
#include "runtime/wasi/p3/Filesystem.h"

namespace w2n::wasi::p3 {

namespace {

using runtime::asyncHostFunction;
using runtime::hostFunction;
using runtime::HostFunctionRow;

constexpr HostFunctionRow cliEnvironment[] = {
    hostFunction<p2::getEnvironment>("get-environment", ""),
    hostFunction<p2::getArguments>("get-arguments", ""),
    hostFunction<p2::initialCwd>("get-initial-cwd", ""),
};
constexpr HostFunctionRow cliExit[] = {
    hostFunction<p2::exitWithStatus>("exit", "status"),
    hostFunction<p2::exitWithCode>("exit-with-code", "status-code"),
};
constexpr HostFunctionRow cliStdin[] = {hostFunction<readStdin>("read-via-stream", "")};
constexpr HostFunctionRow cliStdout[] = {hostFunction<writeStdout>("write-via-stream", "data")};
constexpr HostFunctionRow cliStderr[] = {hostFunction<writeStderr>("write-via-stream", "data")};
constexpr HostFunctionRow cliTerminalStdin[] = {
    hostFunction<terminalStdin>("get-terminal-stdin", "")};
constexpr HostFunctionRow cliTerminalStdout[] = {
    hostFunction<terminalStdout>("get-terminal-stdout", "")};
constexpr HostFunctionRow cliTerminalStderr[] = {
    hostFunction<terminalStderr>("get-terminal-stderr", "")};

constexpr HostFunctionRow clocksMonotonic[] = {
    hostFunction<p2::monotonicNow>("now", ""),
    hostFunction<p2::monotonicResolution>("get-resolution", ""),
    asyncHostFunction<waitUntil>("wait-until", "when"),
    asyncHostFunction<waitFor>("wait-for", "how-long"),
};
constexpr HostFunctionRow clocksSystem[] = {
    hostFunction<systemNow>("now", ""),
    hostFunction<systemResolution>("get-resolution", ""),
};
constexpr HostFunctionRow clocksTimezone[] = {
    hostFunction<timezoneId>("iana-id", ""),
    hostFunction<timezoneOffset>("utc-offset", "when"),
    hostFunction<timezoneText>("to-debug-string", ""),
};
constexpr HostFunctionRow randomRandom[] = {
    hostFunction<p2::getRandomBytes>("get-random-bytes", "max-len"),
    hostFunction<p2::getRandomU64>("get-random-u64", ""),
};
constexpr HostFunctionRow randomInsecure[] = {
    hostFunction<p2::getRandomBytes>("get-insecure-random-bytes", "max-len"),
    hostFunction<p2::getRandomU64>("get-insecure-random-u64", ""),
};
constexpr HostFunctionRow randomInsecureSeed[] = {
    hostFunction<p2::insecureSeed>("get-insecure-seed", ""),
};

constexpr HostFunctionRow filesystemPreopens[] = {
    hostFunction<preopens>("get-directories", ""),
};
constexpr HostFunctionRow filesystemTypes[] = {
    hostFunction<readViaStream>("[method]descriptor.read-via-stream", "self offset"),
    hostFunction<writeViaStream>("[method]descriptor.write-via-stream", "self data offset"),
    hostFunction<appendViaStream>("[method]descriptor.append-via-stream", "self data"),
    asyncHostFunction<advise>("[method]descriptor.advise", "self offset length advice"),
    asyncHostFunction<syncData>("[method]descriptor.sync-data", "self"),
    asyncHostFunction<getFlags>("[method]descriptor.get-flags", "self"),
    asyncHostFunction<getType>("[method]descriptor.get-type", "self"),
    asyncHostFunction<setSize>("[method]descriptor.set-size", "self size"),
    asyncHostFunction<setTimes>("[method]descriptor.set-times",
                                "self data-access-timestamp data-modification-timestamp"),
    hostFunction<readDirectory>("[method]descriptor.read-directory", "self"),
    asyncHostFunction<sync>("[method]descriptor.sync", "self"),
    asyncHostFunction<createDirectoryAt>("[method]descriptor.create-directory-at", "self path"),
    asyncHostFunction<stat>("[method]descriptor.stat", "self"),
    asyncHostFunction<statAt>("[method]descriptor.stat-at", "self path-flags path"),
    asyncHostFunction<setTimesAt>(
        "[method]descriptor.set-times-at",
        "self path-flags path data-access-timestamp data-modification-timestamp"),
    asyncHostFunction<linkAt>("[method]descriptor.link-at",
                              "self old-path-flags old-path new-descriptor new-path"),
    asyncHostFunction<openAt>("[method]descriptor.open-at",
                              "self path-flags path open-flags flags"),
    asyncHostFunction<readlinkAt>("[method]descriptor.readlink-at", "self path"),
    asyncHostFunction<removeDirectoryAt>("[method]descriptor.remove-directory-at", "self path"),
    asyncHostFunction<renameAt>("[method]descriptor.rename-at",
                                "self old-path new-descriptor new-path"),
    asyncHostFunction<symlinkAt>("[method]descriptor.symlink-at", "self old-path new-path"),
    asyncHostFunction<unlinkFileAt>("[method]descriptor.unlink-file-at", "self path"),
    asyncHostFunction<isSameObject>("[method]descriptor.is-same-object", "self other"),
    asyncHostFunction<metadataHash>("[method]descriptor.metadata-hash", "self"),
    asyncHostFunction<metadataHashAt>("[method]descriptor.metadata-hash-at",
                                      "self path-flags path"),
};

constexpr runtime::HostInterfaceRow interfaces[] = {
    {"wasi:cli/environment", cliEnvironment},
    {"wasi:cli/exit", cliExit},
    {"wasi:cli/stdin", cliStdin},
    {"wasi:cli/stdout", cliStdout},
    {"wasi:cli/stderr", cliStderr},
    {"wasi:cli/terminal-stdin", cliTerminalStdin},
    {"wasi:cli/terminal-stdout", cliTerminalStdout},
    {"wasi:cli/terminal-stderr", cliTerminalStderr},
    {"wasi:clocks/monotonic-clock", clocksMonotonic},
    {"wasi:clocks/system-clock", clocksSystem},
    {"wasi:clocks/timezone", clocksTimezone},
    {"wasi:random/random", randomRandom},
    {"wasi:random/insecure", randomInsecure},
    {"wasi:random/insecure-seed", randomInsecureSeed},
    {"wasi:filesystem/preopens", filesystemPreopens},
    {"wasi:filesystem/types", filesystemTypes},
};

constexpr const runtime::ResourceType *resources[] = {
    &TerminalInput::type,
    &TerminalOutput::type,
    &Descriptor::type,
};

} // namespace

std::span<const runtime::HostInterfaceRow> allInterfaces() { return interfaces; }
std::span<const runtime::ResourceType *const> resourceTypes() { return resources; }

} // namespace w2n::wasi::p3
