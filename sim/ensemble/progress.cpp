#include "sim/ensemble/progress.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/record/record.hpp"

namespace symbreak::ensemble {

namespace {

constexpr double kBarInterval = 0.2, kLogInterval = 10, kStatusInterval = 2;  // seconds
constexpr int kBarWidth = 20;
/// A heartbeat older than this on a run that says "running" means that it died.
constexpr double kDead = 60;

using Json = nlohmann::ordered_json;

/// The one reader of status.json: any JSON object will do. Files of other versions, of other
/// programs and of crashed file systems lack keys or hold other things.
Json read_status(const std::filesystem::path& run) {
  std::ifstream stream(run / "status.json");
  Json content = Json::parse(stream, nullptr, false);
  if (!stream || !content.is_object()) {
    throw record::FileError(
        fmt::format("{}: no status of a run here; the directory of a run is expected (runs/<name>)",
                    run.string()));
  }
  return content;
}

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

}  // namespace

Progress::Progress(std::filesystem::path run, std::string name, const Totals& totals)
    : run_(std::move(run)),
      name_(std::move(name)),
      totals_(totals),
      start_(now()),
      begun_(steady()),
      printed_(begun_),
      terminal_(output_is_terminal()) {}

double Progress::eta(double fraction) const {
  const double done = fraction - totals_.work_before;
  if (!(done > 0)) return std::nan("");
  return (steady() - begun_) * (1 - fraction) / done;
}

void Progress::print(std::int64_t finished, double fraction) {
  const double left = eta(fraction);
  const std::string remaining = std::isfinite(left) ? duration(left) + " left" : "";
  if (terminal_) {
    const int filled = std::clamp(static_cast<int>(fraction * kBarWidth), 0, kBarWidth);
    draw(fmt::format("\r[{:#<{}}{:-<{}}] {:3.0f} %  {}/{} units  {}\x1b[K", "", filled, "",
                     kBarWidth - filled, 100 * fraction, finished, totals_.units, remaining));
    bar_ = true;
  } else {
    say(fmt::format("{} {:.0f} %, {}/{} units, {}\n", utc(now()), 100 * fraction, finished,
                    totals_.units, remaining));
  }
}

void Progress::publish(const std::string& state, std::int64_t finished, double fraction) const {
  const double left = eta(fraction);
  nlohmann::ordered_json json = {{"schema", "symbreak-status-1"},
                                 {"run", name_},
                                 {"state", state},
                                 {"units_done", finished},
                                 {"units", totals_.units},
                                 {"fraction", fraction},
                                 {"seconds", steady() - begun_},
                                 {"seconds_left", nullptr},
                                 {"ranks", totals_.ranks},
                                 {"host", host()},
                                 {"pid", getpid()},
                                 {"start", utc(start_)},
                                 {"updated", utc(now())},
                                 {"heartbeat", now()}};
  if (state == "running" && std::isfinite(left)) json["seconds_left"] = left;
  try {
    record::write_text(run_ / "status.json", json.dump(1) + "\n");
  } catch (const record::FileError&) {
    // A full disk is no reason to end a run here: saving results is what complains.
  }
}

void Progress::update(std::int64_t finished, double fraction) {
  const double time = steady();
  if (time - published_ > kStatusInterval) {
    publish("running", finished, fraction);
    published_ = time;
  }
  if (!totals_.quiet && time - printed_ > (terminal_ ? kBarInterval : kLogInterval)) {
    print(finished, fraction);
    printed_ = time;
  }
}

void Progress::finish(const std::string& state, std::int64_t finished, double fraction) {
  if (bar_) {
    print(finished, fraction);
    say("\n");
  }
  publish(state, finished, fraction);
}

std::string status(const std::filesystem::path& run, bool json) {
  Json content = read_status(run);
  const auto heartbeat = of<double>(content, "heartbeat", std::nan(""));
  const double age = now() - heartbeat;
  auto state = of<std::string>(content, "state", "unknown");
  if (state == "running" && !alive(content, age)) state = "dead";
  content["state"] = state;
  if (json) return content.dump(1, ' ', false, Json::error_handler_t::replace);
  std::string text =
      fmt::format("{}: {}, {}/{} units, {:.0f} %", of<std::string>(content, "run", "?"), state,
                  of<std::int64_t>(content, "units_done", 0), of<std::int64_t>(content, "units", 0),
                  100 * of<double>(content, "fraction", std::nan("")));
  const auto left = of<double>(content, "seconds_left", std::nan(""));
  if (state == "running" && left >= 0) text += ", " + duration(left) + " left";
  text +=
      fmt::format("\n{} on {}, updated {} ago", count(of<std::size_t>(content, "ranks", 0), "rank"),
                  of<std::string>(content, "host", "?"), std::isfinite(age) ? duration(age) : "?");
  if (state == "dead") text += "\nno sign of life: killed? the same command continues it";
  if (state == "stopped") text += "\nthe same command continues it";
  return text;
}

}  // namespace symbreak::ensemble
