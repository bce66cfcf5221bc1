#include "sim/command/usage.hpp"

namespace symbreak::command {

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = {
      {"run",
       "DECK [--set section.key=value]... [--output DIR] [--walltime TIME] [--slice I/N] "
       "[--quiet]",
       "runs a deck, or goes on with it",
       {"--set      a key of the deck; recorded: the plain command goes on with it",
        "--output   the run's directory instead of runs/<name>",
        "--walltime stops in time: 90 s, 30 min, HH:MM:SS, D-HH:MM:SS; 0 s: none",
        "--slice    part I of N of the units, in RUN/slices: for job arrays. The same",
        "           command without it takes in what they finished, and does the rest.",
        "--quiet    only warnings and errors; `symbreak status` tells how far it is",
        "mpirun -n N symbreak run DECK does the same on N ranks, to the same bits."},
       "mpirun -n 2 symbreak run inputs/tutorial/two_deltas.ini"},
      {"check",
       "DECK [--quick] [--set section.key=value]...",
       "all errors of a deck at once; else its plan",
       {"Points, units, memory, disk, time (units are tried for half a second; programs",
        "of yours are not), what will be recorded and what is predicted, and what was",
        "understood of data files.", "--quick  no unit is tried: the time is a guess"},
       "symbreak check inputs/tutorial/two_deltas.ini --set sampling.replicas=4"},
      {"status",
       "RUN... [--json]",
       "how far runs are, also while they run",
       {"Of several one line each; merged results too."},
       "symbreak status runs/*"},
      {"analyze",
       "RUN [-v] [--csv] [--json] [--strict] [--observables] [--crossing NAME]... "
       "[--collapse NAME]... [--against KEY] [--size KEY]",
       "the numbers of a run, against predictions where there are",
       {"-v             every row, and how each was fitted",
        "--csv, --json  the same numbers as a table, for programs",
        "--strict       status 4 where a prediction or a diagnostic fails",
        "--observables  the recorded values as well",
        "Lines fit the terminal, or COLUMNS. A run that is not complete is analyzed as",
        "far as it is.",
        "Finite-size scaling of any number (an observable, element[3] of an array,",
        "binder_cumulant, a result of one point), instead of the rest:",
        "--crossing  where its curves of neighbouring sizes cross, and all together",
        "--collapse  critical point, 1/nu and exponent that make one curve of them",
        "--against   the swept key along the curves, --size that of the sizes, where it",
        "            is not the only one",
        "--window    LOW:HIGH of --against; --degree of the polynomials, else chosen",
        "--critical, --nu, --exponent  fix what is known of a collapse",
        "--correction W  extrapolates crossings in size^-W"},
       "symbreak analyze runs/two_deltas -v"},
      {"report",
       "RUN... [--output DIR] [--crossing NAME]... [--collapse NAME]...",
       "one HTML page with figures; each as SVG, CSV and gnuplot script",
       {"--output   instead of RUN/report",
        "--crossing, --collapse  finite-size scaling as of analyze, on top of the page",
        "Of several runs: their results and figures overlaid, what differs between the",
        "decks, and z of all numbers that two of them have (differences.csv), in",
        "RUN/report/with_OTHERS."},
       "symbreak report runs/small runs/large"},
      {"export",
       "RUN [--observable NAME]... [--bins]",
       "every recorded value as CSV, one row each",
       {"Columns: swept keys, observable, axis, index, axis_value, value, error,",
        "tau_int, ess, dof, unit, text. Axes of one array are separated by ';'.",
        "--observable  only these",
        "--bins        means of consecutive samples, to resample: work_unit, bin,",
        "              samples, element"},
       "symbreak export runs/two_deltas --observable magnetization > m.csv"},
      {"merge",
       "OUT RUN...",
       "more statistics from runs of the same physics with other seeds",
       {"Units that two of the runs share are refused."},
       "symbreak merge runs/both runs/seed_1 runs/seed_2"},
      {"validate",
       "[LABEL]... [--seeds N] [--decks DIR] [--output DIR]",
       "runs decks with known answers, judges the error bars",
       {"--seeds  over N seeds every z must have mean 0 and width 1"},
       "symbreak validate ising --seeds 5"},
      {"explain",
       "[WORD] [--markdown]",
       "targets, experiments, keys, topics; any other word is looked for",
       {"matrix      which experiment runs on which target",
        "--markdown  tables for documentation"},
       "symbreak explain memorization"},
  };
  return all;
}

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const Verb& verb : verbs()) names.push_back(verb.name);
  return names;
}

namespace {

const Verb* find(const std::string& name) {
  for (const Verb& verb : verbs()) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

/// A call, its optional parts on further lines where one line is too long.
std::string call(const Verb& verb, const std::string& before) {
  constexpr std::size_t kWidth = 80;
  const std::string margin(before.size() + verb.name.size() + 1, ' ');
  std::string text, line = before + verb.name, arguments = verb.arguments;
  while (!arguments.empty()) {
    const auto option = arguments.find(" [", 1);
    const std::string part = arguments.substr(0, option);
    arguments.erase(0, option == std::string::npos ? arguments.size() : option + 1);
    if (line.size() + 1 + part.size() > kWidth) {
      text += line + '\n';
      line = margin + part;
    } else {
      line += ' ' + part;
    }
  }
  return text + line + '\n';
}

}  // namespace

std::string usage() {
  std::string text = "symbreak: diffusion models as thermodynamic systems\n\n";
  for (const Verb& verb : verbs()) {
    text += call(verb, "  symbreak ") + "      " + verb.does + "\n";
  }
  return text +
         "  symbreak VERB --help, symbreak --version\n\n"
         "mpirun -n N symbreak run DECK does the same on N ranks. RUN: a run's directory.\n"
         "Exit status: 0 done, 1 internal or I/O error, 2 usage, deck or data error,\n"
         "3 stopped (the same command continues), 4 --strict and something disagrees.\n";
}

std::string help(const std::string& name) {
  const Verb* verb = find(name);
  if (verb == nullptr) return "";
  std::string text = call(*verb, "symbreak ") + "  " + verb->does + "\n\n";
  for (const std::string& line : verb->details) text += "  " + line + "\n";
  return text + "\nfor example\n  " + verb->example + "\n";
}

std::string usage_line(const std::string& name) {
  const Verb* verb = find(name);
  return verb == nullptr ? "" : "usage: symbreak " + verb->name + " " + verb->arguments;
}

}  // namespace symbreak::command
