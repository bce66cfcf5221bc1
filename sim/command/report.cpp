#include "analysis/report/report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/escape.hpp"
#include "sim/command/analyze.hpp"
#include "sim/command/results.hpp"

namespace symbreak::command {

namespace fs = std::filesystem;

namespace {

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

}  // namespace

int write_report(const Arguments& arguments) {
  const std::vector<findings::ScalingRequest> requests = scaling_requests(arguments);
  if (arguments.words().size() > 1) {
    if (!requests.empty()) {
      throw UsageError("symbreak report: --crossing and --collapse are for one run");
    }
    return compare_runs(arguments);
  }
  const fs::path run = arguments.words()[0];
  const record::ResultFile file = read_run(run);
  const verdict::Result& result = file.result;
  const fs::path folder = folder_of(run);
  verdict::Findings findings = analyse(file, folder);
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

}  // namespace symbreak::command
