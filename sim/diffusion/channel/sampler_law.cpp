#include <cmath>

#include "sim/diffusion/channel/exact_curve.hpp"
#include "sim/diffusion/channel/reverse.hpp"

namespace symbreak::diffusion {

namespace {

constexpr double kMostSums = 2e8;

double spin_of(Index digit) { return digit == 0 ? 0 : digit == 1 ? 1 : -1; }

/// 3^d states, digit i that of spin i.
MatrixXd all_states(Index d) {
  Index count = 1;
  for (Index i = 0; i < d; ++i) count *= 3;
  MatrixXd x(d, count);
  for (Index s = 0; s < count; ++s) {
    for (Index i = 0, rest = s; i < d; ++i, rest /= 3) x(i, s) = spin_of(rest % 3);
  }
  return x;
}

/// Adds weight times the product law of the spins i, i + 1, .. to the states from `state` on.
void spread(const std::vector<SpinChannel::Law>& laws, std::size_t i, Index state, Index place,
            double weight, VectorXd& to) {
  if (i == laws.size()) {
    to[state] += weight;
    return;
  }
  const double up = laws[i].up, down = laws[i].down, masked = 1 - up - down;
  if (up > 0) spread(laws, i + 1, state + place, 3 * place, weight * up, to);
  if (down > 0) spread(laws, i + 1, state + 2 * place, 3 * place, weight * down, to);
  if (masked > 1e-15) spread(laws, i + 1, state, 3 * place, weight * masked, to);
}

/// Of 3^d states those that are whole, by their bits.
VectorXd whole(const MatrixXd& states, const VectorXd& law) {
  const Index d = states.rows();
  VectorXd found = VectorXd::Zero(Index{1} << d);
  for (Index s = 0; s < law.size(); ++s) {
    if ((states.col(s).array() == 0).any()) continue;
    Index bits = 0;
    for (Index i = 0; i < d; ++i) bits |= states(i, s) > 0 ? Index{1} << i : 0;
    found[bits] = law[s];
  }
  return found;
}

/// The law of x at the start: the channel without signal, or noised data.
VectorXd start_law(const SpinChannel& channel, const MatrixXd& states, const VectorXd& data,
                   double signal, bool uniform) {
  const Index d = states.rows();
  VectorXd law = VectorXd::Zero(states.cols());
  for (Index y = 0; y < data.size(); ++y) {
    if (uniform && y > 0) break;  // without signal all data give the same
    std::vector<SpinChannel::Law> laws;
    for (Index i = 0; i < d; ++i) {
      const double spin = (y >> i & 1) != 0 ? 1 : -1;
      laws.push_back(channel.noise_law(spin, uniform ? 0 : signal));
    }
    spread(laws, 0, 0, 1, uniform ? 1 : data[y], law);
  }
  return law;
}

}  // namespace

std::optional<VectorXd> sampler_law(SpinSampler sampler, const SpinChannel& channel,
                                    const target::Target& target,
                                    const std::vector<double>& signals, bool uniform_start) {
  const Index d = target.dimension();
  const double steps = static_cast<double>(signals.size() - 1);
  if (steps * std::pow(5, static_cast<double>(d)) > kMostSums || is_exact(sampler)) {
    return std::nullopt;
  }
  const auto data = state_law(target, d);
  if (!data) return std::nullopt;
  const MatrixXd states = all_states(d);
  VectorXd law = start_law(channel, states, *data, signals.front(), uniform_start);
  for (std::size_t step = 0; step + 1 < signals.size(); ++step) {
    std::vector<Index> reached;
    for (Index s = 0; s < law.size(); ++s) {
      if (law[s] > 0) reached.push_back(s);
    }
    const MatrixXd x = states(Eigen::all, reached);
    const MatrixXd mean =
        target.mean(x, VectorXd::Constant(x.cols(), channel.field(signals[step])));
    VectorXd next = VectorXd::Zero(law.size());
    std::vector<SpinChannel::Law> laws(static_cast<std::size_t>(d));
    for (Index k = 0; k < x.cols(); ++k) {
      for (Index i = 0; i < d; ++i) {
        laws[static_cast<std::size_t>(i)] =
            next_spin(sampler, channel, x(i, k), mean(i, k), signals[step], signals[step + 1]);
      }
      spread(laws, 0, 0, 1, law[reached[static_cast<std::size_t>(k)]], next);
    }
    law = std::move(next);
  }
  return whole(states, law);
}

}  // namespace symbreak::diffusion
