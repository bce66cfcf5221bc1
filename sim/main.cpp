// Which verb is meant.
#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

#include "sim/command/analyze.hpp"
#include "sim/command/matrix.hpp"
#include "sim/command/results.hpp"
#include "sim/command/run.hpp"
#include "sim/command/usage.hpp"
#include "sim/deck/deck.hpp"
#include "sim/deck/spelling.hpp"
#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/program.hpp"
#include "sim/ensemble/stop.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/experiment/registry.hpp"

namespace {

using namespace symbreak;
using namespace symbreak::command;

int explain(const Arguments& arguments) {
  const auto words = arguments.words();
  const std::string what = fmt::format("{}", fmt::join(words, " "));
  const deck::Catalogue known = experiment::decks();
  if (what == "matrix") {
    fmt::print("{}", arguments.has("markdown") ? command::matrix_markdown(known)
                                               : command::matrix(known, ensemble::output_width()));
    return status(Exit::done);
  }
  fmt::print("{}", arguments.has("markdown")
                       ? deck::markdown(what, known)
                       : deck::explain(what, known, ensemble::output_width()));
  return status(Exit::done);
}

int version() {
  const auto made = ensemble::provenance();
  fmt::print("symbreak {}\ncompiler {}, {}\nMPI {}\nHDF5 {}\nBoost {}\nEigen {}\n",
             ensemble::version_text(), made.at("compiler"), made.at("flags"), made.at("mpi"),
             made.at("hdf5"), made.at("boost"), made.at("eigen"));
  return status(Exit::done);
}

int dispatch(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "--help";
  const auto arguments = [&](std::vector<std::string> flags, std::vector<std::string> valued,
                             std::size_t least, std::size_t most) {
    return Arguments(verb, argc - 1, argv + 1, flags, valued, least, most);
  };
  if (verb == "check") return check(arguments({"quick"}, {"set"}, 1, 1));
  if (verb == "status") {
    const Arguments parsed = arguments({"json"}, {}, 1, ~std::size_t{0});
    const auto words = parsed.words();
    print(usable(words,
                 [&] {
                   return ensemble::status({words.begin(), words.end()}, parsed.has("json"),
                                           ensemble::output_width());
                 }) +
          "\n");
    return status(Exit::done);
  }
  if (verb == "analyze")
    return analyze(
        arguments({"verbose,v", "csv", "json", "strict", "observables"}, kScalingOptions, 1, 1));
  if (verb == "report") {
    std::vector<std::string> valued = kScalingOptions;
    valued.push_back("output");
    return write_report(arguments({}, valued, 1, 16));
  }
  if (verb == "export") return export_values(arguments({"bins"}, {"observable"}, 1, 1));
  if (verb == "merge") return merge(arguments({}, {}, 2, ~std::size_t{0}));
  if (verb == "explain") return explain(arguments({"markdown"}, {}, 0, 8));
  if (verb == "--version") return version();
  if (verb == "--help" || verb == "-h" || verb == "help") {
    fmt::print("{}", command::usage());
    return status(argc > 1 ? Exit::done : Exit::usage);
  }
  const std::string near = deck::did_you_mean(verb, command::verb_names());
  throw UsageError(
      fmt::format("symbreak: unknown verb '{}'{}", verb,
                  near.empty() ? "; see symbreak --help" : "; did you mean '" + near + "'?"));
}

/// `symbreak VERB --help`, also where the rest makes no sense.
bool asks_for_help(int argc, char** argv) {
  return std::any_of(argv + 2, argv + argc,
                     [](const std::string& word) { return word == "--help" || word == "-h"; });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 1 ? argv[1] : "";
  const bool runs = verb == "run" || verb == "validate";
  ensemble::explain_illegal_instructions();
  if (runs) ensemble::listen_to_signals();
  // Arrays of walkers are freed and asked for again at every step. By default each would come from
  // the kernel as zeroed pages and go back to it, which costs as much as the arithmetic.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  if (const std::string help = command::help(verb); !help.empty() && asks_for_help(argc, argv)) {
    print(help);
    return status(Exit::done);
  }
  if (runs) return collective(argc - 1, argv + 1);
  return guarded(true, [&] { return dispatch(argc, argv); });
}
