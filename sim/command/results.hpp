// Runs that were made, read back and judged.
#pragma once
#include <vector>

#include "analysis/findings/finite_size.hpp"
#include "sim/command/arguments.hpp"
#include "sim/ensemble/program.hpp"
#include "sim/record/record.hpp"

namespace symbreak::command {

/// Bytes of the results of these runs (directories or files), of what there is.
std::uintmax_t size_of(const std::vector<std::string>& runs);

/// What a step says of a file is the user's to see to, and so is a file that crashes HDF5. `runs`:
/// what it reads.
template <class Step>
auto usable(const std::vector<std::string>& runs, const Step& step) {
  try {
    const ensemble::Reading guard(size_of(runs));
    return step();
  } catch (const record::FileError& error) {
    throw UsageError(error.what());
  }
}

std::filesystem::path folder_of(const std::filesystem::path& run);
/// Throws UsageError where there is none, or it cannot be used.
record::ResultFile read_run(const std::string& run);
/// What an analysis says, what it lacks, and that several programs made the units, if so.
verdict::Findings analyse(const record::ResultFile& file, const std::filesystem::path& folder);

/// Options of --crossing and --collapse, and those that belong to them.
extern const std::vector<std::string> kScalingOptions;
/// What --crossing and --collapse ask for, in their order.
std::vector<findings::ScalingRequest> scaling_requests(const Arguments& arguments);
/// Adds what was asked for on top of what an analysis says.
void scale(const verdict::Result& result, const verdict::Findings& analysis,
           const std::vector<findings::ScalingRequest>& requests, verdict::Findings& findings);

}  // namespace symbreak::command
