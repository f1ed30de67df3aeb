# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Tests of what a user sees: the command line, its errors, LLVM IR at each phase boundary, running.
import os
import sys

import lit.formats

config.name = "wasm2native"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".wat", ".c", ".s", ".ll", ".test"]
config.excludes = ["Inputs"]
# Builds without the compiler have no tool for its passes.
if not os.path.exists(os.path.join(config.build_dir, "bin", "w2n-opt")):
    config.excludes.append("passes")
# A compiler without sanitizers is the release build's, whose tests these are.
if config.sanitizer not in ("", "OFF"):
    config.excludes += ["codegen", "lower", "simd", "report"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.build_dir, "test", "lit")

config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.build_dir, "bin"), config.llvm_tools_dir, config.environment["PATH"]]
)
# A compiler that the developer's shell names is not the one under test.
config.environment.pop("WASM2NATIVE_COMPILER", None)
# The compiler of another build may be: its library, and its w2n-opt (utils/test.sh).
if other := os.environ.get("W2N_COMPILER_BUILD"):
    config.environment["WASM2NATIVE_COMPILER"] = os.path.join(other, "lib", "libwasm2native-compiler.so")
    config.environment["PATH"] = os.pathsep.join([os.path.join(other, "bin"), config.environment["PATH"]])
# Nor is the developer's cache.
config.environment["WASM2NATIVE_CACHE_DIR"] = os.path.join(config.test_exec_root, "cache")

# Whether memories are surrounded by guards (docs/security.md), and where w2n-opt counts what passes do.
for name in ("WASM2NATIVE_GUARD_ORACLE", "W2N_PASS_COUNTS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# C to a WASI module.
config.substitutions.append(
    ("%clang-wasi", "clang-22 --target=wasm32-wasi -Wno-deprecated -O2")
)

# The scripts of components, and what writes the component of one to a file.
components = os.path.join(config.test_source_root, "..", "component")
writer = os.path.join(components, "write_component.py")
config.substitutions.append(("%write-component", sys.executable + " " + writer))
config.substitutions.append(("%components", components))

config.substitutions.append(("%python", sys.executable))

# The folder of the command under test.
config.substitutions.append(("%bin", os.path.join(config.build_dir, "bin")))

config.available_features.add(os.uname().machine)
# Features of the processor that tests depend on.
with open("/proc/cpuinfo") as cpuinfo:
    config.available_features.update({"fma"}.intersection(cpuinfo.read().split()))
# Sanitizers need memory of their own, and keep what is freed.
if config.sanitizer not in ("", "OFF"):
    config.available_features.add("sanitizer")
