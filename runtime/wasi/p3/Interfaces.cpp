// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p3/Interfaces.h"

#include "runtime/wasi/p2/Cli.h"
#include "runtime/wasi/p3/Cli.h"
#include "runtime/wasi/p3/Filesystem.h"
#include "runtime/wasi/p3/Http.h"
#include "runtime/wasi/p3/Sockets.h"

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

/// A function of 0.2 for a socket of 0.3.
template <auto function>
constexpr HostFunctionRow onInner(std::string_view name, std::string_view parameterNames) {
  return hostFunction<&OnInner<function>::call>(name, parameterNames);
}

constexpr HostFunctionRow socketsTypes[] = {
    hostFunction<tcpCreate>("[static]tcp-socket.create", "address-family"),
    hostFunction<tcpBind>("[method]tcp-socket.bind", "self local-address"),
    asyncHostFunction<tcpConnect>("[method]tcp-socket.connect", "self remote-address"),
    hostFunction<tcpListen>("[method]tcp-socket.listen", "self"),
    hostFunction<tcpSend>("[method]tcp-socket.send", "self data"),
    hostFunction<tcpReceive>("[method]tcp-socket.receive", "self"),
    onInner<p2::tcpLocalAddress>("[method]tcp-socket.get-local-address", "self"),
    onInner<p2::tcpRemoteAddress>("[method]tcp-socket.get-remote-address", "self"),
    onInner<p2::tcpIsListening>("[method]tcp-socket.get-is-listening", "self"),
    onInner<p2::tcpAddressFamily>("[method]tcp-socket.get-address-family", "self"),
    onInner<p2::tcpSetListenBacklogSize>("[method]tcp-socket.set-listen-backlog-size",
                                         "self value"),
    onInner<p2::tcpKeepAliveEnabled>("[method]tcp-socket.get-keep-alive-enabled", "self"),
    onInner<p2::tcpSetKeepAliveEnabled>("[method]tcp-socket.set-keep-alive-enabled", "self value"),
    onInner<p2::tcpKeepAliveIdleTime>("[method]tcp-socket.get-keep-alive-idle-time", "self"),
    onInner<p2::tcpSetKeepAliveIdleTime>("[method]tcp-socket.set-keep-alive-idle-time",
                                         "self value"),
    onInner<p2::tcpKeepAliveInterval>("[method]tcp-socket.get-keep-alive-interval", "self"),
    onInner<p2::tcpSetKeepAliveInterval>("[method]tcp-socket.set-keep-alive-interval",
                                         "self value"),
    onInner<p2::tcpKeepAliveCount>("[method]tcp-socket.get-keep-alive-count", "self"),
    onInner<p2::tcpSetKeepAliveCount>("[method]tcp-socket.set-keep-alive-count", "self value"),
    onInner<p2::tcpHopLimit>("[method]tcp-socket.get-hop-limit", "self"),
    onInner<p2::tcpSetHopLimit>("[method]tcp-socket.set-hop-limit", "self value"),
    onInner<p2::tcpReceiveBufferSize>("[method]tcp-socket.get-receive-buffer-size", "self"),
    onInner<p2::tcpSetReceiveBufferSize>("[method]tcp-socket.set-receive-buffer-size",
                                         "self value"),
    onInner<p2::tcpSendBufferSize>("[method]tcp-socket.get-send-buffer-size", "self"),
    onInner<p2::tcpSetSendBufferSize>("[method]tcp-socket.set-send-buffer-size", "self value"),
    hostFunction<udpCreate>("[static]udp-socket.create", "address-family"),
    hostFunction<udpBind>("[method]udp-socket.bind", "self local-address"),
    hostFunction<udpConnect>("[method]udp-socket.connect", "self remote-address"),
    hostFunction<udpDisconnect>("[method]udp-socket.disconnect", "self"),
    asyncHostFunction<udpSend>("[method]udp-socket.send", "self data remote-address"),
    asyncHostFunction<udpReceive>("[method]udp-socket.receive", "self"),
    onInner<p2::udpLocalAddress>("[method]udp-socket.get-local-address", "self"),
    onInner<p2::udpRemoteAddress>("[method]udp-socket.get-remote-address", "self"),
    onInner<p2::udpAddressFamily>("[method]udp-socket.get-address-family", "self"),
    onInner<p2::udpUnicastHopLimit>("[method]udp-socket.get-unicast-hop-limit", "self"),
    onInner<p2::udpSetUnicastHopLimit>("[method]udp-socket.set-unicast-hop-limit", "self value"),
    onInner<p2::udpReceiveBufferSize>("[method]udp-socket.get-receive-buffer-size", "self"),
    onInner<p2::udpSetReceiveBufferSize>("[method]udp-socket.set-receive-buffer-size",
                                         "self value"),
    onInner<p2::udpSendBufferSize>("[method]udp-socket.get-send-buffer-size", "self"),
    onInner<p2::udpSetSendBufferSize>("[method]udp-socket.set-send-buffer-size", "self value"),
};
constexpr HostFunctionRow socketsNameLookup[] = {
    asyncHostFunction<resolveAddresses>("resolve-addresses", "name"),
};

