#include "sim/command/results.hpp"

#include <fmt/format.h>

#include <set>

#include "analysis/findings/axes.hpp"
#include "analysis/findings/common/pulls.hpp"
#include "analysis/findings/registry.hpp"
#include "sim/deck/deck.hpp"

namespace symbreak::command {

namespace fs = std::filesystem;

std::uintmax_t size_of(const std::vector<std::string>& runs) {
  std::uintmax_t bytes = 0;
  for (const fs::path run : runs) {
    std::error_code none;  // is said by who reads it
    const std::uintmax_t size =
        fs::file_size(fs::is_directory(run) ? run / "result.h5" : run, none);
    bytes += none ? 0 : size;
  }
  return bytes;
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
  record::ResultFile content = usable({file}, [&] { return record::read_result(file); });
  findings::name_axes(content.result);
  content.result.sessions = content.sessions;
  return content;
}

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

}  // namespace symbreak::command
