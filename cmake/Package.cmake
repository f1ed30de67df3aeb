# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# Files that are installed beside the libraries, by component: a node installs `runtime` alone, an embedder `development` as well. Every
# path is relative, so that an installed tree can be moved.
include(CMakePackageConfigHelpers)

set(packageDir ${CMAKE_INSTALL_LIBDIR}/cmake/wasm2native)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/wasm2nativeConfig.cmake.in ${CMAKE_BINARY_DIR}/wasm2nativeConfig.cmake
  INSTALL_DESTINATION ${packageDir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/wasm2nativeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/wasm2nativeConfig.cmake ${CMAKE_BINARY_DIR}/wasm2nativeConfigVersion.cmake
  DESTINATION ${packageDir} COMPONENT development)
install(FILES ${CMAKE_SOURCE_DIR}/include/wasm.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
foreach(header base cache compiler component heap plugin record runtime signing wasm_extensions worlds)
  install(FILES ${CMAKE_SOURCE_DIR}/include/wasm2native/${header}.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wasm2native
    COMPONENT development)
endforeach()
install(FILES ${CMAKE_SOURCE_DIR}/include/wasm2native/host.hpp ${CMAKE_SOURCE_DIR}/include/wasm2native/wasm2native.hpp
  ${CMAKE_SOURCE_DIR}/include/wasm2native/component.hpp ${CMAKE_SOURCE_DIR}/include/wasm2native/component_values.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wasm2native
  COMPONENT development)

# CMake package and pkg-config file of `library`, "runtime" or "compiler", whose targets are in the export set
# wasm2native-<library>. `privateLibs` is what linking statically needs. CMake compares the files that a package names with
# those that are there, so that the compiler's come with the compiler.
function(w2n_install_package library privateLibs)
  set(component development)
  if(library STREQUAL compiler)
    set(component compiler)
  endif()
  install(EXPORT wasm2native-${library} NAMESPACE wasm2native:: DESTINATION ${packageDir} COMPONENT ${component})
  file(RELATIVE_PATH prefixFromPc ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  configure_file(${CMAKE_SOURCE_DIR}/cmake/wasm2native.pc.in ${CMAKE_BINARY_DIR}/wasm2native-${library}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/wasm2native-${library}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT ${component})
endfunction()

# Documents, with the links between them.
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${CMAKE_SOURCE_DIR}/CONTRIBUTING.md
  ${CMAKE_SOURCE_DIR}/LICENSE.TXT DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documentation)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT documentation)
