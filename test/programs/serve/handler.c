// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A handler of wasi:http 0.2, on the canonical ABI itself: what it does, the path says.
#include <stdint.h>

typedef int32_t Handle;
typedef uint8_t Bytes;

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#define TYPES "wasi:http/types@0.2.12"
#define STREAMS "wasi:io/streams@0.2.12"

IMPORT(TYPES, "[method]incoming-request.path-with-query") void pathOf(Handle, void *);
IMPORT(TYPES, "[method]incoming-request.headers") Handle headersOf(Handle);
IMPORT(TYPES, "[method]incoming-request.consume") void consume(Handle, void *);
IMPORT(TYPES, "[method]incoming-body.stream") void bodyStream(Handle, void *);
IMPORT(TYPES, "[static]incoming-body.finish") Handle bodyFinish(Handle);
IMPORT(TYPES, "[method]future-trailers.get") void trailersGet(Handle, void *);
IMPORT(TYPES, "[method]future-trailers.subscribe") Handle trailersSubscribe(Handle);
IMPORT(TYPES, "[constructor]fields") Handle fieldsNew(void);
IMPORT(TYPES, "[method]fields.append")
void fieldsAppend(Handle, const void *, uint32_t, const void *, uint32_t, void *);
IMPORT(TYPES, "[constructor]outgoing-response") Handle responseNew(Handle);
IMPORT(TYPES, "[method]outgoing-response.set-status-code") int32_t setStatus(Handle, int32_t);
IMPORT(TYPES, "[method]outgoing-response.body") void responseBody(Handle, void *);
IMPORT(TYPES, "[method]outgoing-body.write") void bodyWrite(Handle, void *);
IMPORT(TYPES, "[static]outgoing-body.finish") void outgoingFinish(Handle, int32_t, Handle, void *);
IMPORT(TYPES, "[static]response-outparam.set")
void outparamSet(Handle, int32_t, int32_t, int32_t, int64_t, int32_t, int32_t, int32_t, int32_t);
IMPORT(TYPES, "[constructor]outgoing-request") Handle requestNew(Handle);
IMPORT(TYPES, "[method]outgoing-request.set-authority") int32_t setAuthority(Handle, int32_t, const void *, uint32_t);
IMPORT(TYPES, "[method]outgoing-request.set-scheme")
int32_t setScheme(Handle, int32_t, int32_t, const void *, uint32_t);
IMPORT(TYPES, "[method]outgoing-request.set-path-with-query") int32_t setPath(Handle, int32_t, const void *, uint32_t);
IMPORT(TYPES, "[constructor]request-options") Handle optionsNew(void);
IMPORT(TYPES, "[method]request-options.set-between-bytes-timeout") int32_t setBetweenBytes(Handle, int32_t, int64_t);
IMPORT("wasi:http/outgoing-handler@0.2.12", "handle") void send(Handle, int32_t, Handle, void *);
IMPORT(TYPES, "[method]future-incoming-response.subscribe") Handle futureSubscribe(Handle);
IMPORT(TYPES, "[method]future-incoming-response.get") void futureGet(Handle, void *);
IMPORT(TYPES, "[method]incoming-response.consume") void responseConsume(Handle, void *);
IMPORT(STREAMS, "[method]input-stream.blocking-read") void blockingRead(Handle, int64_t, void *);
IMPORT(STREAMS, "[method]output-stream.blocking-write-and-flush")
void writeAndFlush(Handle, const void *, uint32_t, void *);
IMPORT(STREAMS, "[resource-drop]input-stream") void dropInput(Handle);
IMPORT(STREAMS, "[resource-drop]output-stream") void dropOutput(Handle);
IMPORT("wasi:clocks/monotonic-clock@0.2.12", "subscribe-duration") Handle subscribeDuration(int64_t);
IMPORT("wasi:io/poll@0.2.12", "[method]pollable.block") void block(Handle);

/// Room that is never given back: an instance answers one request.
static Bytes heap[1 << 20];
static uint32_t used;
__attribute__((export_name("cabi_realloc")))
void *reallocate(void *old, uint32_t oldBytes, uint32_t alignment, uint32_t bytes) {
  (void)old, (void)oldBytes;
  used = (used + alignment - 1) / alignment * alignment;
  if (bytes > sizeof(heap) - used)
    used = 64 << 10; // a stream's pieces, of which the last is done with
  void *result = heap + used;
  used += bytes;
  return result;
}

