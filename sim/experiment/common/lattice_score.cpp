#include "sim/experiment/common/lattice_score.hpp"

#include <fmt/format.h>

#include <cmath>

#include "analysis/findings/common/lattice_observables.hpp"
#include "sim/experiment/common/batch_experiment.hpp"
#include "sim/target/network/network.hpp"
#include "sim/target/random_features/trained_score.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// lambda_max(C): at high noise d<y>/dx = beta Cov(y), whatever x.
double largest_variance(const target::Denoiser& denoiser) {
  // Of the data beside a trained score, which is not exact at such a noise; nor does anybody ask a
  // worker before a run.
  if (const auto* network = target::part<target::Network>(denoiser)) {
    return largest_variance(*network->data());
  }
  if (const auto* trained = target::part<target::feature_flow::TrainedScore>(denoiser)) {
    return largest_variance(*trained->machine().source());
  }
  const MatrixXd origin = MatrixXd::Zero(denoiser.dimension(), 1);
  constexpr double kHigh = 1e6;
  for (double s = kHigh;; s *= kHigh) {
    const auto product = [&](const VectorXd& v) -> VectorXd {
      return s * denoiser.jacobian_product(origin, VectorXd::Constant(1, 1 / s), v).col(0);
    };
    const VectorXd axis = target::leading_axis(product, denoiser.dimension());
    const double lambda = axis.dot(product(axis));
    if (!(lambda > s / kHigh) || s > 1e30) return lambda;
  }
}

}  // namespace

LatticeScore lattice_of(std::shared_ptr<const target::Denoiser> denoiser) {
  const auto sides = denoiser->lattice();
  const auto* patches = target::part<target::PatchScore>(*denoiser);
  return {std::move(denoiser), patches, sides.at(0), sides.at(1), 0};
}

LatticeScore lattice_score(const deck::Parameters& parameters) {
  const auto refuse = [&](const std::string& why) {
    throw deck::KeyError(
        "target.kind", fmt::format("experiment '{}' {}", parameters.word("experiment.kind"), why));
  };
  if (target::kind(parameters.word("target.kind")).disordered) {
    refuse("runs on one target, not on samples of disorder");
  }
  const target::Model model = target::build_denoiser(parameters);
  const auto sides = model.denoiser->lattice();
  if (sides.size() != 2) refuse("needs a lattice of two dimensions");
  require_evaluated(parameters, model);
  LatticeScore score = lattice_of(model.denoiser);
  if (score.patches == nullptr) score.spread = largest_variance(*score.denoiser);
  return score;
}

double LatticeScore::unit(double beta) const {
  return patches != nullptr ? static_cast<double>(patches->windows(beta).size()) : spread;
}

VectorXd LatticeScore::softening(const MatrixXd& x, double beta, Index modes) const {
  if (patches != nullptr) {
    return 1 -
           beta * window_modes(patches->windows(beta), patches->covariance_profile(x, beta), modes)
                      .array();
  }
  const Index d = denoiser->dimension();
  const VectorXd betas = VectorXd::Constant(x.cols(), beta);
  VectorXd result(modes);
  for (Index j = 0; j < modes; ++j) {
    double sum = 0;
    for (const double phase : {0.0, M_PI / 2}) {
      VectorXd wave(d);
      for (Index i = 0; i < d; ++i) {
        wave[i] = std::cos(2 * M_PI * static_cast<double>(j * (i % sites() % width)) /
                               static_cast<double>(width) -
                           phase);
      }
      if (wave.squaredNorm() < 1e-9 * static_cast<double>(d)) continue;
      const MatrixXd v = wave.replicate(1, x.cols());
      // cos^2 + sin^2 = 1: the two products together are one v_k* J v_k of norm d.
      sum += v.cwiseProduct(denoiser->jacobian_product(x, betas, v)).sum() /
             static_cast<double>(d * x.cols());
    }
    result[j] = 1 - sum;
  }
  return result;
}

std::optional<target::KnownValue> LatticeScore::critical_noise() const {
  if (auto known = denoiser->known(target::Known::window_noise)) return known;
  const auto* data = target::part<target::CleanData>(*denoiser);
  const auto noise = data == nullptr ? std::nullopt : data->critical_noise();
  if (!noise) return std::nullopt;
  return target::KnownValue{*noise, "sigma^2 t_c = lambda_max(C) of the data, x = 0"};
}

double LatticeScore::amplitude() const {
  if (patches != nullptr) return 1;
  const VectorXd large = VectorXd::Constant(denoiser->dimension(), 1e3 * std::sqrt(spread));
  return denoiser->mean(large, VectorXd::Constant(1, 1 / spread)).mean();
}

std::vector<verdict::Fact> LatticeScore::facts(double beta, const std::string& window_text) const {
  namespace fact = findings::lattice::fact;
  const bool uniform = denoiser->known(target::Known::window_length).has_value();
  return {patches != nullptr
              ? verdict::Fact{fact::window, unit(beta), window_text}
              : verdict::Fact{fact::noise_unit, spread,
                              "lambda_max of the covariance of the data, by Jacobian products"},
          {fact::lattice_side, static_cast<double>(width), "L"},
          {fact::uniform_patches, uniform ? 1.0 : 0.0, "1: windows of two uniform patches"}};
}

VectorXd window_modes(const target::Windows& windows, const VectorXd& profile, Index modes) {
  VectorXd sums = VectorXd::Zero(modes);
  for (Index j = 0; j < modes; ++j) {
    const double k = 2 * M_PI * static_cast<double>(j) / static_cast<double>(windows.width);
    for (Index r = 0; r < windows.size(); ++r) {
      sums[j] += profile[r] * std::cos(k * static_cast<double>(windows.dx(r)));
    }
  }
  return sums;
}

double window_gradient(const target::Windows& windows, const VectorXd& profile) {
  double sum = 0;
  for (Index r = 0; r < windows.size(); ++r) {
    const auto dx = static_cast<double>(windows.dx(r));
    sum += profile[r] * dx * dx / 2;
  }
  return sum;
}

double evaluation_seconds(const target::Denoiser& score, Index walkers) {
  if (target::part<target::Network>(score) != nullptr ||
      target::part<target::feature_flow::TrainedScore>(score) != nullptr) {
    return static_cast<double>(walkers) * mean_seconds(score);
  }
  // Patches as the memory says: some 0.5 ns per (pixel, coordinate of a patch)/10, 10 ns besides.
  const double stored = static_cast<double>(score.memory()) / sizeof(float);
  return static_cast<double>(walkers) *
         (static_cast<double>(score.dimension()) * (20e-9 + stored * 0.03e-9));
}

}  // namespace symbreak::experiment
