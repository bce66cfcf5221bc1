#include "sim/validation/validation.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <regex>

#include "analysis/findings/common/grouping.hpp"
#include "analysis/findings/registry.hpp"
#include "analysis/report/report.hpp"
#include "analysis/statistics/normality.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/record/record.hpp"
#include "sim/validation/law.hpp"

namespace symbreak::validation {

namespace {

namespace fs = std::filesystem;
using ensemble::Exit;
using statistics::Normality;
using verdict::Verdict;

struct DeckResult {
  std::string name;
  std::vector<std::string> order;  ///< quantities as the analysis has them
  std::map<std::string, Seeds> quantities;
  std::map<std::string, int> warnings;  ///< and how often
  double seconds = 0;

  void add(const verdict::Findings& findings, std::size_t seed) {
    for (const Verdict& row : findings.verdicts) {
      if (!quantities.contains(row.quantity)) order.push_back(row.quantity);
      Seeds& seeds = quantities[row.quantity];
      if (seeds.size() <= seed) seeds.resize(seed + 1);
      seeds[seed].push_back(row);
    }
    for (const verdict::Diagnostic& diagnostic : findings.diagnostics) {
      if (diagnostic.severity == verdict::Severity::note) continue;
      ++warnings[fmt::format("{}: {}", diagnostic.subject, diagnostic.text)];
    }
  }
};

const Verdict& worst(const Seeds& seeds) {
  const Verdict* found = nullptr;
  for (const std::vector<Verdict>& rows : seeds) {
    for (const Verdict& row : rows) {
      if (found == nullptr || std::abs(row.z()) > std::abs(found->z())) found = &row;
    }
  }
  return *found;
}

/// A quantity of several seeds is refused below this p: two tests of some 500 quantities, 1 %.
constexpr double kLevel = 1e-5;

/// The table of one deck; whether all of it is as it should be.
bool print(const DeckResult& deck, std::size_t seeds) {
  bool fine = true;
  fmt::print("{}   {}\n", deck.name, ensemble::duration(deck.seconds));
  for (const std::string& quantity : deck.order) {
    const Seeds& all = deck.quantities.at(quantity);
    std::size_t rows = 0, agree = 0;
    for (const std::vector<Verdict>& seed : all) {
      rows += seed.size();
      agree += static_cast<std::size_t>(std::count_if(
          seed.begin(), seed.end(), [](const Verdict& row) { return !row.disagrees(); }));
    }
    if (seeds == 1) {
      const Verdict& row = worst(all);
      fine = fine && agree == rows;
      fmt::print("  {:<34} {:>3}/{:<3} {:>5.1f}  {} | {}  {}\n", quantity, agree, rows, row.z(),
                 report::with_error(row.measured, row.error),
                 report::with_error(row.predicted, row.predicted_error),
                 findings::key_label(row.point));
      continue;
    }
    const Law law = law_of(all);
    if (law.count == 0) {  // solved: errors are numerical, no law
      fine = fine && agree == rows;
      fmt::print("  {:<34} {:>4}/{:<4} exact\n", quantity, agree, rows);
      continue;
    }
    const bool off = law.mean_p < kLevel || law.width_p < kLevel;
    fine = fine && !off;
    const std::string theory =
        law.prediction > 0 ? fmt::format("   prediction's: {:.0f} %", 100 * law.prediction) : "";
    fmt::print("  {:<34} {:>4}/{:<4} z {:>5.2f} +- {:.2f}  p {:.2g}, {:.2g}  >3: {}{}{}\n",
               quantity, agree, rows, law.mean, law.rms, law.mean_p, law.width_p, law.beyond_3,
               theory, off ? "   NO" : "");
  }
  for (const auto& [warning, times] : deck.warnings) {
    fmt::print("  warning{}: {}\n", times > 1 ? fmt::format(" ({} times)", times) : "", warning);
  }
  std::fflush(stdout);
  return fine && deck.warnings.empty();
}

/// One z of every run: the verdict at a place that moves with the seed.
std::vector<double> independent(const std::vector<DeckResult>& decks, std::size_t seeds) {
  std::vector<double> z;
  for (const DeckResult& deck : decks) {
    for (std::size_t seed = 0; seed < seeds; ++seed) {
      std::vector<double> all;
      for (const auto& [quantity, list] : deck.quantities) {
        if (seed >= list.size() || solved(list)) continue;
        const std::vector<double> shared = shared_variance(list);
        for (std::size_t j = 0; j < list[seed].size(); ++j) {
          const bool alone = j >= shared.size() || shared[j] == 0;
          if (alone && judged(list[seed][j])) all.push_back(list[seed][j].z());
        }
      }
      if (!all.empty()) z.push_back(all[(seed * 7919 + 13) % all.size()]);
    }
  }
  return z;
}

bool print(const Normality& law) {
  const auto tail = [](const statistics::Tail& t) {
    return fmt::format("|z| > {:.0f}: {} ({} ... {} expected){}", t.limit, t.count, t.least, t.most,
                       t.fits() ? "" : "   NO");
  };
  fmt::print(
      "{} independent z, one a run: mean {:.3f} (p {:.2g}), variance {:.3f} (p {:.2g})\n"
      "Anderson-Darling A^2 = {:.2f} (p {:.2g}); {}; {}\n",
      law.count, law.mean, law.mean_p, law.variance, law.variance_p, law.anderson_darling,
      law.anderson_p, tail(law.two), tail(law.three));
  return law.mean_p > 1e-3 && law.variance_p > 1e-3 && law.anderson_p > 1e-3 && law.two.fits() &&
         law.three.fits();
}

}  // namespace

std::vector<fs::path> select(const fs::path& decks, const std::vector<std::string>& labels) {
  std::vector<fs::path> all;
  if (!fs::is_directory(decks)) {
    throw std::invalid_argument(
        fmt::format("{}: no folder of validation decks here; name it by --decks", decks.string()));
  }
  for (const auto& entry : fs::directory_iterator(decks)) {
    if (entry.path().extension() == ".ini") all.push_back(entry.path());
  }
  std::sort(all.begin(), all.end());
  if (labels.empty()) return all;
  std::vector<fs::path> chosen;
  std::map<std::string, bool> used, kinds;
  const std::regex kind(R"(^\s*kind\s*=\s*(\S+))");
  for (const fs::path& path : all) {
    std::ifstream file(path);
    std::vector<std::string> words;
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
      if (std::regex_search(line, match, kind)) words.push_back(match[1]), kinds[match[1]] = true;
    }
    bool take = false;
    for (const std::string& label : labels) {
      if (path.stem().string().find(label) == std::string::npos &&
          std::find(words.begin(), words.end(), label) == words.end()) {
        continue;
      }
      take = used[label] = true;
    }
    if (take) chosen.push_back(path);
  }
  for (const std::string& label : labels) {
    if (used.contains(label)) continue;
    std::string known;
    for (const auto& [word, present] : kinds) known += (known.empty() ? "" : ", ") + word;
    throw std::invalid_argument(
        fmt::format("validate: no deck of {} has '{}' in its name or as a kind; kinds: {}",
                    decks.string(), label, known));
  }
  return chosen;
}

