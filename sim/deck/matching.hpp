// Files whose names match a pattern. May depend on: the standard library.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace symbreak::deck {

/// Names of the regular files of a folder that match a pattern with one or more `*`, each for any
/// letters; numbers in names in the order of their values: a_9, a_10, a_100.
std::vector<std::string> matching(const std::filesystem::path& folder, const std::string& pattern);

}  // namespace symbreak::deck
