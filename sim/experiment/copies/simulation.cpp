#include "sim/experiment/copies/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/copies/observables.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment::copies {

namespace observable = findings::copies::observable;

namespace {

class Copies final : public Unit<Setting> {
 public:
  Copies(std::shared_ptr<const target::Target> target, const Setting& setting,
         const measure::UnitAddress& address)
      : Unit(setting, address), target_(std::move(target)) {
    keep_reals("x", x_);
    keep_integers("block", block_);
    // Over-dispersed starts, so that split R-hat sees chains that have not forgotten them: odd
    // replicas start symmetric, even ones fully ordered.
    MatrixXd start = MatrixXd::Zero(target_->dimension(), 1);
    if (address.replica % 2 == 0) {
      random::Stream first = address.stream(Purpose::start);
      target_->sample(first, start);
    }
    x_ = s_.coupled_everywhere ? VectorXd(start) : VectorXd(axes_ * project(start));
    if (!s_.chains) return;
    chains_ = target::chains(*target_, 1, address.address(Purpose::posterior),
                             static_cast<Index>(s_.copies));
    keep_chains("chains", *chains_);
    if (address.replica % 2 == 0) chains_->plant(start);
  }

  std::int64_t blocks() const override { return s_.burn_in_blocks + s_.blocks; }

  void advance(measure::Recorder& recorder) override {
    const bool measures = block_++ >= s_.burn_in_blocks;
    for (std::int64_t i = 0; i < s_.sweeps_per_block; ++i) {
      if (s_.candidates > 1) choose_candidate();
      const VectorXd mean = sum_of_copies() / static_cast<double>(s_.copies);
      const VectorXd order = project(mean);
      draw_field(mean, order);
      if (measures) measure(order, recorder);
    }
  }

 private:
  /// m_a = u_a.y/|u_a|^2.
  VectorXd project(const Eigen::Ref<const VectorXd>& y) const {
    return (axes_.transpose() * y).cwiseQuotient(norms_);
  }

  VectorXd sum_of_copies() {
    if (chains_) {
      return chains_->draw_sums(x_, VectorXd::Constant(1, s_.beta), s_.chain_sweeps);
    }
    return target_->draw_copies(x_, s_.beta, s_.copies, copies_).sum;
  }

  void choose_candidate() {
    const Index k = axes_.cols(), count = s_.candidates;
    const double copies = static_cast<double>(s_.copies);
    const VectorXd width =
        (precision_ * norms_.array()).rsqrt() * std::pow(copies, field_.uniform() / 2);
    const VectorXd noise = normals(field_, k * count, 1);
    const VectorXd current = project(x_);
    const VectorXd centre = current + width.cwiseProduct(noise.head(k));
    states_.col(0) = x_;
    coordinates_.col(0) = current;
    for (Index j = 1; j < count; ++j) {
      coordinates_.col(j) = centre + width.cwiseProduct(noise.segment(k * j, k));
      states_.col(j) = x_ + axes_ * (coordinates_.col(j) - current);
    }
    coordinates_.row(0).array() -= s_.field;  // x - h u
    const VectorXd log_z = target_->averages(states_, betas_).log_partition;
    VectorXd weight =
        (copies * log_z.array() -
         precision_ / 2 *
             (norms_.transpose() * coordinates_.array().square().matrix()).transpose().array());
    weight = (weight.array() - weight.maxCoeff()).exp();
    double rest = field_.uniform() * weight.sum();
    Index chosen = 0;
    while (chosen + 1 < count && (rest -= weight[chosen]) > 0) ++chosen;
    x_ = states_.col(chosen);
  }

  void draw_field(const VectorXd& mean, const VectorXd& order) {
    const bool everywhere = s_.coupled_everywhere;
    const VectorXd noise = normals(field_, everywhere ? mean.size() : order.size(), 1);
    if (everywhere) {
      x_ = mean + noise / std::sqrt(precision_);
    } else {
      x_ = axes_ * (order + noise.cwiseProduct((precision_ * norms_).cwiseSqrt().cwiseInverse()));
    }
    x_ += s_.field * axes_.col(0);
  }

  void measure(const VectorXd& order, measure::Recorder& recorder) const {
    const VectorXd squares = order.cwiseAbs2();
    const double second = squares.sum();
    recorder.measure(observable::order_parameter, order);
    recorder.measure(observable::m_abs, std::sqrt(second));
    recorder.measure(observable::m2, second);
    recorder.measure(observable::m4, second * second);
    if (order.size() == 1) return;
    recorder.measure(observable::component_m2, squares);
    recorder.measure(observable::component_m4, squares.cwiseAbs2());
  }

  std::shared_ptr<const target::Target> target_;
  MatrixXd axes_ = target_->order_axes();                        // d x k
  VectorXd norms_ = axes_.colwise().squaredNorm();               // |u_a|^2
  double precision_ = static_cast<double>(s_.copies) * s_.beta;  // n beta
  VectorXd betas_ = VectorXd::Constant(s_.candidates, s_.beta);
  MatrixXd states_{axes_.rows(), s_.candidates};  // workspace of choose_candidate
  MatrixXd coordinates_{axes_.cols(), s_.candidates};
  VectorXd x_;
  std::int64_t block_ = 0;
  random::Stream& copies_ = stream(Purpose::copies);
  random::Stream& field_ = stream(Purpose::field);
  std::unique_ptr<target::MonteCarloPosterior> chains_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(std::shared_ptr<const target::Target> target,
                                                const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Copies>(std::move(target), setting, address);
}

}  // namespace symbreak::experiment::copies