constexpr HostFunctionRow httpTypes[] = {
    hostFunction<fieldsNew>("[constructor]fields", ""),
    hostFunction<fieldsFromList>("[static]fields.from-list", "entries"),
    hostFunction<fieldsGet>("[method]fields.get", "self name"),
    hostFunction<fieldsHas>("[method]fields.has", "self name"),
    hostFunction<fieldsSet>("[method]fields.set", "self name value"),
    hostFunction<fieldsDelete>("[method]fields.delete", "self name"),
    hostFunction<fieldsGetAndDelete>("[method]fields.get-and-delete", "self name"),
    hostFunction<fieldsAppend>("[method]fields.append", "self name value"),
    hostFunction<fieldsCopyAll>("[method]fields.copy-all", "self"),
    hostFunction<fieldsClone>("[method]fields.clone", "self"),
    hostFunction<requestNew>("[static]request.new", "headers contents trailers options"),
    hostFunction<requestMethod>("[method]request.get-method", "self"),
    hostFunction<requestSetMethod>("[method]request.set-method", "self method"),
    hostFunction<requestPath>("[method]request.get-path-with-query", "self"),
    hostFunction<requestSetPath>("[method]request.set-path-with-query", "self path-with-query"),
    hostFunction<requestScheme>("[method]request.get-scheme", "self"),
    hostFunction<requestSetScheme>("[method]request.set-scheme", "self scheme"),
    hostFunction<requestAuthority>("[method]request.get-authority", "self"),
    hostFunction<requestSetAuthority>("[method]request.set-authority", "self authority"),
    hostFunction<requestOptions>("[method]request.get-options", "self"),
    hostFunction<requestHeaders>("[method]request.get-headers", "self"),
    hostFunction<requestConsume>("[static]request.consume-body", "this res"),
    hostFunction<optionsNew>("[constructor]request-options", ""),
    hostFunction<optionsConnect>("[method]request-options.get-connect-timeout", "self"),
    hostFunction<optionsSetConnect>("[method]request-options.set-connect-timeout", "self duration"),
    hostFunction<optionsFirstByte>("[method]request-options.get-first-byte-timeout", "self"),
    hostFunction<optionsSetFirstByte>("[method]request-options.set-first-byte-timeout",
                                      "self duration"),
    hostFunction<optionsBetweenBytes>("[method]request-options.get-between-bytes-timeout", "self"),
    hostFunction<optionsSetBetweenBytes>("[method]request-options.set-between-bytes-timeout",
                                         "self duration"),
    hostFunction<optionsClone>("[method]request-options.clone", "self"),
    hostFunction<responseNew>("[static]response.new", "headers contents trailers"),
    hostFunction<responseStatus>("[method]response.get-status-code", "self"),
    hostFunction<responseSetStatus>("[method]response.set-status-code", "self status-code"),
    hostFunction<responseHeaders>("[method]response.get-headers", "self"),
    hostFunction<responseConsume>("[static]response.consume-body", "this res"),
};

constexpr HostFunctionRow httpClient[] = {asyncHostFunction<send>("send", "request")};

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
    {"wasi:sockets/types", socketsTypes},
    {"wasi:sockets/ip-name-lookup", socketsNameLookup},
    {"wasi:http/types", httpTypes},
    {"wasi:http/client", httpClient},
};

constexpr const runtime::ResourceType *resources[] = {
    &TerminalInput::type, &TerminalOutput::type, &Descriptor::type,
    &TcpSocket::type,     &UdpSocket::type,      &Fields::type,
    &Request::type,       &RequestOptions::type, &Response::type,
};

} // namespace

std::span<const runtime::HostInterfaceRow> allInterfaces() { return interfaces; }
std::span<const runtime::ResourceType *const> resourceTypes() { return resources; }

} // namespace w2n::wasi::p3
