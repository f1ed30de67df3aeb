// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A plug-in that calls the host back while it is called: plug ARTIFACT.
#include "local_plug_plug_in.hpp"

#include <cstdio>

namespace {

namespace component = w2n::component;
namespace filter = exports::local::plug::filter;

class Progress final : public local::plug::progress::Host {
public:
  bool report(uint32_t done, uint32_t total) override {
    printf("%u of %u\n", done, total);
    if (done == trapAt)
      component::trap("stopped hard");
    return done != stopAt;
  }
  uint32_t stopAt = 0, trapAt = 0;
};

void show(const component::Result<std::expected<std::string, uint32_t>> &outcome) {
  if (!outcome)
    printf("%s\n", outcome.error().text.c_str());
  else if (!*outcome)
    printf("stopped after %u\n", outcome->error());
  else
    printf("%s\n", (*outcome)->c_str());
}

component::Status run(const char *artifact) {
  auto progress = std::make_shared<Progress>();
  component::Linker linker;
  if (auto defined = local::plug::progress::define(linker, progress); !defined)
    return defined;
  auto loaded = component::Component::load(artifact);
  if (!loaded)
    return std::unexpected(loaded.error());
  auto instance = component::Instance::make(linker, *loaded);
  if (!instance)
    return std::unexpected(instance.error());
  filter::Guest guest(**instance);
  show(guest.run("text"));
  progress->stopAt = 2;
  show(guest.run("text"));
  progress->trapAt = 1;
  show(guest.run("text"));
  return {};
}

} // namespace

int main(int, char **argv) {
  const auto status = run(argv[1]);
  if (!status)
    puts(status.error().text.c_str());
  return status ? 0 : 1;
}
