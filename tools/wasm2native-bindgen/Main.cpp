// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// wasm2native-bindgen: an annotated C++ header becomes host functions that guests can import, and
// a world in WIT becomes headers for a host of its components.
#include "tools/wasm2native-bindgen/wit/Main.h"
#include "lib/support/File.h"
#include "tools/wasm2native-bindgen/Emit.h"
#include "tools/wasm2native-bindgen/ReadHeader.h"

#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/FrontendActions.h>
#include <clang/Tooling/CommonOptionsParser.h>
#include <clang/Tooling/Tooling.h>
#include <llvm/Support/Path.h>

namespace w2n::bindgen {

namespace {

namespace cl = llvm::cl;

cl::OptionCategory category("Options of wasm2native-bindgen");
cl::opt<std::string> output("o", cl::desc("Where to write; '-' is standard output (default)"),
                            cl::value_desc("FILE"), cl::init("-"), cl::cat(category));
cl::opt<bool> forRuntime("runtime",
                         cl::desc("Read runtime/wasi/Calls.h of wasm2native itself, and write the "
                                  "table of its functions"),
                         cl::cat(category));
constexpr char overview[] =
    "Reads C++ headers with functions annotated by W2N_IMPORT(module, name) and writes a header\n"
    "that defines them as imports of WebAssembly modules: w2nDefineImports. What comes after '--'\n"
    "are the compiler's options for the header: -I, -D, -std.\n"
    "With --wit it reads a world in WIT instead: 'wasm2native-bindgen --wit --help'.";

/// Reads the interface once the header is parsed without errors.
class Consumer : public clang::ASTConsumer {
public:
  explicit Consumer(Interface &interface) : interface(interface) {}

  void HandleTranslationUnit(clang::ASTContext &context) override {
    if (context.getDiagnostics().hasErrorOccurred())
      return;
    interface = forRuntime ? readInterface(context, RuntimeTypeReader(context))
                           : readInterface(context, HostTypeReader(context));
  }

private:
  Interface &interface;
};

class Action : public clang::ASTFrontendAction {
public:
  explicit Action(Interface &interface) : interface(interface) {}

  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance &,
                                                        llvm::StringRef) override {
    return std::make_unique<Consumer>(interface);
  }

private:
  Interface &interface;
};

class Factory : public clang::tooling::FrontendActionFactory {
public:
  std::unique_ptr<clang::FrontendAction> create() override {
    return std::make_unique<Action>(interface);
  }

  Interface interface;
};

/// A header is C++ here, of the standard that host.hpp wants unless told otherwise; clang's own
/// headers are where clang was when this was built.
clang::tooling::CommandLineArguments adjust(const clang::tooling::CommandLineArguments &arguments,
                                            llvm::StringRef) {
  clang::tooling::CommandLineArguments adjusted = {arguments.front(), "-xc++", "-std=c++23",
                                                   "-resource-dir=" W2N_CLANG_RESOURCE_DIR,
                                                   "-Wno-pragma-once-outside-header"};
  adjusted.insert(adjusted.end(), arguments.begin() + 1, arguments.end());
  return adjusted;
}

int fail(const std::string &text) {
  llvm::errs() << "wasm2native-bindgen: " << text << '\n';
  return 1;
}

int run(int argc, const char **argv) {
  if (const std::span words(argv + 1, size_t(argc - 1)); wantsWit(words))
    return runWit(words);
  auto options =
      clang::tooling::CommonOptionsParser::create(argc, argv, category, cl::Required, overview);
  if (!options)
    return fail(llvm::toString(options.takeError()));
  if (options->getSourcePathList().size() != 1)
    return fail("one header at a time");
  const std::string &header = options->getSourcePathList().front();
  clang::tooling::ClangTool tool(options->getCompilations(), header);
  tool.appendArgumentsAdjuster(adjust);
  Factory factory;
  if (tool.run(&factory) != 0)
    return 1;
  if (factory.interface.receivers.empty())
    return fail(header + ": no function is annotated with W2N_IMPORT");
  const std::string name = llvm::sys::path::filename(header).str();
  const std::string text =
      forRuntime ? emitRuntime(factory.interface, name) : emitBindings(factory.interface, name);
  auto written = writeFileAtomically(
      output, std::span(reinterpret_cast<const uint8_t *>(text.data()), text.size()));
  return written ? 0 : fail(output + ": " + written.error().text);
}

} // namespace

} // namespace w2n::bindgen

int main(int argc, char **argv) { return w2n::bindgen::run(argc, const_cast<const char **>(argv)); }
