// How far runs are, from what they publish.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "analysis/layout/layout.hpp"
#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

namespace {

using Json = nlohmann::ordered_json;

/// A heartbeat older than this on a run that says "running" means that it died.
constexpr double kDead = 60;

/// A key's value where it is there and of this kind.
template <class Value>
Value of(const Json& content, const char* key, Value otherwise) {
  const auto found = content.find(key);
  if (found == content.end()) return otherwise;
  const bool fits = std::is_same_v<Value, std::string> ? found->is_string()
                    : std::is_same_v<Value, double>    ? found->is_number()
                    : std::is_unsigned_v<Value>        ? found->is_number_unsigned()
                                                       : found->is_number_integer();
  return fits ? found->get<Value>() : otherwise;
}

/// Whether the run that wrote this is still there: on this host its process, elsewhere its pulse.
bool alive(const Json& status, double age) {
  const auto process = of<std::int64_t>(status, "pid", 0);
  if (of<std::string>(status, "host", "") != host() || process <= 0 || process > INT32_MAX) {
    return age < kDead;
  }
  return kill(static_cast<pid_t>(process), 0) == 0 || errno == EPERM;
}

double age_of(const Json& status) { return now() - of<double>(status, "heartbeat", std::nan("")); }

/// A result without a status: `merge` makes them.
Json status_of_result(const std::filesystem::path& file) {
  const record::ResultReader reader(file);
  const record::ResultFile& content = reader.head();
  const std::size_t points = reader.ids().size();
  std::size_t units = 0, complete = 0;
  for (std::size_t p = 0; p < points; ++p) {
    units += reader.units(p).size();
    complete += reader.complete(p) ? 1 : 0;
  }
  return {{"schema", "symbreak-status-1"},
          {"run", content.result.run},
          {"state", content.fingerprint == kMerged ? "merged" : "unknown"},
          {"units_done", units},
          {"units", nullptr},
          {"points_complete", complete},
          {"points", points}};
}

/// The status of a run; nullopt where there is none. Any JSON object will do: files of other
/// versions, of other programs and of crashed file systems lack keys or hold other things.
std::optional<Json> found_status(const std::filesystem::path& run) {
  std::ifstream stream(run / "status.json");
  Json content = Json::parse(stream, nullptr, false);
  if (!stream || !content.is_object()) {
    std::error_code unknown;
    if (!std::filesystem::exists(run / "result.h5", unknown)) return std::nullopt;
    return status_of_result(run / "result.h5");
  }
  auto state = of<std::string>(content, "state", "unknown");
  if (state == "running" && !alive(content, age_of(content))) state = "dead";
  content["state"] = state;
  return content;
}

/// "61/61 units, 100 %, 3 s left" or "48 units, 5/5 points".
std::string progress_text(const Json& status) {
  const auto done = of<std::int64_t>(status, "units_done", 0);
  if (status.contains("units") && status["units"].is_null()) {
    return fmt::format("{} units, {}/{} points", done,
                       of<std::int64_t>(status, "points_complete", 0),
                       of<std::int64_t>(status, "points", 0));
  }
  std::string text =
      fmt::format("{}/{} units, {:.0f} %", done, of<std::int64_t>(status, "units", 0),
                  100 * of<double>(status, "fraction", std::nan("")));
  const auto left = of<double>(status, "seconds_left", std::nan(""));
  if (of<std::string>(status, "state", "") == "running" && left >= 0) {
    text += ", " + duration(left) + " left";
  }
  return text;
}

/// Bytes that are no UTF-8 replaced, so that the JSON stays valid.
std::string dumped(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace);
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
  if (json) return dumped(*shown);
  const auto state = of<std::string>(*shown, "state", "unknown");
  std::string text =
      fmt::format("{}: {}, {}", of<std::string>(*shown, "run", "?"), state, progress_text(*shown));
  if (state == "merged") return text;
  const double age = age_of(*shown);
  text +=
      fmt::format("\n{} on {}, updated {} ago", count(of<std::size_t>(*shown, "ranks", 0), "rank"),
                  of<std::string>(*shown, "host", "?"), std::isfinite(age) ? duration(age) : "?");
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
      lines.push_back({run.string(), fmt::format("{}, {}", of<std::string>(*shown, "state", "?"),
                                                 progress_text(*shown))});
      (*shown)["directory"] = run.string();
      all.push_back(*shown);
    } else {
      lines.push_back({run.string(), fault});
    }
  }
  if (all.empty()) throw record::FileError(no_run(runs.front()));
  if (json) return dumped(all);
  std::string text = layout::definitions(lines, width, 0);
  text.pop_back();
  return text;
}

}  // namespace symbreak::ensemble
