#include "runtime/core/CanonicalTypes.h"

#include "runtime/core/ValueTypes.h"

#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace w2n::runtime {

namespace {

/// Parameters, a separator that is no type, results.
using Key = std::string;
constexpr char separator = char(0xff);

void append(Key &key, std::span<const uint8_t> codes) {
  key.append(reinterpret_cast<const char *>(codes.data()), codes.size());
}

class Registry {
public:
  /// Under the lock.
  uint32_t idOf(const Key &key) {
    auto [entry, isNew] = ids.try_emplace(key, uint32_t(types.size()));
    if (isNew)
      types.push_back(typeOf(key));
    return entry->second;
  }
  const wasm::FunctionType &typeWith(uint32_t id) { return types[id]; }

  std::mutex lock;

private:
  static wasm::FunctionType typeOf(const Key &key) {
    wasm::FunctionType type;
    auto *values = &type.params;
    for (char code : key) {
      if (code == separator)
        values = &type.results;
      else
        values->push_back(valueTypeOf(artifact::ValueTypeCode(code)));
    }
    return type;
  }

  std::unordered_map<Key, uint32_t> ids;
  std::deque<wasm::FunctionType> types; // references stay valid
};

Registry &registry() {
  static auto &instance = *new Registry;
  return instance;
}

} // namespace

uint32_t canonicalTypeId(const wasm::FunctionType &type) {
  Key key;
  key.reserve(type.params.size() + 1 + type.results.size());
  for (wasm::ValueType param : type.params)
    key.push_back(char(codeOf(param)));
  key.push_back(separator);
  for (wasm::ValueType result : type.results)
    key.push_back(char(codeOf(result)));
  std::lock_guard guard(registry().lock);
  return registry().idOf(key);
}

std::vector<uint32_t> canonicalTypeIds(const artifact::Metadata &metadata) {
  std::vector<uint32_t> ids;
  ids.reserve(metadata.types().size());
  Key key;
  std::lock_guard guard(registry().lock);
  for (const artifact::TypeRecord &type : metadata.types()) {
    key.clear();
    append(key, metadata.valueTypes(type.params));
    key.push_back(separator);
    append(key, metadata.valueTypes(type.results));
    ids.push_back(registry().idOf(key));
  }
  return ids;
}

const wasm::FunctionType &canonicalType(uint32_t id) {
  std::lock_guard guard(registry().lock);
  return registry().typeWith(id);
}

} // namespace w2n::runtime
