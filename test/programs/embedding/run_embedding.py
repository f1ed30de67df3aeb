#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

"""Installs the build, moves the installed tree, and builds and runs the example of docs/embedding.md against it."""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys

here = pathlib.Path(__file__).parent
example = here / "example"


def run(*command, **options):
    """Runs a command; its output. Ends the test if it fails."""
    command = [str(word) for word in command]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}\nended with status {done.returncode}")
    return done.stdout


def check(condition, claim):
    if not condition:
        sys.exit(f"not so: {claim}")


def install(args, name, *components):
    """Installs into a folder that is then moved: what is installed may name no place. All, if no components are named."""
    for options in [("--component", component) for component in components] or [()]:
        run(args.cmake, "--install", args.build, "--prefix", args.work / "staging", *options)
    return (args.work / "staging").rename(args.work / name)


def run_example(args, program):
    expected = (here / "expected.txt").read_text()
    output = run(program, args.work / "plugin.wasm", args.work / "plugin.so")
    check(output == expected, f"{program} prints\n{expected}but\n{output}")


def build_with_pkg_config(args, tree):
    library_path = tree / args.libdir
    environment = dict(os.environ, PKG_CONFIG_PATH=str(library_path / "pkgconfig"))
    flags = run("pkg-config", "--cflags", "--libs", "wasm2native-runtime", "wasm2native-compiler", env=environment)
    for source in (example / "plugin_host.c", here / "references/references.c", here / "vectors/vectors.c",
                   here / "objects/objects.c", here / "exceptions/exceptions.c",
                   here / "throwing/throwing.c", here / "signals/signals.c",
                   here / "cache/cache.c"):
        run(args.cc, "-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", source, "-o", args.work / source.stem,
            *flags.split(), f"-Wl,-rpath,{library_path}")
    run_example(args, args.work / "plugin_host")


def check_values(args, tree, subject):
    run("wat2wasm", here / subject / "guest.wat", "-o", args.work / "guest.wasm")
    run(tree / "bin/wasm2native", args.work / "guest.wasm", "-o", args.work / "guest.so")
    output = run(args.work / subject, args.work / "guest.so")
    check(output == "", f"{subject} travel between host and guests:\n{output}")


def check_objects(args, tree):
    module = subprocess.run([sys.executable, here / "objects/guest.py"], check=True, stdout=subprocess.PIPE).stdout
    (args.work / "objects.wasm").write_bytes(module)
    run(tree / "bin/wasm2native", args.work / "objects.wasm", "-o", args.work / "objects.so")
    output = run(args.work / "objects", args.work / "objects.so")
    check(output == "", f"objects travel between host and guests:\n{output}")


def check_exceptions(args, tree):
    run("wat2wasm", "--enable-exceptions", here / "exceptions/guest.wat", "-o", args.work / "thrower.wasm")
    for level in ("-O0", "-O3"):
        run(tree / "bin/wasm2native", level, args.work / "thrower.wasm", "-o", args.work / "thrower.so")
        output = run(args.work / "exceptions", args.work / "thrower.so")
        check(output == "", f"exceptions pass through the host at {level}:\n{output}")


def check_throwing(args, tree):
    run("wat2wasm", "--enable-exceptions", here / "throwing/guest.wat", "-o", args.work / "throwing.wasm")
    run(tree / "bin/wasm2native", args.work / "throwing.wasm", "-o", args.work / "throwing.so")
    library_path = tree / args.libdir
    run(args.cxx, "-std=c++20", "-Wall", "-Wextra", "-Werror", here / "throwing/tags.cpp", "-o", args.work / "tags",
        f"-I{tree / 'include'}", f"-L{library_path}", "-lwasm2native-runtime", f"-Wl,-rpath,{library_path}")
    for program in ("throwing", "tags"):
        output = run(args.work / program, args.work / "throwing.so")
        check(output == "", f"exceptions cross the border ({program}):\n{output}")


def check_signals(args):
    run("wat2wasm", here / "signals/guest.wat", "-o", args.work / "signals.wasm")
    output = run(args.work / "signals", args.work / "signals.wasm")
    check(output == "", f"signals are the host's:\n{output}")


