// Windows of spins whose posterior is sampled. Every state has R + 2 fields (windows of radius 0 ..
// R, and all of x), each with two groups of chains, A and B, planted at the clean state behind x:
// an exact draw from every one of these posteriors, which burn-in makes the groups forget.
//
// With means a, b of the two groups, independent given x:
//   excess   (a - a_r)(b - b_r) and mmse 1 - a b are unbiased, whatever the number of draws
//   entropy  H(<y>) is estimated by 2 H((a + b)/2) - (H(a) + H(b))/2, whose bias is of order 1/n^2
//            in the n draws of a group (each H alone: 1/n); where nearly all draws of a spin agree,
//            n (1 - |<y>|) < 1, it is of order 1/n at worst. Seen on a chain at K = .8: some -.001
//            with 4 chains of 16 sweeps, nothing with 64
//   outside  H(<y>_r) - H(<y>) plus (<y> - <y>_r) H'(<y>_r), which makes it the divergence of the two
//            and takes their variance away; <y> - <y>_r from one group and H' from the other, so
//            that its mean is exactly 0 (tower rule), H' clipped or not
// Chains that have not forgotten are seen in the identity E[y a_r] = E[a_r b_r]: with c the
// autocovariance of the centre, c(t) of datum and group stands against c(2t) of the two groups.
#include <algorithm>
#include <cmath>

#include "sim/experiment/common/unit.hpp"
#include "sim/experiment/locality/simulation.hpp"

namespace symbreak::experiment::locality {

namespace {

using Eigen::ArrayXd;

/// Of a spin of this mean, nats.
ArrayXd entropy_of(const ArrayXd& mean) {
  return mean.unaryExpr([](double m) {
    const auto part = [](double p) { return p > 0 ? -p * std::log(p) : 0.0; };
    return part((1 + m) / 2) + part((1 - m) / 2);
  });
}

ArrayXd unbiased_entropy(const ArrayXd& a, const ArrayXd& b) {
  return 2 * entropy_of((a + b) / 2) - (entropy_of(a) + entropy_of(b)) / 2;
}

/// -H', finite.
ArrayXd slope(const ArrayXd& mean) {
  constexpr double kClipped = 0.995;
  return mean.max(-kClipped).min(kClipped).unaryExpr([](double m) { return std::atanh(m); });
}

class SampledLocality final : public Unit<const Setting&> {
 public:
  SampledLocality(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address),
        target_(s_.target->of(address)),
        distance_(distances(target::part<target::SpinSystem>(*target_)->spin_graph(), s_.site)),
        chains_(
            s_.groups.make(target_, s_.walkers * fields(), address.address(Purpose::posterior))) {
    keep_chains("chains", *chains_);
  }

  /// States are independent: a block's mean is one sample.
  void advance(measure::Recorder& recorder) override {
    const Index walkers = s_.walkers, d = target_->dimension();
    MatrixXd y(d, walkers);
    target_->sample(planted_, y);
    const MatrixXd x = noisy(s_, y, noise_);
    MatrixXd windows(d, walkers * fields());
    for (Index r = 0; r <= s_.radius; ++r) {
      windows.middleCols(r * walkers, walkers) = seen_within(x, distance_, r);
    }
    windows.rightCols(walkers) = x;
    const VectorXd beta = VectorXd::Constant(2 * windows.cols(), s_.field());
    const MatrixXd both = s_.groups.begin(*chains_, y.replicate(1, fields()), windows, beta);
    const MatrixXd means = chains_->estimate(both, beta, s_.groups.sweeps).mean;
    const ArrayXd at_centre = means.row(s_.site).transpose().array().max(-1.0).min(1.0);
    const ArrayXd truth = y.row(s_.site).transpose().array();
    // Of the states, in one of the fields.
    const auto group_a = [&](Index r) -> ArrayXd {
      return at_centre.segment(r * walkers, walkers);
    };
    const auto group_b = [&](Index r) -> ArrayXd {
      return at_centre.segment((fields() + r) * walkers, walkers);
    };
    const Index whole = s_.radius + 1;
    const ArrayXd a = group_a(whole), b = group_b(whole), entropy = unbiased_entropy(a, b);
    VectorXd excess(whole), outside(whole), identity(whole + 1);
    for (Index r = 0; r <= whole; ++r) {
      const ArrayXd near_a = group_a(r), near_b = group_b(r);
      identity[r] = (truth * (near_a + near_b) / 2 - near_a * near_b).mean();
      if (r == whole) break;
      excess[r] = ((a - near_a) * (b - near_b)).mean();
      outside[r] = (unbiased_entropy(near_a, near_b) - entropy -
                    ((a - near_a) * slope(near_b) + (b - near_b) * slope(near_a)) / 2)
                       .mean();
    }
    recorder.measure(observable::excess_mmse, excess);
    recorder.measure(observable::information_outside, outside);
    recorder.measure(observable::mmse, 1 - (a * b).mean());
    recorder.measure(observable::entropy, entropy.mean());
    recorder.measure(observable::overlap_identity, identity);
  }

 private:
  Index fields() const { return s_.radius + 2; }

  std::shared_ptr<const target::Target> target_;
  std::vector<Index> distance_;
  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
  std::unique_ptr<target::MonteCarloPosterior> chains_;
};

}  // namespace

std::unique_ptr<measure::Simulation> sampled_simulation(const Setting& setting,
                                                        const measure::UnitAddress& address) {
  return std::make_unique<SampledLocality>(setting, address);
}

}  // namespace symbreak::experiment::locality
