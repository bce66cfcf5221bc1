// The verbs of the command line, nothing else.
#include <fmt/format.h>
#include <malloc.h>
#include <mpi.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <utility>

#include "analysis/findings/axes.hpp"
#include "analysis/findings/common/pulls.hpp"
#include "analysis/findings/finite_size.hpp"
#include "analysis/findings/numbers.hpp"
#include "analysis/findings/registry.hpp"
#include "analysis/report/escape.hpp"
#include "analysis/report/report.hpp"
#include "sim/command/matrix.hpp"
#include "sim/command/usage.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/deck.hpp"
#include "sim/deck/spelling.hpp"
#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/program.hpp"
#include "sim/ensemble/sharing/node_memory.hpp"
#include "sim/ensemble/sharing/queue.hpp"
#include "sim/ensemble/stop.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/experiment/registry.hpp"
#include "sim/record/record.hpp"
#include "sim/target/points/blocks.hpp"
#include "sim/validation/validation.hpp"

namespace {

using namespace symbreak;
using ensemble::Exit;
namespace options = boost::program_options;
namespace fs = std::filesystem;

/// A command line that makes no sense, or an input that cannot be used: one message, status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Parsed arguments of one verb: declared options and positional words.
class Arguments {
 public:
  Arguments(const std::string& verb, int argc, char** argv, const std::vector<std::string>& flags,
            const std::vector<std::string>& valued, std::size_t least, std::size_t most) {
    options::options_description known;
    for (const std::string& flag : flags) known.add_options()(flag.c_str(), "");
    for (const std::string& name : valued) {
      known.add_options()(name.c_str(), options::value<std::vector<std::string>>()->composing());
    }
    known.add_options()("word", options::value<std::vector<std::string>>());
    options::positional_options_description positional;
    positional.add("word", -1);
    using Style = options::command_line_style::style_t;
    const int style = Style::unix_style & ~Style::allow_guessing;
    try {
      options::store(options::command_line_parser(argc, argv)
                         .options(known)
                         .positional(positional)
                         .style(style)
                         .run(),
                     values_);
    } catch (const options::unknown_option& error) {
      std::vector<std::string> names;
      for (const std::string& flag : flags) names.push_back(flag.substr(0, flag.find(',')));
      names.insert(names.end(), valued.begin(), valued.end());
      std::string name = error.get_option_name();
      name.erase(0, name.find_first_not_of('-'));
      const std::string near = deck::did_you_mean(name, names);
      throw UsageError(
          fmt::format("symbreak {}: unknown option '--{}'{}", verb, name,
                      near.empty() ? "; see symbreak --help" : "; did you mean '--" + near + "'?"));
    } catch (const options::error& error) {
      throw UsageError(fmt::format("symbreak {}: {}", verb, error.what()));
    }
    if (words().size() < least || words().size() > most) {
      throw UsageError(command::usage_line(verb));
    }
  }
  bool has(const std::string& name) const { return values_.count(name) > 0; }
  std::vector<std::string> all(const std::string& name) const {
    return has(name) ? values_[name].as<std::vector<std::string>>() : std::vector<std::string>{};
  }
  std::string last(const std::string& name) const { return all(name).back(); }
  std::vector<std::string> words() const { return all("word"); }

 private:
  options::variables_map values_;
};

int status(Exit exit) { return static_cast<int>(exit); }

/// Runs a fallible step; prints what went wrong once and returns its exit status.
int guarded(bool speaks, const std::function<int()>& step) {
  const auto say = [speaks](const std::string& message) {
    if (speaks) fmt::print(stderr, "{}\n", deck::printable(message));
  };
  try {
    return step();
  } catch (const deck::Errors& errors) {
    for (const std::string& message : errors.messages) say(message);
    return status(Exit::usage);
  } catch (const deck::KeyError& error) {
    say(fmt::format("{}: {}", error.key, error.what()));
    return status(Exit::usage);
  } catch (const UsageError& error) {
    say(error.what());
    return status(Exit::usage);
  } catch (const std::bad_alloc&) {
    say("out of memory: `symbreak check` predicts what a deck needs");
    return status(Exit::internal);
  } catch (const std::exception& error) {
    say(fmt::format("symbreak: {}", error.what()));
    return status(Exit::internal);
  }
}

/// To standard output, whatever the text came from.
void print(const std::string& text) { fmt::print("{}", deck::printable(text)); }

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

/// What is probably not meant about the files that were read.
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

/// What `run` and `validate` say about how a deck is run.
struct RunRequest {
  std::string path, command;
  std::vector<std::string> overrides;
  std::optional<fs::path> output = {};  ///< none: runs/<name>
  std::optional<double> walltime = {};
  bool quiet = false;
  std::optional<double> begun = {};  ///< when the walltime began
  std::optional<ensemble::Slice> slice = {};

