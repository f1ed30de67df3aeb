// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// WASI 0.2: sockets, on this machine's own addresses.
#include "runtime/wasi/p2/Tcp.h"
#include "runtime/wasi/p2/Udp.h"

#include "test/unit/wasi/P2Guest.h"

namespace w2n::wasi::p2 {
namespace {

class P2SocketsTest : public P2Test {
protected:
  void SetUp() override { restart({"127.0.0.1"}, {"127.0.0.1"}); }
  void restart(std::initializer_list<const char *> connect,
               std::initializer_list<const char *> listen, uint32_t maxOpenFiles = 100) {
    WasiOptions options = nothing();
    for (const char *rule : connect)
      options.network.connect.push_back(*parseNetworkRule(rule));
    for (const char *rule : listen)
      options.network.listen.push_back(*parseNetworkRule(rule));
    options.maxOpenFiles = maxOpenFiles;
    start(std::move(options));
    network = call("wasi:sockets/instance-network#instance-network");
  }

  /// A method with a result<T, error-code>: the error, or "ok".
  std::string method(std::string_view name, std::vector<Slot> slots, uint32_t errorAt = 1) {
    const std::string interface = name.starts_with("tcp") ? "tcp" : "udp";
    return function("wasi:sockets/" + interface + "#[method]" + std::string(name), std::move(slots),
                    errorAt);
  }
  std::string function(std::string_view path, std::vector<Slot> slots, uint32_t errorAt) {
    slots.push_back(place);
    call(path, std::move(slots));
    if (guest->load<uint8_t>(place) == 0)
      return "ok";
    return std::string(witCases(NetworkError())[guest->load<uint8_t>(place + errorAt)]);
  }
  Slot create(const std::string &kind, Slot family = 0) {
    EXPECT_EQ(
        function("wasi:sockets/" + kind + "-create-socket#create-" + kind + "-socket", {family}, 4),
        "ok");
    return handleAt(4);
  }
  Slot handleAt(uint32_t offset) { return guest->load<uint32_t>(place + offset); }

  /// The core values of an ip-socket-address of IPv4.
  static std::vector<Slot> address(std::array<uint8_t, 4> ip, Slot port) {
    return {0, port, ip[0], ip[1], ip[2], ip[3], 0, 0, 0, 0, 0, 0};
  }
  static constexpr std::array<uint8_t, 4> loopback = {127, 0, 0, 1}, any = {};
  std::string at(std::string_view name, Slot socket, std::array<uint8_t, 4> ip, Slot port) {
    std::vector<Slot> slots = {socket, network};
    for (Slot slot : address(ip, port))
      slots.push_back(slot);
    return method(name, std::move(slots));
  }
  /// The port in a result<ip-socket-address, error-code>.
  Slot portOf(std::string_view name, Slot socket) {
    EXPECT_EQ(method(name, {socket}, 4), "ok");
    return guest->load<uint16_t>(place + 8);
  }
  void block(std::string_view subscribe, Slot resource) {
    const std::string interface = subscribe.starts_with("tcp") ? "tcp" : "udp";
    const Slot pollable =
        call("wasi:sockets/" + interface + "#[method]" + std::string(subscribe), {resource});
    call("wasi:io/poll#[method]pollable.block", {pollable});
  }

