#include "sim/command/analyze.hpp"

#include <fmt/format.h>

#include <iostream>
#include <set>

#include "analysis/report/report.hpp"
#include "sim/command/results.hpp"
#include "sim/deck/spelling.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/experiment/registry.hpp"

namespace symbreak::command {

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

int merge(const Arguments& arguments) {
  const auto words = arguments.words();
  const std::size_t unfinished = usable(words, [&] {
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

}  // namespace symbreak::command
