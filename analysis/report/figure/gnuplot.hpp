// Runs the program gnuplot. May depend on: POSIX.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace symbreak::report {

/// Runs all `scripts` (file names in `folder`) in one process in `folder`; no shell, no start-up
/// file of the user. Images in the SVGs of the folder keep their pixels when enlarged. Throws std::runtime_error when gnuplot is missing or reports an error.
void run_gnuplot(const std::filesystem::path& folder, const std::vector<std::string>& scripts);

}  // namespace symbreak::report