  Slot listener() {
    const Slot socket = create("tcp");
    EXPECT_EQ(at("tcp-socket.start-bind", socket, loopback, 0), "ok");
    EXPECT_EQ(method("tcp-socket.finish-bind", {socket}), "ok");
    EXPECT_EQ(method("tcp-socket.start-listen", {socket}), "ok");
    EXPECT_EQ(method("tcp-socket.finish-listen", {socket}), "ok");
    return socket;
  }
  Slot network = 0;
};

TEST_F(P2SocketsTest, AConnectionCarriesBytes) {
  const Slot server = listener();
  EXPECT_EQ(call("wasi:sockets/tcp#[method]tcp-socket.is-listening", {server}), 1u);
  EXPECT_EQ(method("tcp-socket.accept", {server}, 4), "would-block");
  const Slot port = portOf("tcp-socket.local-address", server);

  const Slot client = create("tcp");
  EXPECT_EQ(method("tcp-socket.finish-connect", {client}, 4), "not-in-progress");
  ASSERT_EQ(at("tcp-socket.start-connect", client, loopback, port), "ok");
  block("tcp-socket.subscribe", client);
  ASSERT_EQ(method("tcp-socket.finish-connect", {client}, 4), "ok");
  const Slot clientIn = handleAt(4), clientOut = handleAt(8);
  block("tcp-socket.subscribe", server);
  ASSERT_EQ(method("tcp-socket.accept", {server}, 4), "ok");
  const Slot accepted = handleAt(4), serverIn = handleAt(8), serverOut = handleAt(12);
  EXPECT_EQ(portOf("tcp-socket.remote-address", client), port);
  EXPECT_EQ(portOf("tcp-socket.local-address", accepted), port);

  EXPECT_EQ(read(serverIn, 10), "ok:");
  EXPECT_EQ(checkWrite(clientOut), 65536u);
  EXPECT_EQ(write(clientOut, "ping"), "ok");
  EXPECT_EQ(read(serverIn, 10, "input-stream.blocking-read"), "ok:ping");
  EXPECT_EQ(write(serverOut, "pong"), "ok");
  EXPECT_EQ(method("tcp-socket.shutdown", {accepted, 1}), "ok");
  EXPECT_EQ(method("tcp-socket.shutdown", {accepted, 1}), "ok");
  EXPECT_EQ(write(serverOut, "x"), "closed");
  EXPECT_EQ(read(clientIn, 10, "input-stream.blocking-read"), "ok:pong");
  EXPECT_EQ(read(clientIn, 10, "input-stream.blocking-read"), "closed");
}

TEST_F(P2SocketsTest, WhatASocketDoesNotTakeIsKept) {
  const Slot server = listener(), client = create("tcp");
  const Slot port = portOf("tcp-socket.local-address", server);
  ASSERT_EQ(at("tcp-socket.start-connect", client, loopback, port), "ok");
  block("tcp-socket.subscribe", client);
  ASSERT_EQ(method("tcp-socket.finish-connect", {client}, 4), "ok");
  const Slot out = handleAt(8);
  block("tcp-socket.subscribe", server);
  ASSERT_EQ(method("tcp-socket.accept", {server}, 4), "ok");
  const Slot in = handleAt(8);
  uint64_t sent = 0;
  while (const uint64_t permit = checkWrite(out)) {
    ASSERT_EQ(streamCall("output-stream.write-zeroes", {out, permit}), "ok");
    sent += permit;
  }
  const Slot writable = call("wasi:io/streams#[method]output-stream.subscribe", {out});
  EXPECT_FALSE(ready(writable));
  uint64_t received = 0;
  while (received < sent) {
    ASSERT_EQ(streamCall("input-stream.blocking-skip", {in, sent - received}), "ok");
    received += guest->load<uint64_t>(place + 8);
    checkWrite(out);
  }
  EXPECT_EQ(received, sent);
  EXPECT_TRUE(ready(writable));
}

TEST_F(P2SocketsTest, NothingIsAllowedByDefault) {
  restart({}, {});
  const Slot tcp = create("tcp"), udp = create("udp");
  EXPECT_EQ(at("tcp-socket.start-connect", tcp, loopback, 80), "access-denied");
  for (const auto &[socket, name] :
       {std::pair{tcp, "tcp-socket.start-bind"}, std::pair{udp, "udp-socket.start-bind"}}) {
    EXPECT_EQ(at(name, socket, loopback, 0), "access-denied");
    EXPECT_EQ(at(name, socket, any, 8080), "access-denied");
  }
  const Slot name = guest->put("localhost");
  EXPECT_EQ(function("wasi:sockets/ip-name-lookup#resolve-addresses", {network, name, 9}, 4),
            "access-denied");
}

TEST_F(P2SocketsTest, ConnectingIsNoRightToListen) {
  restart({"127.0.0.1:80"}, {});
  const Slot socket = create("tcp");
  EXPECT_EQ(at("tcp-socket.start-connect", socket, loopback, 81), "access-denied");
  ASSERT_EQ(at("tcp-socket.start-bind", socket, loopback, 0), "ok");
  ASSERT_EQ(method("tcp-socket.finish-bind", {socket}), "ok");
  EXPECT_EQ(method("tcp-socket.start-listen", {socket}), "access-denied");
}

TEST_F(P2SocketsTest, AddressesAndPhasesAreChecked) {
  const Slot socket = create("tcp");
  EXPECT_EQ(method("tcp-socket.local-address", {socket}, 4), "invalid-state");
  EXPECT_EQ(method("tcp-socket.remote-address", {socket}, 4), "invalid-state");
  EXPECT_EQ(method("tcp-socket.start-listen", {socket}), "invalid-state");
  EXPECT_EQ(method("tcp-socket.finish-listen", {socket}), "not-in-progress");
  EXPECT_EQ(method("tcp-socket.accept", {socket}, 4), "invalid-state");
  EXPECT_EQ(method("tcp-socket.shutdown", {socket, 0}), "invalid-state");
  EXPECT_EQ(at("tcp-socket.start-connect", socket, any, 80), "invalid-argument");
  EXPECT_EQ(at("tcp-socket.start-connect", socket, loopback, 0), "invalid-argument");
  EXPECT_EQ(at("tcp-socket.start-connect", socket, {224, 0, 0, 1}, 80), "invalid-argument");
  EXPECT_EQ(at("tcp-socket.start-bind", socket, {255, 255, 255, 255}, 0), "invalid-argument");
  EXPECT_EQ(at("tcp-socket.start-bind", create("tcp", 1), loopback, 0), "invalid-argument");
  ASSERT_EQ(at("tcp-socket.start-bind", socket, loopback, 0), "ok");
  EXPECT_EQ(at("tcp-socket.start-bind", socket, loopback, 0), "concurrency-conflict");
  ASSERT_EQ(method("tcp-socket.finish-bind", {socket}), "ok");
  EXPECT_EQ(at("tcp-socket.start-bind", socket, loopback, 0), "invalid-state");
  // Nobody listens there.
  const Slot port = portOf("tcp-socket.local-address", socket), other = create("tcp");
  if (at("tcp-socket.start-connect", other, loopback, port) == "ok") {
    block("tcp-socket.subscribe", other);
    EXPECT_EQ(method("tcp-socket.finish-connect", {other}, 4), "connection-refused");
  }
  EXPECT_EQ(at("tcp-socket.start-connect", other, loopback, port), "invalid-state");
}

TEST_F(P2SocketsTest, OptionsAreSet) {
  const Slot socket = create("tcp");
  for (const char *name :
       {"tcp-socket.set-keep-alive-idle-time", "tcp-socket.set-keep-alive-interval",
        "tcp-socket.set-keep-alive-count", "tcp-socket.set-hop-limit",
        "tcp-socket.set-receive-buffer-size", "tcp-socket.set-send-buffer-size",
        "tcp-socket.set-listen-backlog-size"}) {
    EXPECT_EQ(method(name, {socket, 0}), "invalid-argument") << name;
    EXPECT_EQ(method(name, {socket, 100}), "ok") << name;
  }
  ASSERT_EQ(method("tcp-socket.hop-limit", {socket}), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 1), 100);
  EXPECT_EQ(method("tcp-socket.set-send-buffer-size", {socket, ~uint64_t(0)}), "ok");
  EXPECT_EQ(method("tcp-socket.set-keep-alive-interval", {socket, ~uint64_t(0)}), "ok");
  EXPECT_EQ(method("tcp-socket.set-keep-alive-enabled", {socket, 1}), "ok");
  ASSERT_EQ(method("tcp-socket.keep-alive-enabled", {socket}), "ok");
  EXPECT_EQ(guest->load<uint8_t>(place + 1), 1);
  EXPECT_EQ(call("wasi:sockets/tcp#[method]tcp-socket.address-family", {socket}), 0u);
}

TEST_F(P2SocketsTest, SocketsCountAsOpenFiles) {
  restart({}, {}, /*maxOpenFiles=*/4); // three places are taken
  const Slot socket = create("tcp");
  EXPECT_EQ(function("wasi:sockets/udp-create-socket#create-udp-socket", {0}, 4),
            "new-socket-limit");
  guest->drop(uint32_t(socket));
  create("udp");
}

class P2UdpTest : public P2SocketsTest {
protected:
  struct End {
    Slot socket, in, out, port;
  };
  End bound(std::array<uint8_t, 4> ip = loopback) {
    End end = {};
    end.socket = create("udp");
    EXPECT_EQ(at("udp-socket.start-bind", end.socket, ip, 0), "ok");
    EXPECT_EQ(method("udp-socket.finish-bind", {end.socket}), "ok");
    end.port = portOf("udp-socket.local-address", end.socket);
    openStreams(end, std::nullopt);
    return end;
  }
  void openStreams(End &end, std::optional<Slot> remotePort) {
    std::vector<Slot> slots = {end.socket, remotePort.has_value()};
    for (Slot slot : address(loopback, remotePort.value_or(0)))
      slots.push_back(slot);
    ASSERT_EQ(method("udp-socket.stream", std::move(slots), 4), "ok");
    end.in = handleAt(4);
    end.out = handleAt(8);
  }
  /// Sends one datagram, to `port` if there is one.
  std::string send(const End &end, std::string_view text, std::optional<uint16_t> port) {
    EXPECT_EQ(method("outgoing-datagram-stream.check-send", {end.out}, 8), "ok");
    // record { data: list<u8>, remote-address: option<ip-socket-address> }: 8 and 36 bytes.
    const uint32_t datagram = guest->take(44, 4);
    guest->store(datagram, guest->put(text));
    guest->store(datagram + 4, uint32_t(text.size()));
    guest->store(datagram + 8, uint32_t(port.has_value()));
    guest->store(datagram + 12, uint32_t(0));
    guest->store(datagram + 16, port.value_or(0));
    guest->store(datagram + 18, loopback);
    return method("outgoing-datagram-stream.send", {end.out, datagram, 1}, 8);
  }
  /// The datagrams that there are, each with a semicolon.
  std::string receive(const End &end, bool waits = true) {
    if (waits)
      block("incoming-datagram-stream.subscribe", end.in);
    EXPECT_EQ(method("incoming-datagram-stream.receive", {end.in, 100}, 4), "ok");
    std::string texts;
    for (uint32_t index = 0; index < guest->load<uint32_t>(place + 8); ++index)
      texts += guest->textAt(guest->load<uint32_t>(place + 4) + 40 * index) + ";";
    return texts;
  }
};

TEST_F(P2UdpTest, DatagramsArrive) {
  static_assert(runtime::Canonical<OutgoingDatagram>::bytes == 44);
  static_assert(runtime::Canonical<IncomingDatagram>::bytes == 40);
  const End a = bound(), b = bound();
  EXPECT_EQ(send(a, "one", uint16_t(b.port)), "ok");
  EXPECT_EQ(guest->load<uint64_t>(place + 8), 1u);
  EXPECT_EQ(send(a, "", uint16_t(b.port)), "ok");
  EXPECT_EQ(receive(b), "one;;");
  EXPECT_EQ(receive(b, /*waits=*/false), "");
  EXPECT_EQ(send(a, "x", std::nullopt), "invalid-argument");
  EXPECT_EQ(send(a, "x", 0), "invalid-argument");
  EXPECT_EQ(send(a, std::string(70000, 'x'), uint16_t(b.port)), "datagram-too-large");
  EXPECT_EQ(errorOf("wasi:sockets/udp#[method]outgoing-datagram-stream.send",
                    {bound().out, guest->take(44, 4), 1, place})
                .text,
            "a send of 1 datagrams, and check-send permitted 0");
}

TEST_F(P2UdpTest, AConnectedSocketHearsAndTellsOne) {
  End a = bound();
  const End b = bound(), stranger = bound();
  openStreams(a, b.port);
  EXPECT_EQ(send(a, "x", std::nullopt), "ok");
  EXPECT_EQ(send(a, "y", uint16_t(b.port)), "ok");
  EXPECT_EQ(send(a, "z", uint16_t(stranger.port)), "invalid-argument");
  EXPECT_EQ(receive(b), "x;y;");
  EXPECT_EQ(send(stranger, "no", uint16_t(a.port)), "ok");
  EXPECT_EQ(send(b, "yes", uint16_t(a.port)), "ok");
  EXPECT_EQ(receive(a), "yes;");
  EXPECT_EQ(portOf("udp-socket.remote-address", a.socket), b.port);
  openStreams(a, std::nullopt);
  EXPECT_EQ(method("udp-socket.remote-address", {a.socket}, 4), "invalid-state");
}

TEST_F(P2UdpTest, WithoutARuleOnlyAnswersComeIn) {
  const End other = bound();
  const auto others = state;
  auto othersGuest = std::move(guest);
  const std::string rule = "127.0.0.1:" + std::to_string(other.port);
  restart({rule.c_str()}, {});
  const End mine = bound(any);
  EXPECT_EQ(send(mine, "x", uint16_t(other.port)), "ok");
  EXPECT_EQ(send(mine, "x", 9), "access-denied");
  // From an address that no rule has.
  std::swap(guest, othersGuest);

  const End stranger = bound();
  EXPECT_EQ(send(stranger, "stranger", uint16_t(mine.port)), "ok");
  EXPECT_EQ(send(other, "answer", uint16_t(mine.port)), "ok");
  std::swap(guest, othersGuest);
  EXPECT_EQ(receive(mine), "answer;");
}

class P2LookupTest : public P2SocketsTest {
protected:
  /// The first address of `name`, or the error.
  std::string lookUp(std::string_view name) {
    const std::string outcome = function("wasi:sockets/ip-name-lookup#resolve-addresses",
                                         {network, guest->put(name), name.size()}, 4);
    if (outcome != "ok")
      return outcome;
    const Slot stream = handleAt(4);
    const Slot pollable =
        call("wasi:sockets/ip-name-lookup#[method]resolve-address-stream.subscribe", {stream});
    call("wasi:io/poll#[method]pollable.block", {pollable});
    // result<option<ip-address>, error-code>: the option at 2, the variant at 4, its payload at 6.
    const std::string next =
        function("wasi:sockets/ip-name-lookup#[method]resolve-address-stream.resolve-next-address",
                 {stream}, 2);
    if (next != "ok" || guest->load<uint8_t>(place + 2) == 0)
      return next;
    std::string text = guest->load<uint8_t>(place + 4) == 0 ? "v4" : "v6";
    for (uint32_t index = 0; index < 4; ++index)
      text += "." + std::to_string(guest->load<uint8_t>(place + 6 + index));
    return text;
  }
};

TEST_F(P2LookupTest, AddressesAreThemselves) {
  EXPECT_EQ(lookUp("192.0.2.7"), "v4.192.0.2.7");
  EXPECT_EQ(lookUp("::1").substr(0, 2), "v6");
  EXPECT_EQ(lookUp("::ffff:1.2.3.4"), "invalid-argument");
  for (const char *name : {"", "a b", "a:80", "[::1]", "http://x/"})
    EXPECT_EQ(lookUp(name), "invalid-argument") << name;
}

TEST_F(P2LookupTest, ANameOfARuleAllowsItsAddresses) {
  restart({"localhost"}, {});
  const Slot socket = create("tcp");
  EXPECT_EQ(at("tcp-socket.start-connect", socket, loopback, 9), "access-denied");
  EXPECT_EQ(lookUp("example.com"), "access-denied");
  if (lookUp("localhost") == "v4.127.0.0.1") {
    EXPECT_NE(at("tcp-socket.start-connect", socket, loopback, 9), "access-denied");
  }
}

} // namespace
} // namespace w2n::wasi::p2
