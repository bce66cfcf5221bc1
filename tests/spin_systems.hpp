// Small spin systems and their exact posterior means, by methods that share no code with the
// program.
#pragma once
#include <Eigen/Core>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/kernel/spins/spin_graph.hpp"

namespace spin_systems {

using Eigen::Index;
using Eigen::VectorXd;
using symbreak::kernel::SpinGraph;

struct Bond {
  int a, b;
  double K;
};

inline SpinGraph graph_of(int sites, const std::vector<Bond>& bonds) {
  std::vector<std::vector<std::pair<int, double>>> rows(static_cast<std::size_t>(sites));
  for (const Bond& bond : bonds) {
    rows[static_cast<std::size_t>(bond.a)].emplace_back(bond.b, bond.K);
    rows[static_cast<std::size_t>(bond.b)].emplace_back(bond.a, bond.K);
  }
  SpinGraph graph;
  graph.first.push_back(0);
  for (const auto& row : rows) {
    for (const auto& [other, K] : row) {
      graph.neighbour.push_back(other);
      graph.coupling.push_back(K);
    }
    graph.first.push_back(static_cast<std::int32_t>(graph.neighbour.size()));
  }
  return graph;
}

inline std::vector<Bond> square_bonds(int L, double K) {
  std::vector<Bond> bonds;
  for (int row = 0; row < L; ++row) {
    for (int col = 0; col < L; ++col) {
      bonds.push_back({row * L + col, row * L + (col + 1) % L, K});
      bonds.push_back({row * L + col, (row + 1) % L * L + col, K});
    }
  }
  return bonds;
}

/// <s_i> of exp(sum K s s + h.s), summed over all states.
inline VectorXd enumerated_mean(int sites, const std::vector<Bond>& bonds, const VectorXd& h) {
  VectorXd sum = VectorXd::Zero(sites);
  double Z = 0, top = 0;
  for (const Bond& bond : bonds) top += std::abs(bond.K);
  top += h.cwiseAbs().sum();
  for (long state = 0; state < 1L << sites; ++state) {
    const auto spin = [&](int i) { return state >> i & 1 ? 1.0 : -1.0; };
    double energy = -top;
    for (const Bond& bond : bonds) energy += bond.K * spin(bond.a) * spin(bond.b);
    for (int i = 0; i < sites; ++i) energy += h[i] * spin(i);
    const double weight = std::exp(energy);
    Z += weight;
    for (int i = 0; i < sites; ++i) sum[i] += weight * spin(i);
  }
  return sum / Z;
}

/// <s_i> of the L x L ferromagnet in a site field, columns periodic and rows open, by one transfer
/// vector of 2^L numbers from above and one from below (a torus needs 2^L of them). O(2^L L^2).
inline VectorXd cylinder_mean(int L, double K, const VectorXd& h) {
  const int states = 1 << L;
  const auto spin = [](int state, int i) { return state >> i & 1 ? 1.0 : -1.0; };
  // Bonds to the next row, one column after the other.
  const auto transfer = [&](std::vector<double>& v) {
    for (int i = 0; i < L; ++i) {
      for (int state = 0; state < states; ++state) {
        if (state >> i & 1) continue;
        const int other = state | 1 << i;
        const double down = v[static_cast<std::size_t>(state)],
                     up = v[static_cast<std::size_t>(other)];
        v[static_cast<std::size_t>(state)] = down * std::exp(K) + up * std::exp(-K);
        v[static_cast<std::size_t>(other)] = down * std::exp(-K) + up * std::exp(K);
      }
    }
  };
  const auto weigh = [&](std::vector<double>& v, int row) {
    double top = 0;
    for (int state = 0; state < states; ++state) {
      double energy = 0;
      for (int i = 0; i < L; ++i) {
        energy += K * spin(state, i) * spin(state, (i + 1) % L) + h[row * L + i] * spin(state, i);
      }
      double& value = v[static_cast<std::size_t>(state)];
      value *= std::exp(energy);
      top = std::max(top, value);
    }
    for (double& value : v) value /= top;
  };
  std::vector<std::vector<double>> before;  // rows above, not this row's weight
  std::vector<double> v(static_cast<std::size_t>(states), 1.0);
  for (int row = 0; row < L; ++row) {
    before.push_back(v);
    weigh(v, row);
    transfer(v);
  }
  VectorXd mean(L * L);
  std::vector<double> below(static_cast<std::size_t>(states), 1.0);
  for (int row = L; row-- > 0;) {
    weigh(below, row);
    double Z = 0;
    VectorXd sum = VectorXd::Zero(L);
    for (int state = 0; state < states; ++state) {
      const double weight = before[static_cast<std::size_t>(row)][static_cast<std::size_t>(state)] *
                            below[static_cast<std::size_t>(state)];
      Z += weight;
      for (int i = 0; i < L; ++i) sum[i] += weight * spin(state, i);
    }
    mean.segment(row * L, L) = sum / Z;
    transfer(below);
  }
  return mean;
}

/// Bonds of that cylinder.
inline std::vector<Bond> cylinder_bonds(int L, double K) {
  std::vector<Bond> bonds;
  for (int row = 0; row < L; ++row) {
    for (int col = 0; col < L; ++col) {
      bonds.push_back({row * L + col, row * L + (col + 1) % L, K});
      if (row + 1 < L) bonds.push_back({row * L + col, (row + 1) * L + col, K});
    }
  }
  return bonds;
}

}  // namespace spin_systems
