#include "sim/experiment/copies/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "sim/target/spins/exact_draws.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

const std::string kOrder = "order_parameter", kAbs = "m_abs", kSecond = "m2", kFourth = "m4",
                  kComponentSecond = "component_m2", kComponentFourth = "component_m4";

std::span<const double> view(const VectorXd& v) {
  return {v.data(), static_cast<std::size_t>(v.size())};
}

class Copies final : public Simulation {
 public:
  Copies(std::shared_ptr<const target::Target> target, const CopiesSettings& settings,
         const UnitAddress& address)
      : target_(std::move(target)),
        settings_(settings),
        axes_(target_->order_axes()),
        norms_(axes_.colwise().squaredNorm()),
        precision_(static_cast<double>(settings.copies) * settings.beta),
        betas_(VectorXd::Constant(settings.candidates, settings.beta)),
        states_(axes_.rows(), settings.candidates),
        coordinates_(axes_.cols(), settings.candidates),
        copies_(address.stream(random::Purpose::copies)),
        field_(address.stream(random::Purpose::field)) {
    // Over-dispersed starts, so that split R-hat sees chains that have not forgotten them: odd
    // replicas start symmetric, even ones fully ordered.
    MatrixXd start = MatrixXd::Zero(target_->dimension(), 1);
    if (address.replica % 2 == 0) {
      random::Stream stream = address.stream(random::Purpose::start);
      target_->sample(stream, start);
    }
    x_ = settings_.coupled_everywhere ? VectorXd(start) : VectorXd(axes_ * project(start));
    if (!settings_.chains) return;
    chains_ = target::chains(*target_, 1, address.address(random::Purpose::posterior),
                             static_cast<Index>(settings_.copies));
    if (address.replica % 2 == 0) chains_->plant(start);
  }

  std::int64_t blocks() const override { return settings_.burn_in_blocks + settings_.blocks; }

  void advance(Recorder& recorder) override {
    const bool measures = block_++ >= settings_.burn_in_blocks;
    for (std::int64_t i = 0; i < settings_.sweeps_per_block; ++i) {
      if (settings_.candidates > 1) choose_candidate();
      const VectorXd mean = sum_of_copies() / static_cast<double>(settings_.copies);
      const VectorXd order = project(mean);
      draw_field(mean, order);
      if (measures) measure(order, recorder);
    }
  }

  void save(State& state) const override {
    state.reals["x"] = {x_.data(), x_.data() + x_.size()};
    state.integers["streams"] = {copies_.position(), field_.position()};
    state.integers["block"] = {static_cast<std::uint64_t>(block_)};
    if (chains_) state.integers["chains"] = chains_->save();
  }
  void load(const State& state) override {
    x_ = Eigen::Map<const VectorXd>(state.reals.at("x").data(), x_.size());
    copies_.seek(state.integers.at("streams")[0]);
    field_.seek(state.integers.at("streams")[1]);
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
      return chains_->draw_sums(x_, VectorXd::Constant(1, settings_.beta), settings_.chain_sweeps);
    }
    return target_->draw_copies(x_, settings_.beta, settings_.copies, copies_).sum;
  }

  void choose_candidate() {
    const Index k = axes_.cols(), count = settings_.candidates;
    const double copies = static_cast<double>(settings_.copies);
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
    coordinates_.row(0).array() -= settings_.field;  // x - h u
    const VectorXd log_z = target_->posterior(states_, betas_).log_partition;
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
    noise_.resize(settings_.coupled_everywhere ? mean.size() : order.size());
    field_.normals({noise_.data(), static_cast<std::size_t>(noise_.size())});
    if (settings_.coupled_everywhere) {
      x_ = mean + noise_ / std::sqrt(precision_);
    } else {
      x_ = axes_ * (order + noise_.cwiseProduct((precision_ * norms_).cwiseSqrt().cwiseInverse()));
    }
    x_ += settings_.field * axes_.col(0);
  }

  void measure(const VectorXd& order, Recorder& recorder) const {
    const VectorXd squares = order.cwiseAbs2();
    const double second = squares.sum();
    recorder.measure(kOrder, view(order));
    recorder.measure(kAbs, std::sqrt(second));
    recorder.measure(kSecond, second);
    recorder.measure(kFourth, second * second);
    if (order.size() == 1) return;
    recorder.measure(kComponentSecond, view(squares));
    recorder.measure(kComponentFourth, view(squares.cwiseAbs2()));
  }

  std::shared_ptr<const target::Target> target_;
  CopiesSettings settings_;
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

std::vector<ObservableInfo> copies_observables(Index components) {
  const std::string of = "of m_a = u_a.y/|u_a|^2 averaged over the n copies, u_a the order axes";
  std::vector<ObservableInfo> infos = {
      {.name = kOrder,
       .shape = {components},
       .text = "order parameter m_a, signed; mean over copies"},
      {.name = kAbs, .text = "|m| = sqrt(sum_a m_a^2), " + of},
      {.name = kSecond, .text = "|m|^2 = sum_a m_a^2, " + of},
      {.name = kFourth, .text = "|m|^4, " + of + "; U4 = 1 - <|m|^4>/(3 <|m|^2>^2)"},
  };
  if (components > 1) {
    infos.push_back({.name = kComponentSecond, .shape = {components}, .text = "m_a^2, " + of});
    infos.push_back({.name = kComponentFourth, .shape = {components}, .text = "m_a^4, " + of});
  }
  return infos;
}

std::unique_ptr<Simulation> copies_chain(std::shared_ptr<const target::Target> target,
                                         const CopiesSettings& settings,
                                         const UnitAddress& address) {
  return std::make_unique<Copies>(std::move(target), settings, address);
}

}  // namespace symbreak::experiment
