// The noise-free branch: the uniform state m = f(m + h), f(m) = <phi_0> at x = (m,..,m), and the
// spectrum around it. Local covariances are exact, so everything here is solved to rounding.
//   -lambda(k) = beta (1 - beta c_k),  c_k = sum_r c(r) cos k.r      (c: covariance profile)
//   r = -lambda(0), c = beta^2 sum_r c(r) dx^2/2, xi = sqrt(c/r), chi = f'/(1 - f'), f' = beta c_0
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/patch_field.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/experiment/mode_softening/experiment.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::VectorXd;

constexpr Index kModes = 4;
constexpr double kRounding = 4e-15;

/// The map m -> <phi_0> of uniform states and its derivative.
class UniformMap {
 public:
  UniformMap(const target::PatchScore& score, double beta) : score_(score), beta_(beta) {}

  double value(double m) const {
    return score_.mean(state(m), VectorXd::Constant(1, beta_)).mean();
  }
  VectorXd profile(double m) const { return score_.covariance_profile(state(m), beta_); }
  double slope(double m) const { return beta_ * profile(m).sum(); }
  target::Windows windows() const { return score_.windows(beta_); }

  /// Largest root of m = f(m + h) by Newton's method from above (f is concave for m > 0).
  double solve(double h) const {
    double m = value(1 + h);
    for (int iteration = 0; iteration < 200; ++iteration) {
      const double f = value(m + h), next = m - (m - f) / (1 - slope(m + h));
      if (!(next > 0)) return h > 0 ? bisect(h) : 0;
      if (std::abs(next - m) <= 2e-16 * m) return next;
      m = next;
    }
    return m;
  }

 private:
  VectorXd state(double m) const { return VectorXd::Constant(score_.dimension(), m); }
  double bisect(double h) const {
    double low = 0, high = 1;
    while (high - low > 1e-16 * high) {
      const double middle = (low + high) / 2;
      if (middle <= low || middle >= high) break;
      (value(middle + h) > middle ? low : high) = middle;
    }
    return (low + high) / 2;
  }

  const target::PatchScore& score_;
  double beta_;
};

class Branch final : public Experiment {
 public:
  explicit Branch(const deck::Parameters& parameters)
      : forward_(parameters),
        score_(build_patch_score(parameters)),
        t_(parameters.real("experiment.t")),
        fields_(parameters.reals("experiment.isotherm")),
        critical_(critical_noise(parameters)),
        uniform_(parameters.word("target.kind") == "uniform_patches") {
    const double beta = forward_.beta(t_);
    const auto mean = [&](double m) -> VectorXd {
      return score_->mean(VectorXd::Constant(score_->dimension(), m), VectorXd::Constant(1, beta));
    };
    const VectorXd ordered = mean(0.5);
    if (mean(0).cwiseAbs().maxCoeff() > 1e-9 ||
        (ordered.array() - ordered[0]).abs().maxCoeff() > 1e-9) {
      throw deck::KeyError("experiment.states",
                           "the noise-free branch is that of a translation-invariant score with "
                           "symmetric data: els_wrapped of data that are equal with both signs");
    }
  }