Exit validate(const Options& options, const RunDeck& run) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  const std::vector<fs::path> decks = select(options.decks, options.labels);
  const auto seeds = static_cast<std::size_t>(options.seeds);
  std::vector<DeckResult> results;
  std::size_t fine = 0, missing = 0;
  if (rank == 0) {
    fmt::print("{}\n",
               seeds == 1
                   ? "  quantity                           agree   z of the worst row, "
                     "measured | predicted"
                   : "  quantity                           agree     mean z +- rms, p of the "
                     "mean and of the width");
  }
  for (const fs::path& path : decks) {
    DeckResult& deck = results.emplace_back();
    deck.name = path.stem().string();
    const double begin = ensemble::steady();
    bool ran = true;
    for (std::size_t seed = 1; ran && seed <= seeds; ++seed) {
      const fs::path output =
          options.output / deck.name / (seeds == 1 ? "own_seed" : fmt::format("seed_{}", seed));
      std::vector<std::string> overrides;
      if (seeds > 1) overrides.push_back(fmt::format("run.seed={}", seed));
      const Exit exit = run(path, overrides, output);
      if (exit != Exit::done && exit != Exit::usage) return exit;
      ran = exit == Exit::done;  // data of others may be missing: the rest can be judged
      if (rank != 0 || !ran) continue;
      deck.add(findings::analyse(record::read_result(output / "result.h5").result), seed - 1);
    }
    deck.seconds = ensemble::steady() - begin;
    missing += ran ? 0 : 1;
    if (rank == 0 && ran) fine += print(deck, seeds) ? 1 : 0;
  }
  auto status = static_cast<int>(Exit::done);
  if (rank == 0) {
    fmt::print("{} of {} decks as they should be{}\n", fine, results.size(),
               missing > 0 ? fmt::format(", {} could not run (see above)", missing) : "");
    bool all = fine + missing == results.size();
    if (const std::vector<double> z = independent(results, seeds); seeds > 1 && !z.empty()) {
      all = print(statistics::normality(z)) && all;
    }
    if (missing > 0) status = static_cast<int>(Exit::usage);
    if (!all) status = static_cast<int>(Exit::disagrees);
  }
  MPI_Bcast(&status, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return static_cast<Exit>(status);
}

}  // namespace symbreak::validation
