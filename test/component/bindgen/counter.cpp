// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A key-value store as a resource, as docs/bindgen.md has it: counter ARTIFACT.
#include "local_kv_counter.hpp"

#include <cstdio>
#include <map>

namespace {

namespace component = w2n::component;
namespace store = local::kv::store;

class Bucket final : public store::Bucket {
public:
  ~Bucket() override { puts("bucket dropped"); }
  std::optional<uint32_t> get(std::string_view key) override {
    const auto found = values.find(key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }
  void set(std::string_view key, uint32_t value) override {
    printf("%.*s = %u\n", int(key.size()), key.data(), value);
    if (value == 100)
      component::trap("too many");
    values[std::string(key)] = value;
  }

private:
  std::map<std::string, uint32_t, std::less<>> values;
};

class Store final : public store::Host {
public:
  std::unique_ptr<store::Bucket> makeBucket(std::string_view name) override {
    printf("bucket %.*s\n", int(name.size()), name.data());
    return std::make_unique<Bucket>();
  }
};

component::Status run(const char *artifact) {
  component::Linker linker;
  if (auto defined = store::define(linker, std::make_shared<Store>()); !defined)
    return defined;
  auto loaded = component::Component::load(artifact);
  if (!loaded)
    return std::unexpected(loaded.error());
  auto instance = component::Instance::make(linker, *loaded);
  if (!instance)
    return std::unexpected(instance.error());
  local::kv::counter::Guest guest(**instance);
  if (auto checked = guest.check(); !checked)
    return checked;
  auto count = guest.count("w\u00f6rld");
  if (!count)
    return std::unexpected(count.error());
  printf("%u\n", *count);
  return {};
}

} // namespace

int main(int, char **argv) {
  const auto status = run(argv[1]);
  if (!status)
    puts(status.error().text.c_str());
  return status ? 0 : 1;
}
