// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/libraries/RemoteTransfer.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <curl/curl.h>
#include <memory>
#include <new>
#include <string>
#include <vector>
#include <zstd.h>

namespace w2n::libraries {

namespace {

/// Fast: artifacts come over networks of a data center.
constexpr int compressionLevel = 3;
/// More than any frame of ours needs; a frame from elsewhere may ask for more, and does not get it.
constexpr int maxWindowLog = 27;

/// The body of a request, as libcurl reads it.
struct Upload {
  const uint8_t *bytes;
  size_t left;
};

size_t readUpload(char *buffer, size_t size, size_t count, void *user) {
  Upload &upload = *static_cast<Upload *>(user);
  const size_t taken = std::min(size * count, upload.left);
  std::copy_n(upload.bytes, taken, buffer);
  upload.bytes += taken;
  upload.left -= taken;
  return taken;
}

size_t writeAnswer(char *bytes, size_t size, size_t count, void *user) {
  const ByteSink &sink = *static_cast<const ByteSink *>(user);
  const size_t total = size * count;
  return sink.add(sink.user, reinterpret_cast<const uint8_t *>(bytes), total) ? total : 0;
}

/// A transfer of libcurl, which has no signals of its own and uses no protocol but HTTP.
class Transfer {
public:
  explicit Transfer(const RemoteRequest &request)
      : handle(curl_easy_init()), upload{request.body, request.bodyBytes} {
    if (!handle)
      return;
    curl_easy_setopt(handle, CURLOPT_URL, request.url);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, long(request.connectMs));
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, long(request.totalMs));
    // A resolver that has no answer yet does not hold up the end of a transfer.
    curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, "wasm2native");
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
    if (strcmp(request.method, "HEAD") == 0)
      curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    if (strcmp(request.method, "PUT") == 0) {
      curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
      curl_easy_setopt(handle, CURLOPT_READFUNCTION, readUpload);
      curl_easy_setopt(handle, CURLOPT_READDATA, &upload);
      curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(request.bodyBytes));
    }
    addHeader("Content-Type: application/octet-stream");
    // Not to wait for an answer that many servers do not give.
    addHeader("Expect:");
    if (request.token)
      addHeader(("Authorization: Bearer " + std::string(request.token)).c_str());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  }
  ~Transfer() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(handle);
  }
  Transfer(const Transfer &) = delete;
  Transfer &operator=(const Transfer &) = delete;

  void perform(const ByteSink &sink, RemoteAnswer &answer) {
    if (!handle)
      return fail(answer, "libcurl cannot be used");
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, writeAnswer);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, &sink);
    if (const CURLcode code = curl_easy_perform(handle); code != CURLE_OK)
      return fail(answer, *error ? error : curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    answer.status = uint32_t(status);
  }

private:
  static void fail(RemoteAnswer &answer, const char *text) {
    answer.status = 0;
    snprintf(answer.error, sizeof(answer.error), "%s", text);
  }
  void addHeader(const char *line) {
    if (curl_slist *longer = curl_slist_append(headers, line))
      headers = longer;
  }

  CURL *handle;
  curl_slist *headers = nullptr;
  Upload upload;
  char error[CURL_ERROR_SIZE] = {};
};

void transfer(const RemoteRequest *request, const ByteSink *sink, RemoteAnswer *answer) {
  *answer = {};
  // Once for the process, whichever thread is first.
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialized != CURLE_OK) {
    snprintf(answer->error, sizeof(answer->error), "%s", curl_easy_strerror(initialized));
    return;
  }
  Transfer(*request).perform(*sink, *answer);
}

bool compress(const uint8_t *bytes, size_t count, const ByteSink *sink) {
  const size_t capacity = ZSTD_compressBound(count);
  const std::unique_ptr<uint8_t[]> frame(new (std::nothrow) uint8_t[capacity]);
  if (!frame)
    return false;
  const size_t size = ZSTD_compress(frame.get(), capacity, bytes, count, compressionLevel);
  return !ZSTD_isError(size) && sink->add(sink->user, frame.get(), size);
}

bool decompress(const uint8_t *bytes, size_t count, const ByteSink *sink) {
  ZSTD_DCtx *context = ZSTD_createDCtx();
  if (!context)
    return false;
  ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, maxWindowLog);
  std::vector<uint8_t> buffer(ZSTD_DStreamOutSize());
  ZSTD_inBuffer in = {bytes, count, 0};
  size_t left = 1;
  bool isGood = true;
  while (isGood && left != 0) {
    ZSTD_outBuffer out = {buffer.data(), buffer.size(), 0};
    const size_t read = in.pos;
    left = ZSTD_decompressStream(context, &out, &in);
    // Neither bytes in nor bytes out: the frame was cut short.
    isGood = !ZSTD_isError(left) && (in.pos != read || out.pos != 0 || left == 0) &&
             (out.pos == 0 || sink->add(sink->user, buffer.data(), out.pos));
  }
  ZSTD_freeDCtx(context);
  return isGood && in.pos == count;
}

} // namespace

extern "C" __attribute__((visibility("default"))) const RemoteFunctions w2n_remote_functions;
const RemoteFunctions w2n_remote_functions = {transfer, compress, decompress};

} // namespace w2n::libraries
