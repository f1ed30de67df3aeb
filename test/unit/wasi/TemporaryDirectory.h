// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A directory for one test, removed with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

class TemporaryDirectory {
public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "w2n-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }

  std::string operator/(const std::string &name) const { return (path / name).string(); }
  void makeDirectory(const std::string &name) const {
    std::filesystem::create_directories(path / name);
  }
  void write(const std::string &name, const std::string &text) const {
    std::ofstream(path / name) << text;
  }
  void link(const std::string &target, const std::string &name) const {
    std::filesystem::create_symlink(target, path / name);
  }
  std::string read(const std::string &name) const {
    std::ifstream file(path / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool exists(const std::string &name) const {
    return std::filesystem::exists(std::filesystem::symlink_status(path / name));
  }

private:
  std::filesystem::path path;
};
