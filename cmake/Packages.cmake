# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Packages for Debian, one for each component (Package.cmake): `cpack -G DEB` in the build folder. docs/packages.md says
# what is in them; utils/release.sh makes and checks them.
set(CPACK_PACKAGE_NAME wasm2native)
set(CPACK_PACKAGE_CONTACT "The developers of wasm2native <wasm2native@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "ahead-of-time compiler and runtime for WebAssembly")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime compiler development documentation)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_DEBUGINFO_PACKAGE OFF)

# The package of `component`: its name, what it says of itself, and what it needs of ours.
function(w2n_add_package component name description depends)
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${name} PARENT_SCOPE)
  set(CPACK_COMPONENT_${upper}_DESCRIPTION ${description} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS ${depends} PARENT_SCOPE)
  install(FILES ${CMAKE_SOURCE_DIR}/LICENSE.TXT DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name} RENAME copyright
    COMPONENT ${component})
endfunction()

set(sameVersion "(= ${PROJECT_VERSION}-1)")
w2n_add_package(runtime wasm2native
  "The command, which runs compiled programs, and the runtime's library; without a compiler and LLVM." "")
w2n_add_package(compiler wasm2native-compiler
  "The compiler's library, with which the command compiles WebAssembly, and the generator of bindings."
  "wasm2native ${sameVersion}")
w2n_add_package(development libwasm2native-dev
  "Headers and static library for programs that run WebAssembly; for CMake and pkg-config."
  "wasm2native ${sameVersion}, libsodium-dev")
w2n_add_package(documentation wasm2native-doc "The documents of the command, the C API and the internals." "")

# Dependencies on the system's libraries, as the linker recorded them.
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPILER_PACKAGE_SHLIBDEPS ON)
# Clang's own headers, which wasm2native-bindgen needs to read others.
set(CPACK_DEBIAN_COMPILER_PACKAGE_RECOMMENDS libclang-common-22-dev)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SUGGESTS wasm2native-compiler)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS wasm2native-compiler)
set(CPACK_DEBIAN_DOCUMENTATION_PACKAGE_ARCHITECTURE all)
# Programs find the runtime's library.
file(WRITE ${CMAKE_BINARY_DIR}/packaging/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/packaging/triggers)
set(CPACK_DEBIAN_COMPILER_PACKAGE_CONTROL_EXTRA ${CMAKE_BINARY_DIR}/packaging/triggers)
include(CPack)
