#include "sim/experiment/commitment/simulation.hpp"

#include <cmath>

#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::commitment {

namespace {

class Commitment final : public Unit<const Setting&> {
 public:
  Commitment(const Setting& setting, const measure::UnitAddress& address) : Unit(setting, address) {
    if (chains_) keep_chains("chains", *chains_);
  }

  void advance(measure::Recorder& recorder) override {
    const MatrixXd y = diffusion::clean_samples(s_.target, planted_, s_.walkers);
    const MatrixXd x = y + std::sqrt(s_.noise) * normals(noise_, y.rows(), s_.walkers);
    if (chains_) {
      sampled(y, x, recorder);
    } else {
      exact(y, x, recorder);
    }
  }

 private:
  /// One typical state.
  void record(double clones, double kept, double variance, double score_square, double overlap,
              measure::Recorder& recorder) const {
    const double stiffness = 1 - variance / s_.noise;
    recorder.measure(observable::clone_probability, clones);
    recorder.measure(observable::class_kept, kept);
    recorder.measure(observable::class_identity, kept - clones);
    recorder.measure(observable::stiffness, stiffness);
    recorder.measure(observable::stiffness_identity, stiffness - score_square / s_.noise);
    recorder.measure(observable::unstable_fraction, stiffness < 0 ? 1 : 0);
    recorder.measure(observable::overlap, overlap);
  }

  void exact(const MatrixXd& y, const MatrixXd& x, measure::Recorder& recorder) {
    const target::Target& target = *s_.target;
    const VectorXd betas = VectorXd::Constant(s_.walkers, 1 / s_.noise);
    const MatrixXd classes = target.class_probabilities(x, betas), mean = target.mean(x, betas);
    const MatrixXd jacobian = target.jacobian_product(x, betas, s_.axis.replicate(1, s_.walkers));
    const MatrixXd own = target.class_shares(y);
    for (Index k = 0; k < s_.walkers; ++k) {
      const double clones = classes.col(k).squaredNorm();
      record(clones, classes.col(k).dot(own.col(k)), s_.noise * s_.axis.dot(jacobian.col(k)),
             std::pow(s_.axis.dot(mean.col(k) - x.col(k)), 2),
             mean.col(k).squaredNorm() / static_cast<double>(x.rows()), recorder);
    }
  }

  void sampled(const MatrixXd& y, const MatrixXd& x, measure::Recorder& recorder) {
    const Index n = s_.walkers;
    const VectorXd betas = VectorXd::Constant(2 * n, 1 / s_.noise);
    const double K = static_cast<double>(chains_->chains()), d = static_cast<double>(x.rows());
    const MatrixXd fields = s_.groups.begin(*chains_, y, x, betas);
    const MatrixXd own = s_.target->class_shares(y);
    VectorXd clones = VectorXd::Zero(n), kept = clones, variance = clones, square = clones,
             overlap = clones;
    const VectorXd origin = x.transpose() * s_.axis;
    for (Index round = 0; round < s_.groups.rounds; ++round) {
      const MatrixXd ends = s_.target->class_shares(chains_->draw(fields, betas, s_.groups.sweeps));
      const MatrixXd sums = chains_->draw_sums(fields, betas, s_.groups.sweeps);
      const VectorXd along = sums.transpose() * s_.axis;
      for (Index k = 0; k < n; ++k) {
        clones[k] += ends.col(k).dot(ends.col(n + k));
        kept[k] += own.col(k).dot(ends.col(k) + ends.col(n + k)) / 2;
        variance[k] += (along[k] - along[n + k]) * (along[k] - along[n + k]) / (2 * K);
        square[k] += (along[k] / K - origin[k]) * (along[n + k] / K - origin[k]);
        overlap[k] += sums.col(k).dot(sums.col(n + k)) / (K * K * d);
      }
    }
    const double rounds = static_cast<double>(s_.groups.rounds);
    for (Index k = 0; k < n; ++k) {
      record(clones[k] / rounds, kept[k] / rounds, variance[k] / rounds, square[k] / rounds,
             overlap[k] / rounds, recorder);
    }
  }

  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
  std::unique_ptr<target::MonteCarloPosterior> chains_ =
      s_.groups.make(s_.target, s_.walkers, address_.address(Purpose::posterior));
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Commitment>(setting, address);
}

}  // namespace symbreak::experiment::commitment