  std::vector<ObservableInfo> observables() const override {
    const auto solved = [](const std::string& name, std::vector<Index> shape,
                           const std::string& text) {
      return ObservableInfo{.name = name,
                            .shape = std::move(shape),
                            .text = text,
                            .origin = verdict::Origin::deterministic};
    };
    const auto fields = static_cast<Index>(fields_.size());
    return {solved("mode_margin", {kModes},
                   "1 - beta c_k at x = 0, modes (2 pi j/L, 0): zero at s_c(k)"),
            solved("magnetization", {}, "largest root m of m = f(m)"),
            solved("susceptibility", {}, "dm/dh of m = f(m + h) in the stable state"),
            solved("mass", {}, "r = -lambda(0) at x = 0, -lambda(k) = r + c k^2 + ..."),
            solved("gradient", {}, "c at x = 0"),
            solved("correlation_length", {}, "xi = sqrt(c/r) of the stable state, in sites"),
            solved("critical_isotherm", {fields},
                   "m(h) at the predicted critical noise, for the fields of experiment.isotherm")};
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (!critical_) return all;
    const target::Windows w = score_->windows(1 / *critical_);
    all.push_back({"critical_time", forward_.time(*critical_),
                   uniform_ ? "s_c = P^2, zero of the score Jacobian at x = 0"
                            : "s_c = sum of exact Ising correlations over the window, x = 0"});
    if (!uniform_) return all;
    const auto P = static_cast<int>(w.side), L = static_cast<int>(w.width);
    if (L > P) {
      all.push_back({"mode_threshold", forward_.time(theory::uniform_patch_threshold(P, L, 1)),
                     "P^2 sin(Pk/2)/(P sin(k/2)) at k = (2 pi/L, 0)"});
    }
    all.push_back(
        {"correlation_amplitude", theory::patch_length(P), "sqrt((P^2 - 1)/24), tau > 0"});
    return all;
  }

  double seconds_per_unit() const override {
    return 1e-7 * static_cast<double>(score_->dimension()) * 100 *
           static_cast<double>(fields_.size());
  }
  std::size_t memory_per_unit() const override {
    return score_->memory() + 200 * sizeof(double) * static_cast<std::size_t>(score_->dimension());
  }
  std::unique_ptr<Simulation> start(const UnitAddress&) const override;

 private:
  friend class BranchUnit;
  diffusion::Forward forward_;
  std::shared_ptr<const target::PatchScore> score_;
  double t_;
  std::vector<double> fields_;
  std::optional<double> critical_;
  bool uniform_;
};

class BranchUnit final : public Simulation {
 public:
  explicit BranchUnit(const Branch& branch) : b_(branch) {}
  std::int64_t blocks() const override { return 1; }
  void advance(Recorder& recorder) override {
    const double beta = b_.forward_.beta(b_.t_);
    const UniformMap map(*b_.score_, beta);
    const target::Windows windows = map.windows();
    const VectorXd symmetric = map.profile(0);
    const VectorXd margins = 1 - beta * window_modes(windows, symmetric, kModes).array();
    const std::vector<double> roundings(kModes, kRounding);
    recorder.solved("mode_margin", {margins.data(), kModes}, roundings);

    const double m = margins[0] < 0 ? map.solve(0) : 0;
    const VectorXd profile = map.profile(m);
    const double slope = beta * profile.sum(), distance = std::abs(1 - slope);
    // m = f(m) amplifies rounding by 1/(1 - f').
    recorder.solved("magnetization", m, m > 0 ? kRounding / distance : 0);
    recorder.solved("susceptibility", slope / (1 - slope),
                    kRounding * slope / (distance * distance));
    recorder.solved("mass", beta * margins[0], beta * kRounding);
    const double gradient = beta * beta * window_gradient(windows, symmetric);
    recorder.solved("gradient", gradient, gradient * kRounding);
    const double xi =
        std::sqrt(std::max(0.0, beta * window_gradient(windows, profile) / (1 - slope)));
    recorder.solved("correlation_length", xi, xi * kRounding / distance);

    std::vector<double> isotherm(b_.fields_.size(), 0.0), errors(isotherm.size(), 0.0);
    if (b_.critical_) {
      const UniformMap critical(*b_.score_, 1 / *b_.critical_);
      for (std::size_t i = 0; i < isotherm.size(); ++i) {
        isotherm[i] = critical.solve(b_.fields_[i]);
        errors[i] = kRounding / (1 - critical.slope(isotherm[i] + b_.fields_[i]));
      }
    }
    recorder.solved("critical_isotherm", isotherm, errors);
  }
  void save(State&) const override {}
  void load(const State&) override {}

 private:
  const Branch& b_;
};

std::unique_ptr<Simulation> Branch::start(const UnitAddress&) const {
  return std::make_unique<BranchUnit>(*this);
}

}  // namespace

std::unique_ptr<Experiment> softening_branch(const deck::Parameters& parameters) {
  return std::make_unique<Branch>(parameters);
}

}  // namespace symbreak::experiment
