#include "sim/command/run_deck.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "sim/data/understood.hpp"
#include "sim/deck/deck.hpp"
#include "sim/deck/spelling.hpp"
#include "sim/ensemble/program.hpp"
#include "sim/ensemble/sharing/node_memory.hpp"
#include "sim/ensemble/sharing/queue.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/target/points/blocks.hpp"

namespace symbreak::command {

namespace fs = std::filesystem;

namespace {

/// What is said now and, where the deck alone could not go on with the run in its directory, what
/// that was begun with: of one key the last. More statistics in the deck are no hindrance.
std::vector<std::string> all_overrides(const std::string& text, const RunRequest& request) {
  deck::Catalogue known = experiment::decks();
  known.validate = nullptr;
  known.unused_keys = true;
  const auto key = [](const std::string& setting) { return setting.substr(0, setting.find('=')); };
  try {
    const deck::Deck plain = deck::parse(text, request.path, request.overrides, known);
    const fs::path run = request.directory(plain.first().word("run.name"));
    std::vector<std::string> all;
    for (const std::string& before : ensemble::recorded_overrides(run)) {
      const bool again = std::ranges::any_of(
          request.overrides, [&](const std::string& now) { return key(now) == key(before); });
      if (!again) all.push_back(before);
    }
    if (all.empty()) return request.overrides;
    const std::string said = fmt::format("{}", fmt::join(all, " --set "));
    all.insert(all.end(), request.overrides.begin(), request.overrides.end());
    const deck::Deck begun = deck::parse(text, request.path, all, known);
    if (deck::incompatibilities(begun.settings, plain.settings).empty()) return request.overrides;
    if (!request.quiet) ensemble::say(fmt::format("as this run was begun: --set {}\n", said));
    return all;
  } catch (const deck::Errors&) {  // will be said when it is parsed for good
    return request.overrides;
  }
}

/// The deck of a request. A run that was begun when keys that nothing reads were no errors may go
/// on with them: they are part of its identity.
deck::Deck parse_deck(const std::string& text, const RunRequest& request, bool validated) {
  deck::Catalogue known = experiment::decks();
  if (target::shares_blocks()) {
    known.contents = [read = known.contents](const std::string& path) -> std::string {
      const auto text_of = target::block("contents of " + path, [&](const target::Place& place) {
        const std::string found = read(path);
        std::memcpy(place(found.size() + 1), found.c_str(), found.size() + 1);
      });
      return reinterpret_cast<const char*>(text_of.get());
    };
  }
  if (validated) {  // by another rank: but what it reads may not be here
    known.validate = [each = known.validate, first = true](const deck::Parameters& point) mutable {
      if (std::exchange(first, false)) each(point);
    };
  }
  try {
    return deck::parse(text, request.path, request.overrides, known);
  } catch (const deck::Errors&) {
    known.unused_keys = true;
    try {
      deck::Deck deck = deck::parse(text, request.path, request.overrides, known);
      const fs::path run = request.directory(deck.first().word("run.name"));
      if (fs::exists(run / "deck.ini")) return deck;
    } catch (const deck::Errors&) {  // the first ones are all of them
    }
    throw;
  }
}

/// Collective. Whether all ranks have this plan: programs beside this one may differ between nodes.
bool same_everywhere(const std::string& fingerprint) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const bool same = ensemble::first_that_differs(fingerprint) == ranks;
  if (!same && rank == 0) {
    fmt::print(stderr, "target.worker: on other ranks it has other weights than on the first\n");
  }
  return same;
}

/// Collective. While it lives, what every rank of a node would read from the same file is held
/// once.
class SharedFiles {
 public:
  SharedFiles() : memory_(MPI_COMM_WORLD) {
    if (!memory_.shared()) return;
    target::share_blocks([this](const std::string& name, const target::Fill& fill) {
      return memory_.get(name, fill);
    });
  }
  ~SharedFiles() { target::share_blocks({}); }
  SharedFiles(const SharedFiles&) = delete;
  SharedFiles& operator=(const SharedFiles&) = delete;

 private:
  ensemble::NodeMemory memory_;
};

}  // namespace

void print_warnings() {
  for (const std::string& warning : data::warnings()) {
    fmt::print(stderr, "warning: {}\n", deck::printable(warning));
  }
}

std::string read_deck(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (fs::is_directory(path) || !file || !(text << file.rdbuf())) {
    throw UsageError(fmt::format("{}: cannot read this deck: {}", path,
                                 fs::is_directory(path) ? "it is a directory"
                                 : fs::exists(path)     ? "it is empty or not readable"
                                                        : "no such file"));
  }
  return text.str();
}

int run_deck(RunRequest request) {
  int rank = 0, failed = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  std::string text;
  if (rank == 0) {
    failed = guarded(true, [&] {
      text = read_deck(request.path);
      request.overrides = all_overrides(text, request);
      return 0;
    });
  }
  MPI_Bcast(&failed, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (failed != 0) return failed;
  ensemble::broadcast(text);
  std::string overrides = fmt::format("{}", fmt::join(request.overrides, "\n"));
  ensemble::broadcast(overrides);
  request.overrides.clear();
  std::istringstream settings(overrides);
  for (std::string line; std::getline(settings, line);) request.overrides.push_back(line);

  const SharedFiles shared;
  // A data file can be missing on one node only: the lowest rank with an error speaks for all.
  std::optional<deck::Deck> deck;
  std::optional<ensemble::Plan> plan;
  ensemble::Options run_options;
  int mine = 0;
  std::vector<std::shared_ptr<const void>> begun;
  const auto prepare = [&] {
    deck = parse_deck(text, request, rank != 0);
    begun = experiment::begin(*deck, [&](const std::string& program) {
      if (rank == 0 && !request.quiet) ensemble::say(fmt::format("starts {}\n", program));
    });
    plan = ensemble::plan(*deck, experiment::catalogue());
    run_options.command = request.command;
    run_options.output = request.directory(plan->run);
    run_options.slice = request.slice;
    run_options.walltime = request.walltime;
    run_options.quiet = request.quiet;
    run_options.overrides = request.overrides;
    run_options.begun = request.begun;
    return 0;
  };
  if (rank == 0) mine = guarded(true, prepare);
  if (rank == 0 && mine == 0) print_warnings();
  MPI_Bcast(&mine, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (mine != 0) return mine;
  if (rank != 0) mine = guarded(true, prepare);
  MPI_Allreduce(&mine, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  if (failed != 0) return failed;
  if (!same_everywhere(plan->fingerprint())) return status(Exit::usage);
  return status(ensemble::run(*deck, *plan, run_options));
}

}  // namespace symbreak::command