static uint32_t length(const char *text) {
  uint32_t bytes = 0;
  while (text[bytes])
    ++bytes;
  return bytes;
}

static int startsWith(const char *text, uint32_t bytes, const char *prefix) {
  uint32_t i = 0;
  for (; prefix[i]; ++i)
    if (i >= bytes || text[i] != prefix[i])
      return 0;
  return 1;
}

/// A result whose payload is a word.
struct Result {
  Bytes isError;
  int32_t value;
};
struct List {
  Bytes tag;
  const char *data;
  uint32_t bytes;
};

static Handle unwrap(struct Result result) {
  if (result.isError)
    __builtin_trap();
  return result.value;
}

/// An answer whose body is still to be written.
static Handle begin(Handle outparam, int status, const char *name, const char *value, Handle *stream) {
  Handle fields = fieldsNew();
  struct Result result;
  if (name)
    fieldsAppend(fields, name, length(name), value, length(value), &result);
  Handle response = responseNew(fields);
  setStatus(response, status);
  responseBody(response, &result);
  Handle body = unwrap(result);
  bodyWrite(body, &result);
  *stream = unwrap(result);
  outparamSet(outparam, 0, response, 0, 0, 0, 0, 0, 0);
  return body;
}

static void put(Handle stream, const char *data, uint32_t bytes) {
  struct Result result[2];
  while (bytes) {
    const uint32_t part = bytes < 4096 ? bytes : 4096;
    writeAndFlush(stream, data, part, result);
    if (result[0].isError)
      __builtin_trap();
    data += part;
    bytes -= part;
  }
}

static void end(Handle body, Handle stream, int hasTrailers, Handle trailers) {
  struct Result result[8];
  dropOutput(stream);
  outgoingFinish(body, hasTrailers, trailers, result);
}

static void answer(Handle outparam, int status, const char *text) {
  Handle stream, body = begin(outparam, status, "content-type", "text/plain", &stream);
  put(stream, text, length(text));
  end(body, stream, 0, 0);
}

/// Copies a body, piece by piece.
static void copy(Handle input, Handle output) {
  struct List piece;
  while (blockingRead(input, 65536, &piece), !piece.tag)
    put(output, piece.data, piece.bytes);
}

static void echo(Handle request, Handle outparam) {
  struct Result result;
  consume(request, &result);
  Handle incoming = unwrap(result);
  bodyStream(incoming, &result);
  Handle input = unwrap(result), stream;
  struct List first;
  blockingRead(input, 65536, &first);
  Handle body = begin(outparam, 200, "x-echo", "yes", &stream);
  if (!first.tag) {
    put(stream, first.data, first.bytes);
    copy(input, stream);
  }
  dropInput(input);
  // Its trailers become the answer's: option<result<result<option<fields>, error-code>>>.
  Handle future = bodyFinish(incoming);
  static _Alignas(8) struct {
    Bytes isSome, pad1[7], isTaken, pad2[7], isError, pad3[7], hasFields, pad4[3];
    Handle fields;
    Bytes rest[32];
  } got;
  block(trailersSubscribe(future));
  trailersGet(future, &got);
  end(body, stream, got.isSome && !got.isTaken && !got.isError && got.hasFields, got.fields);
}

/// An answer of five bytes, or of none, with a content-length for each of `lengths`, which commas separate.
static void answerWithLengths(Handle outparam, int bodied, const char *lengths, uint32_t bytes) {
  Handle fields = fieldsNew(), stream = 0, body = 0;
  struct Result result;
  for (uint32_t first = 0, i = 0; i <= bytes; ++i)
    if (i == bytes || lengths[i] == ',') {
      fieldsAppend(fields, "Content-Length", 14, lengths + first, i - first, &result);
      first = i + 1;
    }
  Handle response = responseNew(fields);
  if (bodied) {
    responseBody(response, &result);
    body = unwrap(result);
    bodyWrite(body, &result);
    stream = unwrap(result);
  }
  outparamSet(outparam, 0, response, 0, 0, 0, 0, 0, 0);
  if (!bodied)
    return;
  struct Result written[2];
  writeAndFlush(stream, "12345", 5, written);
  end(body, stream, 0, 0);
}