def check_bindgen(args, tree):
    """An annotated header becomes host functions; built as docs/embedding.md says."""
    source = here / "bindgen"
    include = tree / "include"
    bindings = args.work / "shop_imports.hpp"
    run(tree / "bin/wasm2native-bindgen", source / "shop.hpp", "-o", bindings, "--", f"-I{include}")
    run(args.clang, "--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", source / "plugin.c", "-o",
        args.work / "shop.wasm")
    run(tree / "bin/wasm2native", args.work / "shop.wasm", "-o", args.work / "shop.so")
    library_path = tree / args.libdir
    run(args.cxx, "-std=c++23", "-Wall", "-Wextra", "-Wshadow", "-Werror", source / "shop.cpp", "-o", args.work / "shop",
        f"-I{source}", f"-I{args.work}", f"-I{include}", f"-L{library_path}", "-lwasm2native-runtime",
        f"-Wl,-rpath,{library_path}")
    output = run(args.work / "shop", args.work / "shop.so")
    expected = (source / "expected.txt").read_text()
    check(output == expected, f"the shop prints\n{expected}but\n{output}")


def check_bindgen_refuses(args, tree):
    """Each comment in refused.hpp is what is said of the line below it; nothing is written."""
    header = here / "bindgen/refused.hpp"
    bindings = args.work / "refused_imports.hpp"
    done = subprocess.run([tree / "bin/wasm2native-bindgen", header, "-o", bindings, "--", f"-I{tree / 'include'}"],
                          capture_output=True, text=True)
    said = [line.split(":", 4)[1:] for line in done.stderr.splitlines() if ": error: " in line]
    said = [(int(words[0]), f"{words[2]}:{words[3]}".strip()) for words in said]
    lines = header.read_text().splitlines()
    expected = [(number + 1, line.strip()[3:]) for number, line in enumerate(lines, 1) if "// error: " in line]
    check(said == expected, f"bindgen says\n{expected}but\n{said}\n{done.stderr}")
    check(done.returncode == 1 and not bindings.exists(), "what is refused leaves no output")


def check_cpp(args, tree):
    """The C++ header, with each compiler, standard, and without exceptions."""
    source = here / "cpp/cpp.cpp"
    run("wat2wasm", here / "cpp/guest.wat", "-o", args.work / "cpp.wasm")
    run(tree / "bin/wasm2native", args.work / "cpp.wasm", "-o", args.work / "cpp.so")
    library_path = tree / args.libdir
    flags = ["-Wall", "-Wextra", "-Wshadow", "-Werror", "-pedantic", f"-I{tree / 'include'}"]
    for compiler in (args.cxx, args.clang.replace("clang-", "clang++-")):
        run(compiler, "-std=c++23", *flags, "-fsyntax-only", source)
        run(compiler, "-std=c++20", "-O1", "-fno-exceptions", "-fno-rtti", *flags, source, "-o", args.work / "cpp",
            f"-L{library_path}", "-lwasm2native-runtime", f"-Wl,-rpath,{library_path}")
        output = run(args.work / "cpp", args.work / "cpp.so")
        check(output == "", f"C++ built by {compiler} works:\n{output}")


def check_examples(args, tree):
    """Checks the examples of docs/examples: a guest in C, a host, and what that prints."""
    library_path = tree / args.libdir
    flags = ["-Wall", "-Wextra", "-Werror", f"-I{tree / 'include'}", f"-L{library_path}", "-lwasm2native-runtime",
             f"-Wl,-rpath,{library_path}"]
    for name, compile_host, precompiled in (("rules-engine", [args.cc, "-std=c11"], False),
                                            ("image-filter", [args.cxx, "-std=c++20"], True)):
        source = pathlib.Path(args.docs).parent / "examples" / name
        guest, program = args.work / f"{name}.wasm", args.work / name
        run(args.clang, "--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", source / "guest.c", "-o", guest)
        if precompiled:
            run(tree / "bin/wasm2native", guest, "-o", args.work / f"{name}.so")
            guest = args.work / f"{name}.so"
        host = next(source.glob("host.*"))
        run(*compile_host, host, "-o", program, *flags)
        output = run(program, guest, env=dict(os.environ, WASM2NATIVE_CACHE_DIR=str(args.work / "examples-cache")))
        expected = (source / "expected.txt").read_text()
        check(output == expected, f"{name} prints\n{expected}but\n{output}")


