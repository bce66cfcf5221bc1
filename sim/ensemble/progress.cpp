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
  // A file gets a line every 10 s at first, every percent of the time passed in long runs.
  const double log_interval = std::max(kLogInterval, (time - begun_) / 100);
  if (!totals_.quiet && time - printed_ > (terminal_ ? kBarInterval : log_interval)) {
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

}  // namespace symbreak::ensemble
