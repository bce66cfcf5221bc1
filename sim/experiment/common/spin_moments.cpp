#include "sim/experiment/common/spin_moments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/theory/ising.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

/// W_1 of two samples of equal size: mean distance of the sorted values.
double wasserstein_1(VectorXd a, VectorXd b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return (a - b).cwiseAbs().mean();
}

/// K of an L x L torus with equal couplings and no field; nullopt for anything else.
std::optional<double> square_torus(const target::Target& target) {
  const auto sides = target.lattice();
  const kernel::SpinGraph* graph = target.spin_graph();
  if (graph == nullptr || sides.size() != 2 || sides[0] != sides[1] || sides[0] < 3) {
    return std::nullopt;
  }
  const double K = graph->coupling.front();
  for (std::size_t i = 0; i < graph->sites(); ++i) {
    if (graph->first[i + 1] - graph->first[i] != 4) return std::nullopt;
  }
  for (double other : graph->coupling) {
    if (other != K) return std::nullopt;
  }
  for (double h : graph->field) {
    if (h != 0) return std::nullopt;
  }
  return K;
}

}  // namespace

bool has_spins(const target::Target& target) { return target.spin_graph() != nullptr; }

double coupling_unit(const deck::Parameters& parameters) {
  return parameters.has("target.temperature") ? parameters.real("target.temperature") : 1;
}

SpinValues spin_values(const target::Target& target, const target::States& spins, double unit) {
  const kernel::SpinGraph& graph = *target.spin_graph();
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

std::vector<ObservableInfo> spin_observables(const target::Target& target) {
  if (!has_spins(target)) return {};
  const std::string of = "generated spins, the signs of the data";
  return {
      {.name = "energy", .text = "E/N = -(1/N) sum_{i<j} J_ij s_i s_j of " + of},
      {.name = "magnetization_abs", .text = "|M|/N of " + of},
      {.name = "magnetization_second", .text = "M^2/N of " + of},
      {.name = "magnetization_fourth", .text = "M^4/N^2 of " + of + "; U4 = 1 - <M^4>/(3 <M^2>^2)"},
      {.name = "wasserstein_1_magnetization_excess",
       .text =
           "W_1 of the laws of M/N of generated and exact samples minus that of exact and exact "
           "samples"},
      {.name = "wasserstein_1_energy_excess", .text = "the same for E/N"},
  };
}

void measure_spins(const target::Target& target, const MatrixXd& y, const MatrixXd& a,
                   const MatrixXd& b, double unit, Recorder& recorder) {
  if (!has_spins(target)) return;
  const MatrixXd spins = (y.array() < 0).select(MatrixXd::Constant(y.rows(), y.cols(), -1.0), 1.0);
  const double n = static_cast<double>(y.rows());
  const SpinValues found = spin_values(target, spins, unit);
  for (Index k = 0; k < spins.cols(); ++k) {
    const double square = n * found.magnetization[k] * found.magnetization[k];
    recorder.measure("energy", found.energy[k]);
    recorder.measure("magnetization_abs", std::abs(found.magnetization[k]));
    recorder.measure("magnetization_second", square);
    recorder.measure("magnetization_fourth", square * square);
  }
  const SpinValues exact = spin_values(target, a, unit), other = spin_values(target, b, unit);
  recorder.measure("wasserstein_1_magnetization_excess",
                   wasserstein_1(found.magnetization, exact.magnetization) -
                       wasserstein_1(other.magnetization, exact.magnetization));
  recorder.measure("wasserstein_1_energy_excess", wasserstein_1(found.energy, exact.energy) -
                                                      wasserstein_1(other.energy, exact.energy));
}

std::vector<verdict::Prediction> spin_predictions(const target::Target& target,
                                                  const deck::Parameters& parameters) {
  std::vector<verdict::Prediction> all;
  if (!has_spins(target)) return all;
  if (const auto K = square_torus(target)) {
    all.push_back({"energy_exact",
                   coupling_unit(parameters) * *K *
                       theory::ising2d_torus_energy(static_cast<int>(target.lattice()[0]), 1 / *K),
                   "Kaufman (1949)"});
  }
  if (const auto law = target.magnetization_law()) {
    const double n = static_cast<double>(target.dimension());
    double absolute = 0, second = 0, fourth = 0;
    for (Index up = 0; up < law->size(); ++up) {
      const double M = 2 * static_cast<double>(up) - n, square = M * M / n;
      absolute += (*law)[up] * std::abs(M) / n;
      second += (*law)[up] * square;
      fourth += (*law)[up] * square * square;
    }
    const std::string source = "exact law of M";
    all.push_back({"magnetization_abs_exact", absolute, source});
    all.push_back({"magnetization_second_exact", second, source});
    all.push_back({"binder_exact", 1 - fourth / (3 * second * second), source});
  }
  return all;
}

}  // namespace symbreak::experiment
