// One deck, run by all ranks.
#pragma once
#include "sim/command/arguments.hpp"

namespace symbreak::command {

/// What `run` and `validate` say about how a deck is run.
struct RunRequest {
  std::string path, command;
  std::vector<std::string> overrides;
  std::optional<std::filesystem::path> output = {};  ///< none: runs/<name>
  std::optional<double> walltime = {};
  bool quiet = false;
  std::optional<double> begun = {};  ///< when the walltime began
  std::optional<ensemble::Slice> slice = {};

  /// Of a run of this name.
  std::filesystem::path directory(const std::string& name) const {
    const std::filesystem::path run = output.value_or(std::filesystem::path("runs") / name);
    return slice ? slice->directory(run) : run;
  }
};

/// Text of a deck; UsageError where it cannot be read.
std::string read_deck(const std::string& path);
/// What is probably not meant about the files that were read, to standard error.
void print_warnings();
/// Collective. Rank 0 reads the deck, every rank parses the same text, and all agree on the
/// outcome.
int run_deck(RunRequest request);

}  // namespace symbreak::command
