#include "sim/experiment/copies/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/copies/observables.hpp"
#include "sim/experiment/common/batch.hpp"
#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment::copies {

namespace observable = findings::copies::observable;

namespace {

using target::MatrixXd;
using target::VectorXd;

class Copies final : public measure::Simulation {
 public:
  Copies(std::shared_ptr<const target::Target> target, const Setting& setting,
         const measure::UnitAddress& address)
      : target_(std::move(target)),
        setting_(setting),
        axes_(target_->order_axes()),
        norms_(axes_.colwise().squaredNorm()),
        precision_(static_cast<double>(setting.copies) * setting.beta),
        betas_(VectorXd::Constant(setting.candidates, setting.beta)),
        states_(axes_.rows(), setting.candidates),
        coordinates_(axes_.cols(), setting.candidates),
        copies_(address.stream(random::Purpose::copies)),
        field_(address.stream(random::Purpose::field)) {
    // Over-dispersed starts, so that split R-hat sees chains that have not forgotten them: odd
    // replicas start symmetric, even ones fully ordered.
    MatrixXd start = MatrixXd::Zero(target_->dimension(), 1);
    if (address.replica % 2 == 0) {
      random::Stream stream = address.stream(random::Purpose::start);
      target_->sample(stream, start);
    }
    x_ = setting_.coupled_everywhere ? VectorXd(start) : VectorXd(axes_ * project(start));
    if (!setting_.chains) return;
    chains_ = target::chains(*target_, 1, address.address(random::Purpose::posterior),
                             static_cast<Index>(setting_.copies));
    if (address.replica % 2 == 0) chains_->plant(start);
  }

  std::int64_t blocks() const override { return setting_.burn_in_blocks + setting_.blocks; }

  void advance(measure::Recorder& recorder) override {
    const bool measures = block_++ >= setting_.burn_in_blocks;
    for (std::int64_t i = 0; i < setting_.sweeps_per_block; ++i) {
      if (setting_.candidates > 1) choose_candidate();
      const VectorXd mean = sum_of_copies() / static_cast<double>(setting_.copies);
      const VectorXd order = project(mean);
      draw_field(mean, order);
      if (measures) measure(order, recorder);
    }
  }

  void save(measure::State& state) const override {
    state.reals["x"] = {x_.data(), x_.data() + x_.size()};
    save_streams(state, copies_, field_);
    state.integers["block"] = {static_cast<std::uint64_t>(block_)};
    if (chains_) state.integers["chains"] = chains_->save();
  }
  void load(const measure::State& state) override {
    x_ = Eigen::Map<const VectorXd>(state.reals.at("x").data(), x_.size());
    load_streams(state, copies_, field_);
    block_ = static_cast<std::int64_t>(state.integers.at("block")[0]);
    if (chains_) chains_->load(state.integers.at("chains"));
  }

 private:
  /// m_a = u_a.y/|u_a|^2.
  VectorXd project(const Eigen::Ref<const VectorXd>& y) const {
    return (axes_.transpose() * y).cwiseQuotient(norms_);
  }

  VectorXd sum_of_copies() {
    if (chains_) {
      return chains_->draw_sums(x_, VectorXd::Constant(1, setting_.beta), setting_.chain_sweeps);
    }
    return target_->draw_copies(x_, setting_.beta, setting_.copies, copies_).sum;
  }

  void choose_candidate() {
    const Index k = axes_.cols(), count = setting_.candidates;
    const double copies = static_cast<double>(setting_.copies);
    const VectorXd width =
        (precision_ * norms_.array()).rsqrt() * std::pow(copies, field_.uniform() / 2);
    noise_.resize(k * count);
    field_.normals({noise_.data(), static_cast<std::size_t>(noise_.size())});
    const VectorXd current = project(x_);
    const VectorXd centre = current + width.cwiseProduct(noise_.head(k));
    states_.col(0) = x_;
    coordinates_.col(0) = current;
    for (Index j = 1; j < count; ++j) {
      coordinates_.col(j) = centre + width.cwiseProduct(noise_.segment(k * j, k));
      states_.col(j) = x_ + axes_ * (coordinates_.col(j) - current);
    }
    coordinates_.row(0).array() -= setting_.field;  // x - h u
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
    noise_.resize(setting_.coupled_everywhere ? mean.size() : order.size());
    field_.normals({noise_.data(), static_cast<std::size_t>(noise_.size())});
    if (setting_.coupled_everywhere) {
      x_ = mean + noise_ / std::sqrt(precision_);
    } else {
      x_ = axes_ * (order + noise_.cwiseProduct((precision_ * norms_).cwiseSqrt().cwiseInverse()));
    }
    x_ += setting_.field * axes_.col(0);
  }

  void measure(const VectorXd& order, measure::Recorder& recorder) const {
    const VectorXd squares = order.cwiseAbs2();
    const double second = squares.sum();
    recorder.measure(observable::order_parameter, span(order));
    recorder.measure(observable::m_abs, std::sqrt(second));
    recorder.measure(observable::m2, second);
    recorder.measure(observable::m4, second * second);
    if (order.size() == 1) return;
    recorder.measure(observable::component_m2, span(squares));
    recorder.measure(observable::component_m4, span(squares.cwiseAbs2()));
  }

  std::shared_ptr<const target::Target> target_;
  Setting setting_;
  MatrixXd axes_;     // d x k
  VectorXd norms_;    // |u_a|^2
  double precision_;  // n beta
  VectorXd betas_;
  MatrixXd states_, coordinates_;  // workspace of choose_candidate
  VectorXd noise_;
  VectorXd x_;
  std::int64_t block_ = 0;
  random::Stream copies_, field_;
  std::unique_ptr<target::MonteCarloPosterior> chains_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(std::shared_ptr<const target::Target> target,
                                                const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Copies>(std::move(target), setting, address);
}

}  // namespace symbreak::experiment::copies
