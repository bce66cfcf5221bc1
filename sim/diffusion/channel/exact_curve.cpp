#include "sim/diffusion/channel/exact_curve.hpp"

#include <cmath>

#include "sim/target/finite_support.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::diffusion {

namespace {

constexpr Index kLargestChain = 2048, kLargestErased = 16, kLargestFlipped = 18;
constexpr Index kLargestExchangeableErased = 4096, kLargestExchangeableFlipped = 512;

/// log phi(y) of all states but for a constant, each from the one that lacks its highest up spin.
VectorXd log_weights(const kernel::SpinGraph& graph) {
  const auto d = static_cast<Index>(graph.sites());
  VectorXd logs(Index{1} << d);
  const auto field = [&](Index i) {
    return graph.field.empty() ? 0.0 : graph.field[static_cast<std::size_t>(i)];
  };
  logs[0] = 0;
  for (Index i = 0; i < d; ++i) {
    const Index bit = Index{1} << i;
    for (Index s = 0; s < bit; ++s) {
      double local = field(i);
      const auto row = static_cast<std::size_t>(i);
      for (auto e = graph.first[row]; e < graph.first[row + 1]; ++e) {
        const auto entry = static_cast<std::size_t>(e);
        const bool up = (s >> graph.neighbour[entry] & 1) != 0;
        local += up ? graph.coupling[entry] : -graph.coupling[entry];
      }
      logs[s | bit] = logs[s] + 2 * local;
    }
  }
  return logs;
}

/// The couplings K_i of i and i + 1 around the ring; nullopt where there are other bonds.
std::optional<std::vector<double>> ring_couplings(const kernel::SpinGraph& graph) {
  const auto d = static_cast<Index>(graph.sites());
  std::vector<double> K(graph.sites(), 0);
  for (Index i = 0; i < d; ++i) {
    const auto row = static_cast<std::size_t>(i);
    for (auto e = graph.first[row]; e < graph.first[row + 1]; ++e) {
      const auto entry = static_cast<std::size_t>(e);
      const Index j = graph.neighbour[entry];
      if (j < i) continue;  // the same bond from its other end
      if (j == i + 1) {
        K[row] += graph.coupling[entry];
      } else if (i == 0 && j == d - 1) {
        K.back() += graph.coupling[entry];
      } else {
        return std::nullopt;
      }
    }
  }
  return K;
}

VectorXd state(Index s, Index d) {
  VectorXd y(d);
  for (Index i = 0; i < d; ++i) y[i] = (s >> i & 1) != 0 ? 1 : -1;
  return y;
}

VectorXd clamped_log_weights(const target::Target& target) {
  const Index d = target.dimension(), count = Index{1} << d;
  VectorXd logs(count);
  for (Index s = 0; s < count; ++s) logs[s] = log_probabilities(target, state(s, d))[0];
  return logs;
}

}  // namespace

std::optional<VectorXd> state_law(const target::Target& target, Index largest) {
  const Index d = target.dimension();
  if (d > largest) return std::nullopt;
  VectorXd law;
  if (const auto* points = target::part<target::FiniteSupport>(target)) {
    law = VectorXd::Zero(Index{1} << d);
    for (Index j = 0; j < points->count(); ++j) {
      const VectorXd y = points->point(j);
      Index s = 0;
      for (Index i = 0; i < d; ++i) s |= y[i] > 0 ? Index{1} << i : 0;
      law[s] += std::exp(points->log_weight(j));
    }
    return VectorXd(law / law.sum());
  }
  if (const auto* spins = target::part<target::SpinSystem>(target)) {
    law = log_weights(spins->spin_graph());
  } else if (target.exact()) {
    law = clamped_log_weights(target);
  } else {
    return std::nullopt;
  }
  law = (law.array() - law.maxCoeff()).exp();
  return VectorXd(law / law.sum());
}

std::unique_ptr<theory::ChannelCurve> exact_curve(const target::Target& target,
                                                  const SpinChannel& channel) {
  const Index d = target.dimension();
  const bool erase = channel.law() == theory::SpinNoise::erase;
  // Entropies of data count equal points twice, those of states do not.
  if (target::part<target::FiniteSupport>(target) != nullptr) return nullptr;
  const auto* law = target::part<target::SpinLaw>(target);
  if (law != nullptr && law->exchangeable() &&
      d <= (erase ? kLargestExchangeableErased : kLargestExchangeableFlipped)) {
    const VectorXd magnetization = *law->magnetization_law();
    return erase ? theory::erased_exchangeable(magnetization)
                 : theory::flipped_exchangeable(magnetization);
  }
  const auto* spins = target::part<target::SpinSystem>(target);
  if (const auto p = state_law(target, erase ? kLargestErased : kLargestFlipped)) {
    return erase ? theory::erased_states(*p) : theory::flipped_states(*p);
  }
  if (erase && spins != nullptr && d <= kLargestChain) {
    if (const auto K = ring_couplings(spins->spin_graph())) {
      std::vector<double> field = spins->spin_graph().field;
      field.resize(static_cast<std::size_t>(d), 0);
      return theory::erased_chain(*K, field);
    }
  }
  return nullptr;
}

VectorXd log_probabilities(const target::Target& target, const target::States& y) {
  const VectorXd h = VectorXd::Constant(y.cols(), kClampingField);
  const double own = kClampingField * static_cast<double>(y.rows()) / 2;  // h y.y - h |y|^2/2
  return target.averages(y, h).log_partition.array() - own;
}

double data_entropy(const target::Target& target) {
  if (const auto* points = target::part<target::FiniteSupport>(target)) return points->entropy();
  return target
      .averages(MatrixXd::Zero(target.dimension(), 1), VectorXd::Constant(1, kClampingField))
      .entropy[0];
}

}  // namespace symbreak::diffusion
