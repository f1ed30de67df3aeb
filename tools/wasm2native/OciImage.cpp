// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "tools/wasm2native/OciImage.h"

#include "lib/support/Descriptor.h"
#include "lib/support/File.h"
#include "lib/support/Sha256.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <sys/stat.h>

namespace w2n::tool {

namespace {

using Json = nlohmann::json;

// Source: the OCI image specification, "Image Layout", "Image Index" and "Image Manifest"; the
// CNCF's guidance on wasm in OCI artifacts, and the type that was used before it.
constexpr std::string_view indexType = "application/vnd.oci.image.index.v1+json",
                           algorithm = "sha256:";
constexpr std::array<std::string_view, 2> moduleTypes = {
    "application/wasm", "application/vnd.wasm.content.layer.v1+wasm"};
constexpr const char *tagAnnotation = "org.opencontainers.image.ref.name";
constexpr size_t digestDigits = 64;
constexpr uint64_t maxJsonBytes = 4 << 20, maxModuleBytes = uint64_t(1) << 30;
/// The most that is read of one image before its module is found: a small one can name the same
/// files again and again.
constexpr unsigned maxFiles = 256;
constexpr uint64_t maxTotalJsonBytes = 32 << 20;
/// An index may name another.
constexpr unsigned maxDepth = 4;

std::string textAt(const Json &object, const char *name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : "";
}

const Json &listAt(const Json &object, const char *name) {
  static const Json none = Json::array();
  if (!object.is_object())
    return none;
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : none;
}

std::string tagOf(const Json &descriptor) {
  if (!descriptor.is_object())
    return "";
  const auto annotations = descriptor.find("annotations");
  return annotations == descriptor.end() ? "" : textAt(*annotations, tagAnnotation);
}

/// Reads a regular file of at most `maxBytes`.
Result<std::vector<uint8_t>> readLimited(const std::string &path, uint64_t maxBytes) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status;
  if (!file || fstat(file.get(), &status) != 0)
    return fail(ErrorKind::Io, "cannot open '" + path + "': " + std::strerror(errno));
  if (!S_ISREG(status.st_mode) || uint64_t(status.st_size) > maxBytes)
    return fail(ErrorKind::Malformed, "'" + path + "' is no regular file, or has more than " +
                                          std::to_string(maxBytes) + " bytes");
  return readDescriptor(file.get(), path, maxBytes);
}

Result<Json> parseJson(const std::vector<uint8_t> &bytes, const std::string &path) {
  Json json = Json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return fail(ErrorKind::Malformed, "'" + path + "' is no JSON object, as an image has it", 0);
  return json;
}

/// A folder with an image.
class Layout {
public:
  explicit Layout(std::string folder) : folder(std::move(folder)) {}

  Result<OciModule> module(const std::string &tag) {
    const std::string path = folder + "/index.json";
    W2N_TRY(bytes, readLimited(path, maxJsonBytes));
    W2N_TRY(index, parseJson(bytes, path));
    return moduleIn(index, tag, 0);
  }

private:
  /// The file that `descriptor` names, which has the digest that it says.
  Result<OciModule> blob(const Json &descriptor, uint64_t maxBytes) {
    const std::string digest = textAt(descriptor, "digest");
    const std::string digits = digest.substr(std::min(algorithm.size(), digest.size()));
    if (!digest.starts_with(algorithm) || digits.size() != digestDigits ||
        digits.find_first_not_of("0123456789abcdef") != digits.npos)
      return fail(ErrorKind::Unsupported,
                  "the image in '" + folder + "' names a file by '" + digest + "', not by SHA-256");
    const std::string path = folder + "/blobs/sha256/" + digits;
    if (++fileCount > maxFiles || jsonBytes > maxTotalJsonBytes)
      return fail(ErrorKind::Malformed, "the image in '" + folder +
                                            "' has no module in the first " +
                                            std::to_string(maxFiles) + " files and " +
                                            std::to_string(maxTotalJsonBytes) + " bytes of JSON");
    W2N_TRY(bytes, readLimited(path, maxBytes));
    jsonBytes += bytes.size();
    if (sha256Of(bytes) != digits)
      return fail(ErrorKind::Malformed, "'" + path + "' does not have the digest that is its name");
    return OciModule{std::move(bytes), path};
  }

  Result<OciModule> moduleIn(const Json &index, const std::string &tag, unsigned depth) {
    const Json &manifests = listAt(index, "manifests");
    if (depth == maxDepth)
      return fail(ErrorKind::Malformed, "the image in '" + folder + "' has indices in indices");
    std::optional<Error> problem;
    for (const Json &descriptor : manifests) {
      if (!tag.empty() && tagOf(descriptor) != tag)
        continue;
      auto found = moduleOf(descriptor, depth);
      // Something malformed is not passed over for something else.
      if (found || found.error().kind == ErrorKind::Malformed)
        return found;
      if (!problem)
        problem = found.error();
    }
    if (problem)
      return std::unexpected(*problem);
    return fail(ErrorKind::Unsupported, "there is no image" +
                                            (tag.empty() ? "" : " '" + tag + "'") + " in '" +
                                            folder + "'");
  }

  Result<OciModule> moduleOf(const Json &descriptor, unsigned depth) {
    W2N_TRY(file, blob(descriptor, maxJsonBytes));
    W2N_TRY(manifest, parseJson(file.bytes, file.path));
    if (textAt(descriptor, "mediaType") == indexType)
      return moduleIn(manifest, "", depth + 1);
    std::string types;
    for (const Json &layer : listAt(manifest, "layers")) {
      const std::string type = textAt(layer, "mediaType");
      if (std::ranges::find(moduleTypes, type) != moduleTypes.end())
        return blob(layer, maxModuleBytes);
      types += (types.empty() ? "" : ", ") + type;
    }
    return fail(ErrorKind::Unsupported, "no layer of the image in '" + folder +
                                            "' is application/wasm, there is " +
                                            (types.empty() ? "none" : types));
  }

  std::string folder;
  unsigned fileCount = 0;
  uint64_t jsonBytes = 0;
};

} // namespace

Result<OciModule> readOciModule(const std::string &name) {
  std::string folder = name.substr(ociPrefix.size()), tag;
  struct stat status;
  const size_t colon = folder.rfind(':');
  if (stat(folder.c_str(), &status) != 0 && colon != folder.npos) {
    tag = folder.substr(colon + 1);
    folder.resize(colon);
  }
  return Layout(folder).module(tag);
}

} // namespace w2n::tool
