// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "runtime/wasi/proposals/Interfaces.h"

#include "runtime/wasi/proposals/Config.h"
#include "runtime/wasi/proposals/KeyValue.h"
#include "runtime/wasi/proposals/Logging.h"

namespace w2n::wasi::proposals {

namespace {

using runtime::hostFunction;
using runtime::HostFunctionRow;
using runtime::HostInterfaceRow;

constexpr HostFunctionRow configStore[] = {
    hostFunction<getConfig>("get", "key"),
    hostFunction<getAllConfig>("get-all", ""),
};
constexpr HostInterfaceRow config[] = {{"wasi:config/store", configStore}};

constexpr HostFunctionRow loggingFunctions[] = {
    hostFunction<logMessage>("log", "level context message"),
};
constexpr HostInterfaceRow logging[] = {{"wasi:logging/logging", loggingFunctions}};

constexpr HostFunctionRow keyValueStore[] = {
    hostFunction<openStore>("open", "identifier"),
    hostFunction<getValue>("[method]bucket.get", "self key"),
    hostFunction<setValue>("[method]bucket.set", "self key value"),
    hostFunction<deleteKey>("[method]bucket.delete", "self key"),
    hostFunction<keyExists>("[method]bucket.exists", "self key"),
    hostFunction<listKeys>("[method]bucket.list-keys", "self cursor"),
};
constexpr HostFunctionRow keyValueAtomics[] = {
    hostFunction<incrementValue>("increment", "bucket key delta"),
};
constexpr HostFunctionRow keyValueBatch[] = {
    hostFunction<getMany>("get-many", "bucket keys"),
    hostFunction<setMany>("set-many", "bucket key-values"),
    hostFunction<deleteMany>("delete-many", "bucket keys"),
};
constexpr HostInterfaceRow keyValue[] = {{"wasi:keyvalue/store", keyValueStore},
                                         {"wasi:keyvalue/atomics", keyValueAtomics},
                                         {"wasi:keyvalue/batch", keyValueBatch}};
constexpr const runtime::ResourceType *keyValueResources[] = {&BucketHandle::type};

constexpr Package packages[] = {
    {"@0.2.0-rc.1", config},
    // Most programs are built with a package without a version.
    {"", logging},
    {"@0.1.0-draft", logging},
    {"@0.2.0-draft", keyValue, keyValueResources},
};

} // namespace

std::span<const Package> allPackages() { return packages; }

} // namespace w2n::wasi::proposals
