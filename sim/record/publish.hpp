// Atomic publication of files. May depend on: POSIX.
#pragma once
#include <filesystem>
#include <initializer_list>
#include <string_view>

namespace symbreak::record {

/// Writes the parts one after the other under a temporary name, syncs, renames onto `file` and
/// syncs the directory: readers see the old content or the new, and a crash or a full disk leaves
/// the old. Throws FileError naming file and cause; the temporary file is removed.
void publish(const std::filesystem::path& file, std::initializer_list<std::string_view> parts);

/// Suffix of temporary names; what a killed process left behind may be deleted.
inline constexpr const char* kTemporarySuffix = ".tmp";

}  // namespace symbreak::record