/// `scheme`: a case of the variant, HTTP or HTTPS.
static void fetch(Handle outparam, int scheme, const char *authority, uint32_t bytes) {
  static _Alignas(8) struct {
    Bytes isError, pad[7], code, rest[47];
  } sent;
  static _Alignas(8) struct {
    Bytes isSome, pad1[7], isTaken, pad2[7], isError, pad3[7], value[48];
  } got;
  struct Result result;
  Handle request = requestNew(fieldsNew());
  setScheme(request, 1, scheme, 0, 0);
  setAuthority(request, 1, authority, bytes);
  setPath(request, 1, "/hello", 6);
  send(request, 0, 0, &sent);
  if (sent.isError) {
    char text[] = "not sent: 00\n";
    text[10] += sent.code / 10, text[11] += sent.code % 10;
    return answer(outparam, 502, text);
  }
  const Handle future = *(Handle *)&sent.code;
  block(futureSubscribe(future));
  futureGet(future, &got);
  if (!got.isSome || got.isError) {
    char text[] = "no answer: 00\n";
    text[11] += got.value[0] / 10, text[12] += got.value[0] % 10;
    return answer(outparam, 502, text);
  }
  responseConsume(*(Handle *)got.value, &result);
  Handle incoming = unwrap(result), stream;
  bodyStream(incoming, &result);
  Handle input = unwrap(result);
  Handle body = begin(outparam, 200, "x-fetched", "yes", &stream);
  copy(input, stream);
  end(body, stream, 0, 0);
}

__attribute__((export_name("wasi:http/incoming-handler@0.2.12#handle")))
void handle(Handle request, Handle outparam) {
  struct List path;
  pathOf(request, &path);
  if (!path.tag)
    __builtin_trap();
#define IS(prefix) startsWith(path.data, path.bytes, prefix)
  if (IS("/hello"))
    return answer(outparam, 200, "hello\n");
  if (IS("/echo"))
    return echo(request, outparam);
  if (IS("/wait")) {
    int64_t ms = 0;
    for (uint32_t i = 5; i < path.bytes; ++i)
      ms = 10 * ms + path.data[i] - '0';
    block(subscribeDuration(ms * 1000000));
    return answer(outparam, 200, "waited\n");
  }
  if (IS("/trap"))
    __builtin_trap();
  if (IS("/loop"))
    while (1)
      __asm__ volatile("");
  if (IS("/nothing"))
    return;
  if (IS("/half")) {
    Handle stream;
    begin(outparam, 200, "content-length", "10", &stream);
    put(stream, "12345", 5);
    return;
  }
  if (IS("/forbidden")) {
    Handle fields = fieldsNew();
    struct Result result;
    fieldsAppend(fields, "Transfer-Encoding", 17, "chunked", 7, &result);
    const int forbidden = result.isError && (result.value & 0xff) == 1;
    // header-error is a variant without payloads: one byte after the discriminant.
    const int isForbidden = result.isError && ((Bytes *)&result)[1] == 1;
    return answer(outparam, 200, forbidden || isForbidden ? "forbidden\n" : "allowed\n");
  }
  if (IS("/timeout")) {
    const Handle options = optionsNew();
    const int isRefused = setBetweenBytes(options, 1, 1000) && !setBetweenBytes(options, 0, 0);
    return answer(outparam, 200, isRefused ? "refused\n" : "taken\n");
  }
  if (IS("/grow"))
    return answer(outparam, 200, __builtin_wasm_memory_grow(0, 4096) == (unsigned long)-1 ? "no room\n" : "grown\n");
  if (IS("/lengths/"))
    return answerWithLengths(outparam, 1, path.data + 9, path.bytes - 9);
  if (IS("/bodiless/"))
    return answerWithLengths(outparam, 0, path.data + 10, path.bytes - 10);
  if (IS("/fetch/"))
    return fetch(outparam, 0, path.data + 7, path.bytes - 7);
  if (IS("/fetch-secure/"))
    return fetch(outparam, 1, path.data + 14, path.bytes - 14);
  answer(outparam, 404, "what?\n");
}
