#include "sim/ensemble/trial.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>
#include <numeric>
#include <vector>

#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace {

constexpr std::size_t kPoints = 4;
/// So much longer it waits where nothing is known yet: two blocks must end.
constexpr double kPatience = 4;

/// What the child has learnt of the unit of a point.
struct Trial {
  std::size_t point;
  double seconds;
};

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double unit_cost(const Plan& plan, std::size_t p) {
  return Plan::work(plan.units[plan.points[p].first_unit]);
}

/// Of those in `order`, the ones that stand for equal shares of the work.
std::vector<std::size_t> representatives(const Plan& plan, const std::vector<std::size_t>& order) {
  const auto work = [&](std::size_t p) {
    return unit_cost(plan, p) * static_cast<double>(plan.points[p].units());
  };
  double all = 0, so_far = 0;
  for (const std::size_t p : order) all += work(p);
  std::vector<std::size_t> chosen;
  for (const std::size_t p : order) {
    so_far += work(p);
    const double share = (static_cast<double>(chosen.size()) + 0.5) / kPoints;
    if (so_far >= share * all) chosen.push_back(p);
  }
  return chosen;
}

/// Units of a point for `seconds`, at least two unless they take longer; `tell` hears after every
/// block what one is estimated to take. What points share is made by the first unit, so that the
/// last one counts.
template <class Tell>
void try_units(const Plan& plan, std::size_t p, double seconds, const Tell& tell) {
  const Plan::Point& point = plan.points[p];
  const auto experiment = plan.experiment_of(p);
  const double begin = processor_seconds();
  for (std::size_t unit = 0;; ++unit) {
    const Plan::Unit& one = plan.units[point.first_unit + unit % point.units()];
    const double start = processor_seconds();
    const auto simulation = experiment->start(plan.address(one));
    measure::Recorder recorder(experiment->observables());
    const std::int64_t blocks = simulation->blocks();
    const double ready = processor_seconds();
    double first = 0;
    for (std::int64_t block = 0; block < blocks; ++block) {
      simulation->advance(recorder);
      const double now = processor_seconds();
      if (block == 0) first = now - ready;
      // The first block may hold what is done once, a burn-in: it says nothing of those to come.
      if (block == 0 && blocks > 1) continue;
      const bool partial = block + 1 < blocks;
      const double each = block == 0 ? 0 : (now - ready - first) / static_cast<double>(block);
      if (unit == 0 || !partial) {
        tell(ready - start + first + each * static_cast<double>(blocks - 1));
      }
      if (partial && now - begin > seconds) return;
    }
    simulation->conclude(recorder);
    const double spent = processor_seconds() - begin;
    if (spent > seconds || (unit > 0 && spent > seconds / 3)) return;
  }
}

[[noreturn]] void child(const Plan& plan, const std::vector<std::size_t>& chosen, double seconds,
                        int pipe) {
  const int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, STDOUT_FILENO);
  dup2(nowhere, STDERR_FILENO);
  for (const std::size_t p : chosen) {
    try {
      try_units(plan, p, seconds / static_cast<double>(chosen.size()), [&](double estimate) {
        const Trial trial{p, estimate};
        if (write(pipe, &trial, sizeof trial) != sizeof trial) _exit(0);
      });
    } catch (...) {  // NOLINT: whatever is wrong with it, `run` will say
    }
  }
  _exit(0);
}

}  // namespace

void time_units(Plan& plan, double seconds) {
  for (const deck::Setting& setting : plan.settings) {
    if (setting.path.ends_with(".worker") && !setting.text.empty()) return;
  }
  const double memory =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  std::vector<std::size_t> order(plan.points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::less(), [&](std::size_t p) { return unit_cost(plan, p); });
  std::vector<std::size_t> chosen = representatives(plan, order);
  std::erase_if(chosen, [&](std::size_t p) {
    return static_cast<double>(plan.experiment_of(p)->memory_per_unit()) > memory / 4;
  });
  int ends[2];
  if (chosen.empty() || pipe(ends) != 0) return;
  const pid_t process = fork();
  if (process == 0) child(plan, chosen, seconds / 2, ends[1]);
  close(ends[1]);
  std::map<std::size_t, double> measured;
  if (process > 0) {
    const double begin = steady();
    for (Trial trial{};;) {
      pollfd wait{.fd = ends[0], .events = POLLIN, .revents = 0};
      const double left = begin + (measured.empty() ? kPatience : 1) * seconds - steady();
      if (left <= 0 || ::poll(&wait, 1, static_cast<int>(1000 * left) + 1) <= 0) break;
      if (read(ends[0], &trial, sizeof trial) != sizeof trial) break;
      measured[trial.point] = trial.seconds;
    }
    kill(process, SIGKILL);
    waitpid(process, nullptr, 0);
  }
  close(ends[0]);
  if (measured.empty()) return;
  // A point costs as much more than thought as the next dearer one that was measured, if any.
  const auto dearest = std::ranges::find_if(order.rbegin(), order.rend(),
                                            [&](std::size_t p) { return measured.contains(p); });
  double factor = measured.at(*dearest) / unit_cost(plan, *dearest);
  for (auto p = order.rbegin(); p != order.rend(); ++p) {
    const auto found = measured.find(*p);
    if (found != measured.end()) factor = found->second / unit_cost(plan, *p);
    const Plan::Point& point = plan.points[*p];
    for (std::size_t u = 0; u < point.units(); ++u) {
      Plan::Unit& unit = plan.units[point.first_unit + u];
      unit.seconds = factor * Plan::work(unit);
    }
  }
  plan.timed = measured.size();
}

}  // namespace symbreak::ensemble
