// All states of a small spin system one by one, in plain loops: the reference of its exact sums.
#pragma once
#include <fmt/format.h>
#include <unistd.h>
#include <Eigen/Core>
#include <cmath>
#include <filesystem>
#include <vector>

#include "sim/target/spins/spins.hpp"
#include "tests/exact/target_build.hpp"

namespace symbreak::test {

using target::Index;
using target::MatrixXd;
using target::VectorXd;

/// Averages over p(s) ~ exp(s'Ks/2 + field.s).
struct SpinStates {
  double log_sum = 0, energy = 0, entropy = 0;  ///< energy: <s'Ks/2 + field.s>
  VectorXd mean, law;                           ///< law: of the number of up spins
  MatrixXd covariance;
};

inline SpinStates spin_states(const MatrixXd& K, const VectorXd& field) {
  const Index d = field.size();
  const Index count = Index{1} << d;
  SpinStates result{
      .mean = VectorXd::Zero(d), .law = VectorXd::Zero(d + 1), .covariance = MatrixXd::Zero(d, d)};
  VectorXd logs(count);
  const auto state = [&](Index s) {
    VectorXd y(d);
    for (Index i = 0; i < d; ++i) y[i] = (s >> i & 1) != 0 ? 1 : -1;
    return y;
  };
  for (Index s = 0; s < count; ++s) {
    const VectorXd y = state(s);
    logs[s] = y.dot(K * y) / 2 + field.dot(y);
  }
  const double top = logs.maxCoeff();
  result.log_sum = top + std::log((logs.array() - top).exp().sum());
  for (Index s = 0; s < count; ++s) {
    const VectorXd y = state(s);
    const double p = std::exp(logs[s] - result.log_sum);
    result.mean += p * y;
    result.covariance += p * y * y.transpose();
    result.energy += p * logs[s];
    result.law[static_cast<Index>(((y.array() + 1) / 2).sum())] += p;
  }
  result.covariance -= result.mean * result.mean.transpose();
  result.entropy = result.log_sum - result.energy;
  return result;
}

/// K of nearest neighbours, from coordinates: bonds between sites that differ by one step along one
/// axis, around the edge where `periodic`.
inline MatrixXd lattice_couplings(const std::vector<int>& sides, const std::vector<bool>& periodic,
                                  double K) {
  int sites = 1;
  for (const int side : sides) sites *= side;
  const auto coordinates = [&](int site) {
    std::vector<int> at(sides.size());
    for (std::size_t a = sides.size(); a-- > 0; site /= sides[a]) at[a] = site % sides[a];
    return at;
  };
  MatrixXd result = MatrixXd::Zero(sites, sites);
  for (int i = 0; i < sites; ++i) {
    for (int j = 0; j < sites; ++j) {
      const auto a = coordinates(i), b = coordinates(j);
      for (std::size_t axis = 0; axis < sides.size(); ++axis) {
        auto moved = a;
        bool wrapped = ++moved[axis] == sides[axis];
        if (wrapped) moved[axis] = 0;
        if (moved != b || i == j || (wrapped && !periodic[axis])) continue;
        result(i, j) += K;
        result(j, i) += K;
      }
    }
  }
  return result;
}

/// A name of this process alone; the test removes the file.
inline std::string temporary_file(const std::string& name) {
  const auto folder = std::filesystem::temp_directory_path();
  return (folder / fmt::format("symbreak_{}_{}", getpid(), name)).string();
}

inline const target::SpinTarget& spins(const target::Target& target) {
  return dynamic_cast<const target::SpinTarget&>(target);
}

/// The couplings of a target as a matrix.
inline MatrixXd dense_couplings(const kernel::SpinGraph& graph) {
  const auto d = static_cast<Index>(graph.sites());
  MatrixXd K = MatrixXd::Zero(d, d);
  for (std::size_t i = 0; i < graph.sites(); ++i) {
    for (auto e = static_cast<std::size_t>(graph.first[i]);
         e < static_cast<std::size_t>(graph.first[i + 1]); ++e) {
      K(static_cast<Index>(i), graph.neighbour[e]) += graph.coupling[e];
    }
  }
  return K;
}

}  // namespace symbreak::test
