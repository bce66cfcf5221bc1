// The noise-free branch: the uniform state m = f(m + h), f(m) = <phi_0> at x = (m,..,m), and the
// spectrum around it. Local covariances are exact, so everything here is solved to rounding.
//   -lambda(k) = beta (1 - beta c_k),  c_k = sum_r c(r) cos k.r      (c: covariance profile)
//   r = -lambda(0), c = beta^2 sum_r c(r) dx^2/2, xi = sqrt(c/r), chi = f'/(1 - f'), f' = beta c_0
#include "sim/experiment/mode_softening/ensembles.hpp"
#include "sim/experiment/mode_softening/simulation.hpp"

namespace symbreak::experiment::mode_softening {

namespace {

using Eigen::VectorXd;
using target::Known;

class Branch final : public measure::Experiment {
 public:
  explicit Branch(const deck::Parameters& parameters)
      : forward_(parameters),
        s_{.score = lattice_score(parameters),
           .beta = forward_.beta(parameters.real("experiment.t")),
           .fields = parameters.reals("experiment.isotherm")} {
    critical_ = s_.score.critical_noise();
    if (critical_) s_.critical = critical_->value;
    const auto mean = [&](double m) -> VectorXd {
      const VectorXd state = VectorXd::Constant(denoiser().dimension(), m);
      return denoiser().mean(state, VectorXd::Constant(1, s_.beta));
    };
    const VectorXd ordered = mean(0.5);
    refuse_if(mean(0).cwiseAbs().maxCoeff() > 1e-9 ||
                  (ordered.array() - ordered[0]).abs().maxCoeff() > 1e-9,
              "experiment.states",
              "the noise-free branch is that of a translation-invariant score with symmetric "
              "data: els_wrapped of data that are equal with both signs");
  }

  std::vector<measure::ObservableInfo> observables() const override {
    const auto solved = [](verdict::ObservableName name, std::vector<Index> shape,
                           const std::string& text) {
      return measure::ObservableInfo{.name = name,
                                     .shape = std::move(shape),
                                     .text = text,
                                     .origin = verdict::Origin::deterministic};
    };
    std::vector<measure::ObservableInfo> all = {
        solved(observable::mode_margin, {kModes},
               "1 - beta c_k at x = 0, modes (2 pi j/L, 0): zero at s_c(k)"),
        solved(observable::magnetization, {}, "largest root m of m = f(m)"),
        solved(observable::susceptibility, {}, "dm/dh of m = f(m + h) in the stable state"),
        solved(observable::mass, {}, "r = -lambda(0) at x = 0, -lambda(k) = r + c k^2 + ...")};
    if (s_.score.patches != nullptr) {
      all.push_back(solved(observable::gradient, {}, "c at x = 0"));
      all.push_back(solved(observable::correlation_length, {},
                           "xi = sqrt(c/r) of the stable state, in sites"));
    }
    all.push_back(
        solved(observable::critical_isotherm, {static_cast<Index>(s_.fields.size())},
               "m(h) at the predicted critical noise, for the fields of experiment.isotherm"));
    return all;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all;
    if (!critical_) return all;
    all.push_back({prediction::critical_time, forward_.time(critical_->value), critical_->source});
    if (const auto mode = denoiser().known(Known::window_mode_noise)) {
      all.push_back({prediction::mode_threshold, forward_.time(mode->value), mode->source});
    }
    if (const auto length = denoiser().known(Known::window_length)) {
      all.push_back({prediction::correlation_amplitude, length->value, length->source});
    }
    return all;
  }

  double seconds_per_unit() const override {
    return 1e-7 * static_cast<double>(denoiser().dimension()) * 100 *
           static_cast<double>(s_.fields.size());
  }
  std::size_t memory_per_unit() const override {
    return memory_with(denoiser(), 200 * denoiser().dimension());
  }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress&) const override {
    return simulation(s_);
  }

 private:
  const target::Denoiser& denoiser() const { return *s_.score.denoiser; }

  diffusion::Forward forward_;
  BranchSetting s_;
  std::optional<target::KnownValue> critical_;
};

}  // namespace

std::unique_ptr<measure::Experiment> branch(const deck::Parameters& parameters) {
  return std::make_unique<Branch>(parameters);
}

}  // namespace symbreak::experiment::mode_softening