  /// Of a run of this name.
  fs::path directory(const std::string& name) const {
    const fs::path run = output.value_or(fs::path("runs") / name);
    return slice ? slice->directory(run) : run;
  }
};

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
bool same_everywhere(const std::string& fingerprint, int rank) {
  std::string first = fingerprint;
  ensemble::broadcast(first);
  const int differs = first != fingerprint;
  int worst = 0;
  MPI_Allreduce(&differs, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  if (worst != 0 && rank == 0) {
    fmt::print(stderr, "target.worker: on other ranks it has other weights than on the first\n");
  }
  return worst == 0;
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

/// Collective. Rank 0 reads the deck, every rank parses the same text, and all agree on the
/// outcome.
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
  if (!same_everywhere(plan->fingerprint(), rank)) return status(Exit::usage);
  return status(ensemble::run(*deck, *plan, run_options));
}

std::string command_line(int argc, char** argv) {
  std::string command = "symbreak";
  for (int i = 0; i < argc; ++i) command += std::string(" ") + argv[i];
  return command;
}

/// The directory of --output, if it is given.
std::optional<fs::path> output(const Arguments& arguments) {
  if (!arguments.has("output")) return std::nullopt;
  if (arguments.last("output").empty()) {
    throw UsageError("--output: the name is empty; a directory is expected");
  }
  return arguments.last("output");
}

int run(const std::string& command, const Arguments& arguments, double begun) {
  RunRequest request{
      .path = arguments.words()[0], .command = command, .overrides = arguments.all("set")};
  request.begun = begun;
  request.output = output(arguments);
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

/// The verbs that all ranks take part in. What fails on every rank alike is said once.
int collective(int argc, char** argv) {
  const double begun = ensemble::steady();
  const std::string command = command_line(argc, argv), verb = argv[0];
  const MpiSession mpi(&argc, &argv);
  if (!ensemble::same_program_everywhere()) return status(Exit::usage);
  return guarded(mpi.rank() == 0, [&] {
    if (verb == "run") {
      return run(command,
                 Arguments(verb, argc, argv, {}, {"set", "output", "walltime", "slice"}, 1, 1),
                 begun);
    }
    return validate(
        command, Arguments(verb, argc, argv, {}, {"seeds", "decks", "output"}, 0, ~std::size_t{0}));
  });
}

int check(const Arguments& arguments) {
  const std::string path = arguments.words()[0];
  const deck::Catalogue known = experiment::decks();
  const deck::Deck deck = deck::parse(read_deck(path), path, arguments.all("set"), known);
  const ensemble::Plan plan = ensemble::plan(deck, experiment::catalogue());
  const std::string summary = ensemble::summary(plan, data::understood(), ensemble::output_width());
  print_warnings();
  print(summary);
  return status(Exit::done);
}

/// What a step says of a file is the user's to see to.
template <class Step>
auto usable(const Step& step) {
  try {
    return step();
  } catch (const record::FileError& error) {
    throw UsageError(error.what());
  }
}

fs::path folder_of(const fs::path& run) { return fs::is_directory(run) ? run : run.parent_path(); }

record::ResultFile read_run(const std::string& run) {
  const fs::path file = fs::is_directory(run) ? fs::path(run) / "result.h5" : fs::path(run);
  if (!fs::exists(file)) {
    throw UsageError(fs::exists(run)
                         ? fmt::format("{0}: no result.h5 here; a run's directory is expected (is "
                                       "the run still going? symbreak status {0})",
                                       run)
                         : fmt::format("{}: no such run", run));
  }
  record::ResultFile content = usable([&] { return record::read_result(file); });
  findings::name_axes(content.result);
  content.result.sessions = content.sessions;
  return content;
}

/// What an analysis says, what it lacks, and that several programs made the units, if so.
verdict::Findings analyse(const record::ResultFile& file, const fs::path& folder) {
  verdict::Findings findings = findings::analyse(file.result);
  verdict::warn_of_what_is_missing(file.result, findings);
  if (auto deviations = findings::pulls(findings)) {
    findings.figures.push_back(std::move(*deviations));
  }
  std::set<std::string> versions;
  for (const record::Session& session : file.sessions) {
    if (session.units > 0) versions.insert(session.version);
  }
  if (versions.size() > 1) {
    findings.diagnostics.push_back(
        {verdict::Severity::note, "program",
         fmt::format("several versions made this result: {}", fmt::join(versions, ", ")),
         "compare them, or run again with one, if it matters"});
  }
  for (const deck::Setting& setting : file.settings) {
    if (setting.contents.find("not deterministic") == std::string::npos) continue;
    findings.diagnostics.push_back(
        {verdict::Severity::note, setting.path,
         "the worker says that it is not deterministic: the bits of this run cannot be had again",
         "its averages can, within their errors"});
  }
  if (fs::exists(folder / "next.h5")) {
    findings.diagnostics.push_back(
        {verdict::Severity::note, "run", "longer units are under way, this is the result of before",
         fmt::format("they are in {} so far", (folder / "next.h5").string())});
  }
  return findings;
}

/// A number of an option; usage error otherwise.
double number_of(const std::string& option, const std::string& text) {
  std::size_t read = 0;
  double value = 0;
  try {
    value = std::stod(text, &read);
  } catch (const std::exception&) {
    read = 0;
  }
  if (read == 0 || read != text.size() || !std::isfinite(value)) {
    throw UsageError(fmt::format("--{} {}: expected a number", option, text));
  }
  return value;
}

const std::vector<std::string> kScalingOptions = {"crossing", "collapse", "against",  "size",
                                                  "window",   "degree",   "critical", "correction",
                                                  "nu",       "exponent"};

/// What --crossing and --collapse ask for, in their order.
std::vector<findings::ScalingRequest> scaling_requests(const Arguments& arguments) {
  using findings::ScalingRequest;
  ScalingRequest common;
  if (arguments.has("against")) common.against = arguments.last("against");
  if (arguments.has("size")) common.size = arguments.last("size");
  if (arguments.has("window")) {
    const std::string text = arguments.last("window");
    const auto colon = text.find(':');
    if (colon == std::string::npos) {
      throw UsageError(fmt::format("--window {}: expected two numbers, LOW:HIGH", text));
    }
    common.low = number_of("window", text.substr(0, colon));
    common.high = number_of("window", text.substr(colon + 1));
  }
  const auto optional = [&](const char* name) -> std::optional<double> {
    if (!arguments.has(name)) return std::nullopt;
    return number_of(name, arguments.last(name));
  };
  const auto positive = [&](const char* name) {
    const auto value = optional(name);
    if (value && !(*value > 0))
      throw UsageError(fmt::format("--{}: a number > 0 is expected", name));
    return value;
  };
  common.critical = optional("critical");
  common.exponent = optional("exponent");
  common.nu = positive("nu");
  common.correction = positive("correction").value_or(0);
  if (const auto degree = positive("degree")) {
    if (*degree != std::floor(*degree) || *degree > 12) {
      throw UsageError("--degree: a whole number from 1 to 12 is expected");
    }
    common.degree = static_cast<int>(*degree);
  }
  std::vector<ScalingRequest> all;
  for (const auto& [name, kind] : {std::pair{"crossing", ScalingRequest::Kind::crossing},
                                   std::pair{"collapse", ScalingRequest::Kind::collapse}}) {
    for (const std::string& number : arguments.all(name)) {
      all.push_back(common);
      all.back().kind = kind;
      all.back().number = number;
    }
  }
  for (const std::string& option : kScalingOptions) {
    if (all.empty() && arguments.has(option)) {
      throw UsageError(fmt::format("--{} belongs to --crossing NAME or --collapse NAME", option));
    }
  }
  return all;
}

/// Adds what was asked for on top of what an analysis says.
void scale(const verdict::Result& result, const verdict::Findings& analysis,
           const std::vector<findings::ScalingRequest>& requests, verdict::Findings& findings) {
  try {
    for (const auto& request : requests) findings::finite_size(result, analysis, request, findings);
  } catch (const findings::UnknownName& error) {
    const std::string near = deck::did_you_mean(error.word, error.candidates);
    throw UsageError(
        fmt::format("{}{}", error.what(),
                    !near.empty() ? "; did you mean '" + near + "'?"
                    : error.candidates.empty()
                        ? "; no key was swept"
                        : fmt::format("; there are {}", fmt::join(error.candidates, ", "))));
  }
}

int analyze(const Arguments& arguments) {
  const std::vector<findings::ScalingRequest> requests = scaling_requests(arguments);
  const record::ResultFile file = read_run(arguments.words()[0]);
  const verdict::Result& result = file.result;
  verdict::Findings findings = analyse(file, folder_of(arguments.words()[0]));
  if (!requests.empty()) {  // a question of its own
    verdict::Findings asked;
    scale(result, findings, requests, asked);
    findings = std::move(asked);
  }
  if (arguments.has("json")) {
    print(report::json(result, findings) + "\n");
  } else if (arguments.has("csv")) {
    print(report::results_csv(result, findings));
  } else {
    const std::size_t width = ensemble::output_width();
    print(report::text(result, findings, {width, arguments.has("verbose")}));
    if (arguments.has("observables")) print("\n" + report::observables_text(result, width));
  }
  const bool fails = arguments.has("strict") && !report::passes(findings);
  return status(fails ? Exit::disagrees : Exit::done);
}

int export_values(const Arguments& arguments) {
  const record::ResultFile file = read_run(arguments.words()[0]);
  const std::vector<std::string> names = arguments.all("observable");
  std::set<std::string> known;
  for (const verdict::Point& point : file.result.points) {
    for (const auto& [name, observable] : point.observables) known.insert(name);
  }
  for (const std::string& name : names) {
    if (known.contains(name)) continue;
    const std::string near = deck::did_you_mean(name, {known.begin(), known.end()});
    throw UsageError(fmt::format("symbreak export: --observable {}: none was recorded{}", name,
                                 near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  report::export_csv(file.result, std::cout, {arguments.has("bins"), names});
  if (!(std::cout << std::flush)) throw std::runtime_error("cannot write standard output");
  return status(Exit::done);
}

/// Several runs beside each other; the page is in the folder of the first one's report.
int compare_runs(const Arguments& arguments) {
  const std::vector<std::string> words = arguments.words();
  std::vector<record::ResultFile> files;
  std::vector<verdict::Findings> findings;
  for (const std::string& word : words) {
    files.push_back(read_run(word));
    findings.push_back(analyse(files.back(), folder_of(word)));
  }
  std::vector<report::Analysed> runs;
  std::string others;
  for (std::size_t i = 0; i < words.size(); ++i) {
    // Runs of one name are told apart by their directories.
    const auto same = [&](const record::ResultFile& file) {
      return file.result.run == files[i].result.run;
    };
    std::string name = files[i].result.run;
    if (std::ranges::count_if(files, same) > 1) {
      name = fs::absolute(folder_of(words[i]) / "").lexically_normal().parent_path().filename();
    }
    const auto taken = [&](const report::Analysed& run) { return run.name == name; };
    if (std::ranges::any_of(runs, taken)) name = words[i];
    runs.push_back({name, &files[i].result, &findings[i]});
    if (i > 0) others += "_" + report::file_stem(name);
  }
  const report::Comparison comparison = report::compare(runs);
  const fs::path page = report::write_comparison(
      output(arguments).value_or(folder_of(words[0]) / "report" / ("with" + others)), runs,
      comparison);
  print(report::difference_sentence(runs, comparison) + "\n" + page.string() + "\n");
  return status(Exit::done);
}

int write_report(const Arguments& arguments) {
  if (arguments.words().size() > 1) {
    if (!scaling_requests(arguments).empty()) {
      throw UsageError("symbreak report: --crossing and --collapse are for one run");
    }
    return compare_runs(arguments);
  }
  const fs::path run = arguments.words()[0];
  const record::ResultFile file = read_run(run);
  const verdict::Result& result = file.result;
  const fs::path folder = folder_of(run);
  verdict::Findings findings = analyse(file, folder);
  const std::vector<findings::ScalingRequest> requests = scaling_requests(arguments);
  if (!requests.empty()) {
    verdict::Findings asked;
    scale(result, findings, requests, asked);
    const auto first = [](auto& all, const auto& added) {
      all.insert(all.begin(), added.begin(), added.end());
    };
    first(findings.measured, asked.measured);
    first(findings.figures, asked.figures);
    first(findings.diagnostics, asked.diagnostics);
  }
  const fs::path page =
      report::write(output(arguments).value_or(folder / "report"), result, findings);
  print(page.string() + "\n");
  return status(Exit::done);
}

int merge(const Arguments& arguments) {
  const auto words = arguments.words();
  const std::size_t unfinished = usable([&] {
    return ensemble::merge(words[0], {words.begin() + 1, words.end()},
                           experiment::catalogue().quenched);
  });
  print(fmt::format("merged {} runs -> {}\n", words.size() - 1, words[0]));
  if (unfinished > 0) {
    fmt::print("{} of its points lack work units: continue these runs and merge them again\n",
               unfinished);
  }
  return status(Exit::done);
}

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
  if (verb == "check") return check(arguments({}, {"set"}, 1, 1));
  if (verb == "status") {
    const Arguments parsed = arguments({"json"}, {}, 1, ~std::size_t{0});
    const auto words = parsed.words();
    print(usable([&] {
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