def check_cache(args):
    def load(compiler, module):
        return run(args.work / "cache", args.work / "cached", compiler, module)

    plugin, other = args.work / "plugin.wasm", args.work / "guest.wasm"
    check(load("-", plugin) == "loaded\n", "the cache finds the compiler beside the library and loads what it makes")
    check(load("/nowhere", plugin) == "loaded\n", "what is in the cache needs no compiler")
    check("error: cannot " in load("/nowhere", other), "what is not needs one")


def configure(args, source, build, tree):
    run(args.cmake, "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={tree}", f"-DCMAKE_C_COMPILER={args.cc}",
        "-DCMAKE_C_FLAGS=-Wall -Wextra -Werror -pedantic")


def build_with_cmake(args, tree):
    build = args.work / "with-cmake"
    configure(args, example, build, tree)
    run(args.cmake, "--build", build)
    run_example(args, build / "plugin_host")
    run_example(args, build / "plugin_host_static")


def use_runtime_alone(args, node, host):
    """A node has the runtime and the command, but no compiler; a host of guests has headers as well."""
    for tree, has_headers in ((node, False), (host, True)):
        names = [path.name for path in tree.rglob("*")]
        check("wasm2native" in names and "wasm2native.1" in names, "the component has the command and its manual page")
        check(("runtime.h" in names) == has_headers, "headers are for development")
        check(not [name for name in names if "wasm2native-compiler" in name], "the component has no compiler")
    source = args.work / "node"
    source.mkdir()
    (source / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\n"
        "project(node LANGUAGES C)\n"
        "find_package(wasm2native REQUIRED COMPONENTS runtime)\n"
        "find_package(wasm2native QUIET COMPONENTS compiler)\n"
        "if(wasm2native_FOUND)\n"
        "  message(FATAL_ERROR \"found a compiler that is not installed\")\n"
        "endif()\n")
    configure(args, source, source / "build", host)
    output = run(node / "bin/wasm2native", "inspect", args.work / "plugin.so")
    check("percent" in output, "the command of the component reads artifacts")


def check_docs(args):
    docs = pathlib.Path(args.docs)
    text = docs.read_text() + docs.with_name("embedding-in-depth.md").read_text()
    for path in [*sorted(example.iterdir()), here / "bindgen/shop.hpp"]:
        first, _, rest = path.read_text().partition("\n")
        check("SPDX" in first and rest.lstrip("\n") in text, f"{args.docs} contains {path.name} as it is")


def main():
    parser = argparse.ArgumentParser()
    for name in ("build", "libdir", "work", "cmake", "cc", "cxx", "clang", "docs"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    args.work = pathlib.Path(args.work)
    shutil.rmtree(args.work, ignore_errors=True)
    args.work.mkdir(parents=True)
    run(args.clang, "--target=wasm32", "-O2", "-nostdlib", "-Wl,--no-entry", example / "plugin.c", "-o",
        args.work / "plugin.wasm")
    tree = install(args, "tree")
    build_with_pkg_config(args, tree)
    check_values(args, tree, "references")
    check_values(args, tree, "vectors")
    check_objects(args, tree)
    check_exceptions(args, tree)
    check_throwing(args, tree)
    check_signals(args)
    check_bindgen(args, tree)
    check_bindgen_refuses(args, tree)
    check_cpp(args, tree)
    check_examples(args, tree)
    check_cache(args)
    build_with_cmake(args, tree)
    use_runtime_alone(args, install(args, "runtime-tree", "runtime"), install(args, "host-tree", "runtime", "development"))
    check_docs(args)


main()
