#include "sim/command/run.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include "sim/command/run_deck.hpp"
#include "sim/data/array.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/deck.hpp"
#include "sim/ensemble/program.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/ensemble/trial.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/validation/validation.hpp"

namespace symbreak::command {

namespace fs = std::filesystem;

namespace {

/// MPI for the length of a scope.
class MpiSession {
 public:
  MpiSession(int* argc, char*** argv) {
    // One thread at a time: the courier between nodes while units are worked on, else this one.
    int provided = MPI_THREAD_SINGLE;
    MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  }
  ~MpiSession() { MPI_Finalize(); }
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;
  int rank() const { return rank_; }

 private:
  int rank_ = 0;
};

std::string command_line(int argc, char** argv) {
  std::string command = "symbreak";
  for (int i = 0; i < argc; ++i) command += std::string(" ") + argv[i];
  return command;
}

int run(const std::string& command, const Arguments& arguments, double begun) {
  RunRequest request{
      .path = arguments.words()[0], .command = command, .overrides = arguments.all("set")};
  request.begun = begun;
  request.output = output(arguments);
  request.quiet = arguments.has("quiet");
  if (arguments.has("walltime")) {
    request.walltime = deck::duration(arguments.last("walltime"), "--walltime");
  }
  if (arguments.has("slice")) request.slice = ensemble::Slice::parse(arguments.last("slice"));
  return run_deck(request);
}

/// Where the validation decks are: below the working directory, in the tree of the program, or where
/// it was installed.
fs::path validation_decks() {
  std::error_code unknown;
  for (fs::path folder : {fs::current_path(), fs::read_symlink("/proc/self/exe", unknown)}) {
    for (; folder.has_relative_path(); folder = folder.parent_path()) {
      for (const char* decks : {"inputs/validation", "share/symbreak/inputs/validation"}) {
        if (fs::is_directory(folder / decks)) return folder / decks;
      }
    }
  }
  return "inputs/validation";
}

int validate(const std::string& command, const Arguments& arguments) {
  const std::string seeds = arguments.has("seeds") ? arguments.last("seeds") : "1";
  if (seeds.empty() || seeds.size() > 6 ||
      seeds.find_first_not_of("0123456789") != std::string::npos || std::stoi(seeds) < 1) {
    throw UsageError(fmt::format("symbreak validate: --seeds {}: expected a number from 1", seeds));
  }
  const validation::Options options{
      .labels = arguments.words(),
      .decks = arguments.has("decks") ? fs::path(arguments.last("decks")) : validation_decks(),
      .output = output(arguments).value_or("runs/validation"),
      .seeds = std::stoi(seeds)};
  try {
    return status(validation::validate(
        options, [&](const fs::path& deck, const auto& overrides, const fs::path& output) {
          return Exit{run_deck({deck.string(), command, overrides, output, std::nullopt, true})};
        }));
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

int collective(int argc, char** argv) {
  const double begun = ensemble::steady();
  const std::string command = command_line(argc, argv), verb = argv[0];
  const MpiSession mpi(&argc, &argv);
  if (!ensemble::same_program_everywhere()) return status(Exit::usage);
  return guarded(mpi.rank() == 0, [&] {
    if (verb == "run") {
      return run(
          command,
          Arguments(verb, argc, argv, {"quiet"}, {"set", "output", "walltime", "slice"}, 1, 1),
          begun);
    }
    return validate(
        command, Arguments(verb, argc, argv, {}, {"seeds", "decks", "output"}, 0, ~std::size_t{0}));
  });
}

int check(const Arguments& arguments) {
  const std::string path = arguments.words()[0];
  const deck::Catalogue known = experiment::decks();
  const data::KeepsLastFile keeps;
  const deck::Deck deck = deck::parse(read_deck(path), path, arguments.all("set"), known);
  ensemble::Plan plan = ensemble::plan(deck, experiment::catalogue());
  if (!arguments.has("quick")) ensemble::time_units(plan);
  const std::string summary = ensemble::summary(plan, data::understood(), ensemble::output_width());
  print_warnings();
  print(summary);
  return status(Exit::done);
}

}  // namespace symbreak::command
