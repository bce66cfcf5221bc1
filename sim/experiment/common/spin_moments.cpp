#include "sim/experiment/common/spin_moments.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/common/spin_observables.hpp"
#include "analysis/theory/spins/ising.hpp"
#include "sim/target/spin_system.hpp"

namespace symbreak::experiment {

namespace spin = findings::spin;

namespace {

using target::MatrixXd;
using target::VectorXd;

/// W_1 of two samples of equal size: mean distance of the sorted values.
double wasserstein_1(VectorXd a, VectorXd b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return (a - b).cwiseAbs().mean();
}

const kernel::SpinGraph& graph_of(const target::Denoiser& target) {
  return target::part<target::SpinSystem>(target)->spin_graph();
}

/// K of a torus with sides of equal length and equal couplings, without field; nullopt for anything
/// else.
std::optional<double> torus(const target::Denoiser& target) {
  const auto sides = target.lattice();
  if (!has_spins(target) || sides.empty()) return std::nullopt;
  const kernel::SpinGraph& graph = graph_of(target);
  if (graph.coupling.empty()) return std::nullopt;
  const double K = graph.coupling.front();
  const bool uniform =
      std::ranges::all_of(sides, [&](Index side) { return side == sides[0] && side > 2; }) &&
      std::ranges::all_of(graph.coupling, [&](double other) { return other == K; }) &&
      std::ranges::all_of(graph.field, [](double h) { return h == 0; });
  if (!uniform) return std::nullopt;
  for (std::size_t i = 0; i < graph.sites(); ++i) {
    if (graph.first[i + 1] - graph.first[i] != 2 * static_cast<int>(sides.size())) {
      return std::nullopt;
    }
  }
  return K;
}

}  // namespace

bool has_spins(const target::Denoiser& target) {
  return target::part<target::SpinSystem>(target) != nullptr;
}

double coupling_unit(const deck::Parameters& parameters) {
  return parameters.has("target.temperature") ? parameters.real("target.temperature") : 1;
}

void refuse_field(const deck::Parameters& parameters, const target::Target& target) {
  if (!has_spins(target) || target.even()) return;
  const std::string& kind = parameters.word("experiment.kind");
  if (parameters.has("target.field") && parameters.real("target.field") != 0) {
    throw deck::KeyError("target.field",
                         "{} needs a spin system without field: target.field must be 0, not {}",
                         kind, parameters.real("target.field"));
  }
  if (parameters.has("target.source")) {
    throw deck::KeyError("target.source",
                         "{} needs a spin system without field: both values of a bit must be "
                         "equally likely (stay_up = stay_down)",
                         kind);
  }
}

SpinValues spin_values(const target::Denoiser& target, const target::States& spins, double unit) {
  const kernel::SpinGraph& graph = graph_of(target);
  const double n = static_cast<double>(spins.rows());
  SpinValues values{VectorXd(spins.cols()), spins.colwise().sum().transpose() / n};
  for (Index k = 0; k < spins.cols(); ++k) {
    double twice = 0;  // every bond is stored at both ends
    for (std::size_t i = 0; i < graph.sites(); ++i) {
      double field = 0;
      for (auto e = graph.first[i]; e < graph.first[i + 1]; ++e) {
        const auto entry = static_cast<std::size_t>(e);
        field += graph.coupling[entry] * spins(graph.neighbour[entry], k);
      }
      twice += field * spins(static_cast<Index>(i), k);
    }
    values.energy[k] = -unit * twice / (2 * n);
  }
  return values;
}

std::vector<measure::ObservableInfo> spin_observables(const target::Denoiser& target) {
  if (!has_spins(target)) return {};
  const std::string of = "generated spins, the signs of the data";
  return {
      {.name = spin::observable::energy, .text = "E/N = -(1/N) sum_{i<j} J_ij s_i s_j of " + of},
      {.name = spin::observable::magnetization_abs, .text = "|M|/N of " + of},
      {.name = spin::observable::magnetization_second, .text = "M^2/N of " + of},
      {.name = spin::observable::magnetization_fourth,
       .text = "M^4/N^2 of " + of + "; U4 = 1 - <M^4>/(3 <M^2>^2)"},
      {.name = spin::observable::wasserstein_1_magnetization_excess,
       .text =
           "W_1 of the laws of M/N of generated and exact samples minus that of exact and exact "
           "samples"},
      {.name = spin::observable::wasserstein_1_energy_excess, .text = "the same for E/N"},
  };
}

void measure_spins(const target::Denoiser& target, const MatrixXd& y, const MatrixXd& a,
                   const MatrixXd& b, double unit, measure::Recorder& recorder) {
  if (!has_spins(target)) return;
  const MatrixXd spins = (y.array() < 0).select(MatrixXd::Constant(y.rows(), y.cols(), -1.0), 1.0);
  const double n = static_cast<double>(y.rows());
  const SpinValues found = spin_values(target, spins, unit);
  for (Index k = 0; k < spins.cols(); ++k) {
    const double square = n * found.magnetization[k] * found.magnetization[k];
    recorder.measure(spin::observable::energy, found.energy[k]);
    recorder.measure(spin::observable::magnetization_abs, std::abs(found.magnetization[k]));
    recorder.measure(spin::observable::magnetization_second, square);
    recorder.measure(spin::observable::magnetization_fourth, square * square);
  }
  const SpinValues exact = spin_values(target, a, unit), other = spin_values(target, b, unit);
  recorder.measure(spin::observable::wasserstein_1_magnetization_excess,
                   wasserstein_1(found.magnetization, exact.magnetization) -
                       wasserstein_1(other.magnetization, exact.magnetization));
  recorder.measure(
      spin::observable::wasserstein_1_energy_excess,
      wasserstein_1(found.energy, exact.energy) - wasserstein_1(other.energy, exact.energy));
}

std::vector<verdict::Fact> spin_facts(const target::Denoiser& target) {
  std::vector<verdict::Fact> all = {
      {spin::fact::sites, static_cast<double>(target.dimension()), "number of spins N"}};
  if (const auto K = torus(target); K && *K > 0) {
    all.push_back({spin::fact::torus_dimension, static_cast<double>(target.lattice().size()),
                   "equal ferromagnetic couplings of neighbours on a torus, no field"});
  }
  return all;
}

namespace {

/// E/N in units of the coupling's size on a square torus. On sides of even length turning over
/// every second spin makes an antiferromagnet of the ferromagnet, of the same energy; odd ones
/// frustrate it, and no closed form is known.
std::optional<double> torus_energy(int side, double coupling) {
  if (coupling == 0) return 0;
  if (coupling < 0 && side % 2 != 0) return std::nullopt;
  return std::abs(coupling) * theory::ising2d_torus_energy(side, 1 / std::abs(coupling));
}

}  // namespace

std::vector<verdict::Prediction> spin_predictions(const target::Denoiser& target,
                                                  const deck::Parameters& parameters) {
  std::vector<verdict::Prediction> all;
  if (!has_spins(target)) return all;
  if (const auto K = torus(target); K && target.lattice().size() == 2) {
    if (const auto energy = torus_energy(static_cast<int>(target.lattice()[0]), *K)) {
      all.push_back(
          {spin::prediction::energy_exact, coupling_unit(parameters) * *energy, "Kaufman (1949)"});
    }
  }
  if (const auto law = target::magnetization_law(target)) {
    const double n = static_cast<double>(target.dimension());
    double absolute = 0, second = 0, fourth = 0;
    for (Index up = 0; up < law->size(); ++up) {
      const double M = 2 * static_cast<double>(up) - n, square = M * M / n;
      absolute += (*law)[up] * std::abs(M) / n;
      second += (*law)[up] * square;
      fourth += (*law)[up] * square * square;
    }
    const std::string source = "exact law of M";
    all.push_back({spin::prediction::magnetization_abs_exact, absolute, source});
    all.push_back({spin::prediction::magnetization_second_exact, second, source});
    all.push_back({spin::prediction::binder_exact, 1 - fourth / (3 * second * second), source});
  }
  return all;
}

}  // namespace symbreak::experiment
