// How far runs are, from what they publish.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/layout/layout.hpp"
#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

namespace {

using Json = nlohmann::ordered_json;

/// A heartbeat older than this on a run that says "running" means that it died.
constexpr double kDead = 60;

/// Whether the run that wrote this is still there: on this host its process, elsewhere its pulse.
bool alive(const Json& status, double age) {
  if (status["host"] != host()) return age < kDead;
  return kill(status["pid"].get<pid_t>(), 0) == 0 || errno == EPERM;
}

/// A result without a status: `merge` makes them.
Json status_of_result(const std::filesystem::path& file) {
  const record::ResultFile content = record::read_result(file);
  std::size_t units = 0, complete = 0;
  for (const auto& [id, some] : content.units) units += some.size();
  for (const verdict::Point& point : content.result.points) complete += point.complete;
  return {{"schema", "symbreak-status-1"},
          {"run", content.result.run},
          {"state", content.fingerprint == kMerged ? "merged" : "unknown"},
          {"units_done", units},
          {"units", nullptr},
          {"points_complete", complete},
          {"points", content.result.points.size()}};
}

/// The status of a run; nullopt where there is none.
std::optional<Json> found_status(const std::filesystem::path& run) {
  std::ifstream stream(run / "status.json");
  Json content = Json::parse(stream, nullptr, false);
  if (!stream || content.is_discarded() || !content.contains("heartbeat")) {
    std::error_code unknown;
    if (!std::filesystem::exists(run / "result.h5", unknown)) return std::nullopt;
    return status_of_result(run / "result.h5");
  }
  const double age = now() - content["heartbeat"].get<double>();
  if (content["state"] == "running" && !alive(content, age)) content["state"] = "dead";
  return content;
}

/// "61/61 units, 100 %, 3 s left" or "48 units, 5/5 points".
std::string progress_text(const Json& status) {
  const auto done = status["units_done"].get<std::int64_t>();
  if (status["units"].is_null()) {
    return fmt::format("{} units, {}/{} points", done, status["points_complete"].get<int>(),
                       status["points"].get<int>());
  }
  std::string text = fmt::format("{}/{} units, {:.0f} %", done, status["units"].get<std::int64_t>(),
                                 100 * status["fraction"].get<double>());
  if (status["state"] == "running" && status["seconds_left"].is_number()) {
    text += ", " + duration(status["seconds_left"]) + " left";
  }
  return text;
}

std::string no_run(const std::filesystem::path& run) {
  return fmt::format(
      "{}: no status of a run here; the directory of a run is expected (runs/<name>)",
      run.string());
}

}  // namespace

std::string status(const std::filesystem::path& run, bool json) {
  const auto shown = found_status(run);
  if (!shown) throw record::FileError(no_run(run));
  if (json) return shown->dump(1);
  const std::string state = (*shown)["state"];
  std::string text =
      fmt::format("{}: {}, {}", std::string((*shown)["run"]), state, progress_text(*shown));
  if (!shown->contains("heartbeat")) return text;
  text += fmt::format(
      "\n{} on {}, updated {} ago", count((*shown)["ranks"].get<std::size_t>(), "rank"),
      std::string((*shown)["host"]), duration(now() - (*shown)["heartbeat"].get<double>()));
  if (state == "dead") text += "\nno sign of life: killed? the same command continues it";
  if (state == "stopped") text += "\nthe same command continues it";
  return text;
}

std::string status(const std::vector<std::filesystem::path>& runs, bool json, std::size_t width) {
  if (runs.size() == 1) return status(runs.front(), json);
  Json all = Json::array();
  std::vector<layout::Definition> lines;
  for (const std::filesystem::path& run : runs) {
    std::optional<Json> shown;
    std::string fault = "no run here";
    try {
      shown = found_status(run);
    } catch (const record::FileError& error) {
      fault = error.what();
    }
    if (shown) {
      lines.push_back({run.string(), fmt::format("{}, {}", std::string((*shown)["state"]),
                                                 progress_text(*shown))});
      (*shown)["directory"] = run.string();
      all.push_back(*shown);
    } else {
      lines.push_back({run.string(), fault});
    }
  }
  if (all.empty()) throw record::FileError(no_run(runs.front()));
  if (json) return all.dump(1);
  std::string text = layout::definitions(lines, width, 0);
  text.pop_back();
  return text;
}

}  // namespace symbreak::ensemble
