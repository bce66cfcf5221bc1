#include "sim/diffusion/channel/grid.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/theory/channels/unmasking.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/channel/exact_curve.hpp"
#include "sim/diffusion/channel/measured_curve.hpp"

namespace symbreak::diffusion {

namespace {

std::unique_ptr<theory::ChannelCurve> exact_flips(const std::string& schedule,
                                                  const SpinChannel& channel,
                                                  const target::Target& target) {
  auto curve = exact_curve(target, channel);
  if (curve) return curve;
  throw deck::KeyError("experiment.schedule",
                       "schedule = {} needs the exact entropy production of flips of {}, known for "
                       "Curie-Weiss and few spins; use even or log",
                       schedule, target.describe());
}

std::vector<double> masked_shares(const std::string& schedule, int steps,
                                  const SpinChannel& channel, const target::Target& target) {
  if (schedule == "even") return theory::even_nodes(steps);
  if (schedule == "cosine") return theory::cosine_nodes(steps);
  auto curve = exact_curve(target, channel);
  if (!curve) curve = measured_erasure(target);
  if (schedule == "entropic") return theory::entropic_nodes(*curve, steps);
  return schedule == "sqrt_rate" ? theory::sqrt_rate_nodes(*curve, steps)
                                 : theory::optimal_nodes(*curve, steps);
}

/// Equal shares of H(y|x) from the first signal on.
std::vector<double> entropic_signals(const theory::ChannelCurve& curve, double first, int steps) {
  std::vector<double> signals{first};
  const double whole = curve.entropy(first);
  for (int k = 1; k < steps; ++k) {
    double low = first, high = 1;
    for (int iteration = 0; iteration < 60; ++iteration) {
      const double middle = (low + high) / 2;
      (curve.entropy(middle) > whole * (steps - k) / steps ? low : high) = middle;
    }
    signals.push_back((low + high) / 2);
  }
  signals.push_back(1);
  return signals;
}

[[noreturn]] void refuse(const std::string& schedule, const std::string& of) {
  throw deck::KeyError("experiment.schedule", "schedule = {} is one of {}", schedule, of);
}

}  // namespace

std::vector<double> spin_grid(const deck::Parameters& parameters, const SpinChannel& channel,
                              const target::Target& target) {
  const std::string& schedule = parameters.word("experiment.schedule");
  const auto steps = static_cast<int>(parameters.integer("experiment.steps"));
  const SpinClock clock(parameters);
  const auto signal = [&](double t) { return clock.signal(t, "experiment.t_start"); };
  const auto even_times = [&] {
    const double start = parameters.real("experiment.t_start");
    std::vector<double> signals;
    for (int k = 0; k <= steps; ++k) signals.push_back(signal(start * (steps - k) / steps));
    return signals;
  };
  std::vector<double> signals;
  if (channel.law() == theory::SpinNoise::erase) {
    if (schedule == "time") {
      signals = even_times();
      signals.front() = 0;
      return signals;
    }
    if (clock.named()) {
      throw deck::KeyError("forward.clock",
                           "steps of masks are shares e; schedule = time is of a clock");
    }
    if (schedule == "log") {
      refuse(schedule, "flips, which start at a time t_start: masks start at e = 1");
    }
    for (const double e : masked_shares(schedule, steps, channel, target)) {
      signals.push_back(channel.signal(e));
    }
    return signals;
  }
  const double start = parameters.real("experiment.t_start");
  if (schedule == "even" || schedule == "time") {
    signals = even_times();
  } else if (schedule == "log") {
    const double end = parameters.real("experiment.t_end");
    if (!(end < start)) throw deck::KeyError("experiment.t_end", "must be below t_start");
    for (int k = 0; k < steps; ++k) {
      const double share = steps > 1 ? static_cast<double>(k) / (steps - 1) : 0;
      signals.push_back(signal(start * std::pow(end / start, share)));
    }
    signals.push_back(1);
  } else if (schedule == "entropic") {
    signals = entropic_signals(*exact_flips(schedule, channel, target), signal(start), steps);
  } else {
    refuse(schedule, "erasures");
  }
  return signals;
}

std::vector<deck::Key> spin_grid_keys() {
  return {
      deck::word_key("experiment", "schedule", "even",
                     "even (in e; flip: in t), time (in t of forward.clock, from t_start), "
                     "entropic (equal shares of H(y|x)); erase: cosine "
                     "(e_k = cos(pi k/2n)), sqrt_rate (equal shares of the integral of "
                     "sqrt(h'), h = dH/de), optimum (the least excess); flip: log (in t)",
                     {"even", "time", "cosine", "entropic", "sqrt_rate", "optimum", "log"}),
      deck::count_key("experiment", "steps", "16", "reverse steps", 1, 1e5),
      deck::used_with(
          "forward.channel=flip or schedule=time",
          deck::positive_key("experiment", "t_start", "6",
                             "t at which the reverse process starts, of forward.clock; -ln(1 - 2p) "
                             "where that is not set (ddpm ends at 1)",
                             300)),
      deck::used_with("schedule=log", deck::positive_key("experiment", "t_end", "0.001",
                                                         "last level before t = 0", 300))};
}

}  // namespace symbreak::diffusion
