// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/p2/Interfaces.h"

#include "runtime/wasi/p2/Cli.h"
#include "runtime/wasi/p2/ClocksAndRandom.h"
#include "runtime/wasi/p2/Filesystem.h"
#include "runtime/wasi/p2/Http.h"
#include "runtime/wasi/p2/Tcp.h"
#include "runtime/wasi/p2/Udp.h"

namespace w2n::wasi::p2 {

namespace {

using runtime::hostFunction;
using runtime::HostFunctionRow;

constexpr HostFunctionRow ioError[] = {
    hostFunction<errorToDebugString>("[method]error.to-debug-string", "self"),
};
constexpr HostFunctionRow ioPoll[] = {
    hostFunction<pollableReady>("[method]pollable.ready", "self"),
    hostFunction<pollableBlock>("[method]pollable.block", "self"),
    hostFunction<poll>("poll", "in"),
};
constexpr HostFunctionRow ioStreams[] = {
    hostFunction<inputRead>("[method]input-stream.read", "self len"),
    hostFunction<inputBlockingRead>("[method]input-stream.blocking-read", "self len"),
    hostFunction<inputSkip>("[method]input-stream.skip", "self len"),
    hostFunction<inputBlockingSkip>("[method]input-stream.blocking-skip", "self len"),
    hostFunction<inputSubscribe>("[method]input-stream.subscribe", "self"),
    hostFunction<outputCheckWrite>("[method]output-stream.check-write", "self"),
    hostFunction<outputWrite>("[method]output-stream.write", "self contents"),
    hostFunction<outputBlockingWriteAndFlush>("[method]output-stream.blocking-write-and-flush",
                                              "self contents"),
    hostFunction<outputFlush>("[method]output-stream.flush", "self"),
    hostFunction<outputBlockingFlush>("[method]output-stream.blocking-flush", "self"),
    hostFunction<outputSubscribe>("[method]output-stream.subscribe", "self"),
    hostFunction<outputWriteZeroes>("[method]output-stream.write-zeroes", "self len"),
    hostFunction<outputBlockingWriteZeroesAndFlush>(
        "[method]output-stream.blocking-write-zeroes-and-flush", "self len"),
    hostFunction<outputSplice>("[method]output-stream.splice", "self src len"),
    hostFunction<outputBlockingSplice>("[method]output-stream.blocking-splice", "self src len"),
};

constexpr HostFunctionRow cliEnvironment[] = {
    hostFunction<getEnvironment>("get-environment", ""),
    hostFunction<getArguments>("get-arguments", ""),
    hostFunction<initialCwd>("initial-cwd", ""),
};
constexpr HostFunctionRow cliExit[] = {
    hostFunction<exitWithStatus>("exit", "status"),
    hostFunction<exitWithCode>("exit-with-code", "status-code"),
};
constexpr HostFunctionRow cliStdin[] = {hostFunction<getStdin>("get-stdin", "")};
constexpr HostFunctionRow cliStdout[] = {hostFunction<getStdout>("get-stdout", "")};
constexpr HostFunctionRow cliStderr[] = {hostFunction<getStderr>("get-stderr", "")};
constexpr HostFunctionRow cliTerminalStdin[] = {
    hostFunction<getTerminalStdin>("get-terminal-stdin", "")};
constexpr HostFunctionRow cliTerminalStdout[] = {
    hostFunction<getTerminalStdout>("get-terminal-stdout", "")};
constexpr HostFunctionRow cliTerminalStderr[] = {
    hostFunction<getTerminalStderr>("get-terminal-stderr", "")};

constexpr HostFunctionRow clocksMonotonic[] = {
    hostFunction<monotonicNow>("now", ""),
    hostFunction<monotonicResolution>("resolution", ""),
    hostFunction<subscribeInstant>("subscribe-instant", "when"),
    hostFunction<subscribeDuration>("subscribe-duration", "when"),
};
constexpr HostFunctionRow clocksWall[] = {
    hostFunction<wallNow>("now", ""),
    hostFunction<wallResolution>("resolution", ""),
};
constexpr HostFunctionRow clocksTimezone[] = {
    hostFunction<timezoneDisplay>("display", "when"),
    hostFunction<timezoneUtcOffset>("utc-offset", "when"),
};
constexpr HostFunctionRow randomRandom[] = {
    hostFunction<getRandomBytes>("get-random-bytes", "len"),
    hostFunction<getRandomU64>("get-random-u64", ""),
};
constexpr HostFunctionRow randomInsecure[] = {
    hostFunction<getRandomBytes>("get-insecure-random-bytes", "len"),
    hostFunction<getRandomU64>("get-insecure-random-u64", ""),
};
constexpr HostFunctionRow randomInsecureSeed[] = {
    hostFunction<insecureSeed>("insecure-seed", ""),
};

constexpr HostFunctionRow filesystemPreopens[] = {
    hostFunction<getDirectories>("get-directories", ""),
};
constexpr HostFunctionRow filesystemTypes[] = {
    hostFunction<readViaStream>("[method]descriptor.read-via-stream", "self offset"),
    hostFunction<writeViaStream>("[method]descriptor.write-via-stream", "self offset"),
    hostFunction<appendViaStream>("[method]descriptor.append-via-stream", "self"),
    hostFunction<advise>("[method]descriptor.advise", "self offset length advice"),
    hostFunction<syncData>("[method]descriptor.sync-data", "self"),
    hostFunction<getFlags>("[method]descriptor.get-flags", "self"),
    hostFunction<getType>("[method]descriptor.get-type", "self"),
    hostFunction<setSize>("[method]descriptor.set-size", "self size"),
    hostFunction<setTimes>("[method]descriptor.set-times",
                           "self data-access-timestamp data-modification-timestamp"),
    hostFunction<readAt>("[method]descriptor.read", "self length offset"),
    hostFunction<writeAt>("[method]descriptor.write", "self buffer offset"),
    hostFunction<readDirectory>("[method]descriptor.read-directory", "self"),
    hostFunction<sync>("[method]descriptor.sync", "self"),
    hostFunction<createDirectoryAt>("[method]descriptor.create-directory-at", "self path"),
    hostFunction<stat>("[method]descriptor.stat", "self"),
    hostFunction<statAt>("[method]descriptor.stat-at", "self path-flags path"),
    hostFunction<setTimesAt>(
        "[method]descriptor.set-times-at",
        "self path-flags path data-access-timestamp data-modification-timestamp"),
    hostFunction<linkAt>("[method]descriptor.link-at",
                         "self old-path-flags old-path new-descriptor new-path"),
    hostFunction<openAt>("[method]descriptor.open-at", "self path-flags path open-flags flags"),
    hostFunction<readlinkAt>("[method]descriptor.readlink-at", "self path"),
    hostFunction<removeDirectoryAt>("[method]descriptor.remove-directory-at", "self path"),
    hostFunction<renameAt>("[method]descriptor.rename-at", "self old-path new-descriptor new-path"),
    hostFunction<symlinkAt>("[method]descriptor.symlink-at", "self old-path new-path"),
    hostFunction<unlinkFileAt>("[method]descriptor.unlink-file-at", "self path"),
    hostFunction<isSameObject>("[method]descriptor.is-same-object", "self other"),
    hostFunction<metadataHash>("[method]descriptor.metadata-hash", "self"),
    hostFunction<metadataHashAt>("[method]descriptor.metadata-hash-at", "self path-flags path"),
    hostFunction<readDirectoryEntry>("[method]directory-entry-stream.read-directory-entry", "self"),
    hostFunction<filesystemErrorCode>("filesystem-error-code", "err"),
};

constexpr HostFunctionRow socketsNetwork[] = {
    hostFunction<networkErrorCode>("network-error-code", "err"),
};
constexpr HostFunctionRow socketsInstanceNetwork[] = {
    hostFunction<instanceNetwork>("instance-network", ""),
};
constexpr HostFunctionRow socketsNameLookup[] = {
    hostFunction<resolveAddresses>("resolve-addresses", "network name"),
    hostFunction<resolveNextAddress>("[method]resolve-address-stream.resolve-next-address", "self"),
    hostFunction<resolveSubscribe>("[method]resolve-address-stream.subscribe", "self"),
};
constexpr HostFunctionRow socketsTcpCreate[] = {
    hostFunction<createTcpSocket>("create-tcp-socket", "address-family"),
};
constexpr HostFunctionRow socketsTcp[] = {
    hostFunction<tcpStartBind>("[method]tcp-socket.start-bind", "self network local-address"),
    hostFunction<tcpFinishBind>("[method]tcp-socket.finish-bind", "self"),
    hostFunction<tcpStartConnect>("[method]tcp-socket.start-connect",
                                  "self network remote-address"),
    hostFunction<tcpFinishConnect>("[method]tcp-socket.finish-connect", "self"),
    hostFunction<tcpStartListen>("[method]tcp-socket.start-listen", "self"),
    hostFunction<tcpFinishListen>("[method]tcp-socket.finish-listen", "self"),
    hostFunction<tcpAccept>("[method]tcp-socket.accept", "self"),
    hostFunction<tcpLocalAddress>("[method]tcp-socket.local-address", "self"),
    hostFunction<tcpRemoteAddress>("[method]tcp-socket.remote-address", "self"),
    hostFunction<tcpIsListening>("[method]tcp-socket.is-listening", "self"),
    hostFunction<tcpAddressFamily>("[method]tcp-socket.address-family", "self"),
    hostFunction<tcpSetListenBacklogSize>("[method]tcp-socket.set-listen-backlog-size",
                                          "self value"),
    hostFunction<tcpKeepAliveEnabled>("[method]tcp-socket.keep-alive-enabled", "self"),
    hostFunction<tcpSetKeepAliveEnabled>("[method]tcp-socket.set-keep-alive-enabled", "self value"),
    hostFunction<tcpKeepAliveIdleTime>("[method]tcp-socket.keep-alive-idle-time", "self"),
    hostFunction<tcpSetKeepAliveIdleTime>("[method]tcp-socket.set-keep-alive-idle-time",
                                          "self value"),
    hostFunction<tcpKeepAliveInterval>("[method]tcp-socket.keep-alive-interval", "self"),
    hostFunction<tcpSetKeepAliveInterval>("[method]tcp-socket.set-keep-alive-interval",
                                          "self value"),
    hostFunction<tcpKeepAliveCount>("[method]tcp-socket.keep-alive-count", "self"),
    hostFunction<tcpSetKeepAliveCount>("[method]tcp-socket.set-keep-alive-count", "self value"),
    hostFunction<tcpHopLimit>("[method]tcp-socket.hop-limit", "self"),
    hostFunction<tcpSetHopLimit>("[method]tcp-socket.set-hop-limit", "self value"),
    hostFunction<tcpReceiveBufferSize>("[method]tcp-socket.receive-buffer-size", "self"),
    hostFunction<tcpSetReceiveBufferSize>("[method]tcp-socket.set-receive-buffer-size",
                                          "self value"),
    hostFunction<tcpSendBufferSize>("[method]tcp-socket.send-buffer-size", "self"),
    hostFunction<tcpSetSendBufferSize>("[method]tcp-socket.set-send-buffer-size", "self value"),
    hostFunction<tcpSubscribe>("[method]tcp-socket.subscribe", "self"),
    hostFunction<tcpShutdown>("[method]tcp-socket.shutdown", "self shutdown-type"),
};
constexpr HostFunctionRow socketsUdpCreate[] = {
    hostFunction<createUdpSocket>("create-udp-socket", "address-family"),
};
constexpr HostFunctionRow socketsUdp[] = {
    hostFunction<udpStartBind>("[method]udp-socket.start-bind", "self network local-address"),
    hostFunction<udpFinishBind>("[method]udp-socket.finish-bind", "self"),
    hostFunction<udpStream>("[method]udp-socket.stream", "self remote-address"),
    hostFunction<udpLocalAddress>("[method]udp-socket.local-address", "self"),
    hostFunction<udpRemoteAddress>("[method]udp-socket.remote-address", "self"),
    hostFunction<udpAddressFamily>("[method]udp-socket.address-family", "self"),
    hostFunction<udpUnicastHopLimit>("[method]udp-socket.unicast-hop-limit", "self"),
    hostFunction<udpSetUnicastHopLimit>("[method]udp-socket.set-unicast-hop-limit", "self value"),
    hostFunction<udpReceiveBufferSize>("[method]udp-socket.receive-buffer-size", "self"),
    hostFunction<udpSetReceiveBufferSize>("[method]udp-socket.set-receive-buffer-size",
                                          "self value"),
    hostFunction<udpSendBufferSize>("[method]udp-socket.send-buffer-size", "self"),
    hostFunction<udpSetSendBufferSize>("[method]udp-socket.set-send-buffer-size", "self value"),
    hostFunction<udpSubscribe>("[method]udp-socket.subscribe", "self"),
    hostFunction<udpReceive>("[method]incoming-datagram-stream.receive", "self max-results"),
    hostFunction<incomingSubscribe>("[method]incoming-datagram-stream.subscribe", "self"),
    hostFunction<udpCheckSend>("[method]outgoing-datagram-stream.check-send", "self"),
    hostFunction<udpSend>("[method]outgoing-datagram-stream.send", "self datagrams"),
    hostFunction<outgoingSubscribe>("[method]outgoing-datagram-stream.subscribe", "self"),
};

constexpr HostFunctionRow httpTypes[] = {
    hostFunction<httpErrorCode>("http-error-code", "err"),
    hostFunction<fieldsNew>("[constructor]fields", ""),
    hostFunction<fieldsFromList>("[static]fields.from-list", "entries"),
    hostFunction<fieldsGet>("[method]fields.get", "self name"),
    hostFunction<fieldsHas>("[method]fields.has", "self name"),
    hostFunction<fieldsSet>("[method]fields.set", "self name value"),
    hostFunction<fieldsDelete>("[method]fields.delete", "self name"),
    hostFunction<fieldsAppend>("[method]fields.append", "self name value"),
    hostFunction<fieldsEntries>("[method]fields.entries", "self"),
    hostFunction<fieldsClone>("[method]fields.clone", "self"),
    hostFunction<requestMethod>("[method]incoming-request.method", "self"),
    hostFunction<requestPathWithQuery>("[method]incoming-request.path-with-query", "self"),
    hostFunction<requestScheme>("[method]incoming-request.scheme", "self"),
    hostFunction<requestAuthority>("[method]incoming-request.authority", "self"),
    hostFunction<requestHeaders>("[method]incoming-request.headers", "self"),
    hostFunction<requestConsume>("[method]incoming-request.consume", "self"),
    hostFunction<outgoingRequestNew>("[constructor]outgoing-request", "headers"),
    hostFunction<outgoingRequestBody>("[method]outgoing-request.body", "self"),
    hostFunction<outgoingMethod>("[method]outgoing-request.method", "self"),
    hostFunction<outgoingSetMethod>("[method]outgoing-request.set-method", "self method"),
    hostFunction<outgoingPathWithQuery>("[method]outgoing-request.path-with-query", "self"),
    hostFunction<outgoingSetPathWithQuery>("[method]outgoing-request.set-path-with-query",
                                           "self path-with-query"),
    hostFunction<outgoingScheme>("[method]outgoing-request.scheme", "self"),
    hostFunction<outgoingSetScheme>("[method]outgoing-request.set-scheme", "self scheme"),
    hostFunction<outgoingAuthority>("[method]outgoing-request.authority", "self"),
    hostFunction<outgoingSetAuthority>("[method]outgoing-request.set-authority", "self authority"),
    hostFunction<outgoingRequestHeaders>("[method]outgoing-request.headers", "self"),
    hostFunction<requestOptionsNew>("[constructor]request-options", ""),
    hostFunction<connectTimeout>("[method]request-options.connect-timeout", "self"),
    hostFunction<setConnectTimeout>("[method]request-options.set-connect-timeout", "self duration"),
    hostFunction<firstByteTimeout>("[method]request-options.first-byte-timeout", "self"),
    hostFunction<setFirstByteTimeout>("[method]request-options.set-first-byte-timeout",
                                      "self duration"),
    hostFunction<betweenBytesTimeout>("[method]request-options.between-bytes-timeout", "self"),
    hostFunction<setBetweenBytesTimeout>("[method]request-options.set-between-bytes-timeout",
                                         "self duration"),
    hostFunction<outparamSet>("[static]response-outparam.set", "param response"),
    hostFunction<responseStatus>("[method]incoming-response.status", "self"),
    hostFunction<responseHeaders>("[method]incoming-response.headers", "self"),
    hostFunction<responseConsume>("[method]incoming-response.consume", "self"),
    hostFunction<incomingBodyStream>("[method]incoming-body.stream", "self"),
    hostFunction<incomingBodyFinish>("[static]incoming-body.finish", "this"),
    hostFunction<trailersSubscribe>("[method]future-trailers.subscribe", "self"),
    hostFunction<trailersGet>("[method]future-trailers.get", "self"),
    hostFunction<outgoingResponseNew>("[constructor]outgoing-response", "headers"),
    hostFunction<outgoingStatus>("[method]outgoing-response.status-code", "self"),
    hostFunction<outgoingSetStatus>("[method]outgoing-response.set-status-code",
                                    "self status-code"),
    hostFunction<outgoingHeaders>("[method]outgoing-response.headers", "self"),
    hostFunction<outgoingBody>("[method]outgoing-response.body", "self"),
    hostFunction<outgoingBodyWrite>("[method]outgoing-body.write", "self"),
    hostFunction<outgoingBodyFinish>("[static]outgoing-body.finish", "this trailers"),
    hostFunction<futureResponseSubscribe>("[method]future-incoming-response.subscribe", "self"),
    hostFunction<futureResponseGet>("[method]future-incoming-response.get", "self"),
};
constexpr HostFunctionRow httpOutgoingHandler[] = {
    hostFunction<outgoingHandle>("handle", "request options"),
};

constexpr runtime::HostInterfaceRow interfaces[] = {
    {"wasi:io/error", ioError},
    {"wasi:io/poll", ioPoll},
    {"wasi:io/streams", ioStreams},
    {"wasi:cli/environment", cliEnvironment},
    {"wasi:cli/exit", cliExit},
    {"wasi:cli/stdin", cliStdin},
    {"wasi:cli/stdout", cliStdout},
    {"wasi:cli/stderr", cliStderr},
    {"wasi:cli/terminal-stdin", cliTerminalStdin},
    {"wasi:cli/terminal-stdout", cliTerminalStdout},
    {"wasi:cli/terminal-stderr", cliTerminalStderr},
    {"wasi:clocks/monotonic-clock", clocksMonotonic},
    {"wasi:clocks/wall-clock", clocksWall},
    {"wasi:clocks/timezone", clocksTimezone},
    {"wasi:random/random", randomRandom},
    {"wasi:random/insecure", randomInsecure},
    {"wasi:random/insecure-seed", randomInsecureSeed},
    {"wasi:filesystem/preopens", filesystemPreopens},
    {"wasi:filesystem/types", filesystemTypes},
    {"wasi:sockets/network", socketsNetwork},
    {"wasi:sockets/instance-network", socketsInstanceNetwork},
    {"wasi:sockets/ip-name-lookup", socketsNameLookup},
    {"wasi:sockets/tcp", socketsTcp},
    {"wasi:sockets/tcp-create-socket", socketsTcpCreate},
    {"wasi:sockets/udp", socketsUdp},
    {"wasi:sockets/udp-create-socket", socketsUdpCreate},
    {"wasi:http/types", httpTypes},
    {"wasi:http/outgoing-handler", httpOutgoingHandler},
};

constexpr const runtime::ResourceType *resources[] = {
    &IoError::type,
    &Pollable::type,
    &InputStream::type,
    &OutputStream::type,
    &TerminalInput::type,
    &TerminalOutputHandle::type,
    &FileDescriptor::type,
    &DirectoryEntryStream::type,
    &Network::type,
    &ResolveAddressStream::type,
    &TcpSocket::type,
    &UdpSocket::type,
    &IncomingDatagramStream::type,
    &OutgoingDatagramStream::type,
    &HttpFields::type,
    &IncomingRequest::type,
    &OutgoingRequest::type,
    &RequestOptions::type,
    &ResponseOutparam::type,
    &IncomingResponse::type,
    &IncomingBody::type,
    &FutureTrailers::type,
    &OutgoingResponse::type,
    &OutgoingBody::type,
    &FutureIncomingResponse::type,
};

} // namespace

std::span<const runtime::HostInterfaceRow> allInterfaces() { return interfaces; }
std::span<const runtime::ResourceType *const> resourceTypes() { return resources; }

const runtime::HostFunctionRow *findFunction(std::string_view interface, std::string_view name) {
  for (const runtime::HostInterfaceRow &row : interfaces)
    if (row.name == interface)
      for (const HostFunctionRow &function : row.functions)
        if (function.name == name)
          return &function;
  return nullptr;
}

} // namespace w2n::wasi::p2
