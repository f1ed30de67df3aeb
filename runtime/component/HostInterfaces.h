// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// The functions and resources that a host offers to components, by interface and name.
//
// Versions are compatible as semantic versions are: what is defined for wasi:io/streams@0.2.12 is
// found for every 0.2.x. Of several versions, the one asked for is preferred, else the latest.
#pragma once

#include "lib/component/Version.h"
#include "runtime/component/HostCall.h"

#include <map>

namespace w2n::runtime {

struct FuncNode;

/// An error leaves the guest: kind Exit ends the program, others trap with the error's text.
using HostComponentBody = std::function<Status(HostCall &call)>;

/// Compares with the type that a host function has. Errors: Link, with found and wanted.
using ImportCheck = std::function<Status(const ImportedFunction &import)>;

struct HostComponentFunction {
  HostComponentBody body;
  /// May be empty: for functions that look at the import's type when they are called.
  ImportCheck check = {};
  /// The type that `check` compares with, where streams and futures are looked for in it.
  const FuncNode *type = nullptr;
};

class HostInterfaces {
public:
  /// `interface` is "" for a function of the world itself; `name` is as in the binary format:
  /// "read", "[method]input-stream.read", "[constructor]x". Errors: Link (defined twice).
  Status define(std::string_view interface, std::string_view name, HostComponentFunction function);
  /// The resource lives as long as this. Errors: Link (defined twice).
  Result<const HostResource *> defineResource(HostResource resource);
  /// The same for a resource that is defined elsewhere and outlives this.
  Status shareResource(const HostResource &resource);

  /// Null if there is none.
  const HostComponentFunction *findFunction(std::string_view interface,
                                            std::string_view name) const;
  const HostResource *findResource(std::string_view interface, std::string_view name) const;
  /// Whether anything of the interface is defined, in a compatible version.
  bool hasInterface(std::string_view interface) const;

private:
  struct Interface {
    std::map<std::string, std::shared_ptr<const HostComponentFunction>, std::less<>> functions;
    std::map<std::string, std::shared_ptr<const HostResource>, std::less<>> resources;
  };
  /// The versions of one name, the latest last.
  using Versions = std::map<component::Version, Interface>;

  Interface &open(std::string_view interface);
  /// Calls `look` with each compatible interface in the order of preference, until it finds
  /// something.
  template <typename Look>
  auto search(std::string_view interface, const Look &look) const
      -> decltype(look(std::declval<const Interface &>()));

  std::map<std::string, Versions, std::less<>> interfaces;
};

} // namespace w2n::runtime
