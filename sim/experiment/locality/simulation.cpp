#include "sim/experiment/locality/simulation.hpp"

#include <cmath>

#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::locality {

namespace {

/// sum_y p(y) log(p(y)/q(y)) of spins of these means, nats; q = 1/2: log 2 - entropy.
double divergence(double p, double q) {
  const auto part = [](double a, double b) { return a > 0 && b > 0 ? a * std::log(a / b) : 0; };
  return part((1 + p) / 2, (1 + q) / 2) + part((1 - p) / 2, (1 - q) / 2);
}

class Locality final : public Unit<const Setting&> {
 public:
  Locality(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address),
        target_(s_.target->of(address)),
        distance_(distances(target::part<target::SpinSystem>(*target_)->spin_graph(), s_.site)) {}

  void advance(measure::Recorder& recorder) override {
    const Index walkers = s_.walkers, d = target_->dimension();
    MatrixXd x(d, walkers);
    target_->sample(planted_, x);
    x = noisy(s_, std::move(x), noise_);
    const VectorXd beta = VectorXd::Constant(walkers, s_.field());
    const VectorXd whole = mean_at_centre(x, beta);
    // Both of the same states, by the tower rule: the excess is E(<y>_whole - <y>_window)^2 and the
    // information E KL(P(y|x) | P(y|window)), without the variance of either mmse or entropy.
    VectorXd excess(s_.radius + 1), outside(s_.radius + 1);
    for (Index r = 0; r <= s_.radius; ++r) {
      const VectorXd window = mean_at_centre(seen_within(x, distance_, r), beta);
      excess[r] = (whole - window).squaredNorm() / static_cast<double>(walkers);
      outside[r] = whole.binaryExpr(window, &divergence).mean();
    }
    recorder.measure(observable::excess_mmse, excess);
    recorder.measure(observable::information_outside, outside);
    recorder.measure(observable::mmse, 1 - whole.squaredNorm() / static_cast<double>(walkers));
    const VectorXd nothing = VectorXd::Zero(walkers);
    recorder.measure(observable::entropy,
                     std::log(2.0) - whole.binaryExpr(nothing, &divergence).mean());
  }

 private:
  VectorXd mean_at_centre(const MatrixXd& x, const VectorXd& beta) const {
    return target_->mean(x, beta).row(s_.site).transpose();
  }

  std::shared_ptr<const target::Target> target_;
  std::vector<Index> distance_;
  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
};

}  // namespace

std::vector<Index> distances(const kernel::SpinGraph& graph, Index site) {
  std::vector<Index> away(graph.sites(), -1), front{site};
  away[static_cast<std::size_t>(site)] = 0;
  for (Index r = 1; !front.empty(); ++r) {
    std::vector<Index> next;
    for (const Index i : front) {
      for (auto k = graph.first[static_cast<std::size_t>(i)];
           k < graph.first[static_cast<std::size_t>(i) + 1]; ++k) {
        const Index j = graph.neighbour[static_cast<std::size_t>(k)];
        if (away[static_cast<std::size_t>(j)] >= 0) continue;
        away[static_cast<std::size_t>(j)] = r;
        next.push_back(j);
      }
    }
    front = std::move(next);
  }
  return away;
}

MatrixXd noisy(const Setting& setting, MatrixXd y, random::Stream& noise) {
  if (setting.channel != nullptr) {
    return diffusion::noised(*setting.channel, y, setting.channel->signal(setting.noise), noise);
  }
  y += std::sqrt(setting.noise) * normals(noise, y.rows(), y.cols());
  return y;
}

MatrixXd seen_within(const MatrixXd& x, const std::vector<Index>& distance, Index r) {
  MatrixXd seen = x;
  for (Index i = 0; i < x.rows(); ++i) {
    const Index away = distance[static_cast<std::size_t>(i)];
    if (away < 0 || away > r) seen.row(i).setZero();
  }
  return seen;
}

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  if (setting.groups.used) return sampled_simulation(setting, address);
  return std::make_unique<Locality>(setting, address);
}

}  // namespace symbreak::experiment::locality
