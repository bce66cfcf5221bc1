// Averages of any smooth activation by Mehler's sum. With the Hermite coefficients
//   h_k(a, i) = E_zeta[g(m_i(a) + sqrt(K_ii) zeta) He_k(zeta)]/sqrt(k!)
// and r_ij = K_ij/sqrt(K_ii K_jj),  U_ij = R^2 sum_k r_ij^k E_a h_k(a, i) h_k(a, j) off the
// diagonal; the diagonal is a one-dimensional quadrature of g^2. E phi_i = R E h_0, and by Stein's
// lemma E z phi_i = sqrt(s) k F_i R E h_1/sqrt(K_ii). What is left beyond k is at most
// |r|^{k+1} times the geometric mean of the parts of E g^2 that are left: the sum stops where that
// is below rounding.
#include <cmath>
#include <vector>

#include "sim/target/random_features/features.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::target::feature_flow::detail {

namespace {

constexpr Index kNodes = 80, kOrders = 64;

/// Gauss-Hermite rule for N(0, 1), and He_k/sqrt(k!) times the weights at its nodes.
struct HermiteRule {
  VectorXd nodes, weights;
  MatrixXd weighted;  ///< kOrders x kNodes

  HermiteRule() : weighted(kOrders, kNodes) {
    MatrixXd jacobi = MatrixXd::Zero(kNodes, kNodes);
    for (Index k = 1; k < kNodes; ++k) {
      jacobi(k, k - 1) = jacobi(k - 1, k) = std::sqrt(static_cast<double>(k));
    }
    nodes = eigenvalues(jacobi);
    weights.resize(kNodes);
    VectorXd polynomial(kNodes + 1);
    for (Index q = 0; q < kNodes; ++q) {
      // One Newton step from the eigenvalue, He_n' = n He_{n-1}; then Christoffel's formula.
      for (const bool last : {false, true}) {
        polynomial[0] = 1;
        polynomial[1] = nodes[q];
        for (Index k = 1; k < kNodes; ++k) {
          polynomial[k + 1] =
              (nodes[q] * polynomial[k] - std::sqrt(static_cast<double>(k)) * polynomial[k - 1]) /
              std::sqrt(static_cast<double>(k + 1));
        }
        if (!last) {
          nodes[q] -= polynomial[kNodes] /
                      (std::sqrt(static_cast<double>(kNodes)) * polynomial[kNodes - 1]);
        }
      }
      weights[q] = 1 / polynomial.head(kNodes).squaredNorm();
      weighted.col(q) = weights[q] * polynomial.head(kOrders);
    }
  }
};

const HermiteRule& hermite_rule() {
  static const HermiteRule rule;
  return rule;
}

/// g at all nodes around the arguments m of one centre, kNodes x p.
MatrixXd at_nodes(Activation activation, const Eigen::Ref<const VectorXd>& m,
                  const VectorXd& deviations) {
  MatrixXd g = hermite_rule().nodes * deviations.transpose();
  g.rowwise() += m.transpose();
  activate(activation, g);
  return g;
}

}  // namespace

Moments mehler_moments(const Features& features, const MatrixXd& gram, const Cloud& cloud, double k,
                       double noise) {
  const Index p = features.count(), n = cloud.centres.cols();
  const double R = features.amplitude();
  const VectorXd weights = cloud_weights(cloud);
  const HermiteRule& rule = hermite_rule();
  const MatrixXd m = arguments(features, cloud.centres, k);
  MatrixXd ratio = noise_gram(features, gram, cloud, k, noise);
  const VectorXd deviations = ratio.diagonal().cwiseSqrt();
  ratio = deviations.cwiseInverse().asDiagonal() * ratio * deviations.cwiseInverse().asDiagonal();

  // First pass: the diagonal, the means, and how much of E g^2 each order holds.
  VectorXd diagonal = VectorXd::Zero(p), slope = VectorXd::Zero(p);
  MatrixXd energy = MatrixXd::Zero(kOrders, p), means(n, p);
  for (Index a = 0; a < n; ++a) {
    const MatrixXd g = at_nodes(features.activation, m.col(a), deviations);
    const MatrixXd h = rule.weighted * g;
    diagonal += weights[a] * (rule.weights.transpose() * g.cwiseAbs2()).transpose();
    energy += weights[a] * h.cwiseAbs2();
    means.row(a) = weights[a] * h.row(0);
    slope += weights[a] * h.row(1).transpose();
  }
  double largest = 0;
  for (Index j = 0; j < p; ++j) {
    for (Index i = j + 1; i < p; ++i) largest = std::max(largest, std::abs(ratio(i, j)));
  }
  VectorXd left = diagonal;
  Index orders = 0;
  for (double power = 1; orders < kOrders; ++orders) {
    if (orders > 0 && power * left.cwiseMax(0).maxCoeff() < 1e-16 * diagonal.mean()) break;
    left -= energy.row(orders).transpose();
    power *= largest;
  }

  // Second pass, order by order: U += r^k o (h_k^T h_k).
  Moments result;
  result.features = MatrixXd::Zero(p, p);
  MatrixXd power = MatrixXd::Ones(p, p), product(p, p);
  constexpr Index kTogether = 8;  // orders whose coefficients are kept at a time
  std::vector<MatrixXd> kept(kTogether, MatrixXd(p, n));
  for (Index order = 0; order < orders; ++order) {
    if (order % kTogether == 0) {
      const Index count = std::min(kTogether, kOrders - order);
      for (Index a = 0; a < n; ++a) {
        const MatrixXd some =
            std::sqrt(weights[a]) * (rule.weighted.middleRows(order, count) *
                                     at_nodes(features.activation, m.col(a), deviations));
        for (Index t = 0; t < count; ++t) {
          kept[static_cast<std::size_t>(t)].col(a) = some.row(t).transpose();
        }
      }
    }
    product.setZero();
    product.selfadjointView<Eigen::Lower>().rankUpdate(
        kept[static_cast<std::size_t>(order % kTogether)]);
    result.features.array() += power.array() * product.array();
    power = power.cwiseProduct(ratio);
  }
  result.features.diagonal() = diagonal;
  mirror(result.features);
  result.features *= R * R;

  result.noise = std::sqrt(noise) * k * R * features.weights.transpose() *
                 slope.cwiseQuotient(deviations).asDiagonal();
  result.data.noalias() = R * cloud.centres * means;
  result.data +=
      k * R * spread_times_features(features, cloud) * slope.cwiseQuotient(deviations).asDiagonal();
  result.square = mean_square(cloud);
  return result;
}

MatrixXd mehler_values(const Features& features, const States& centres, double k, double noise) {
  const HermiteRule& rule = hermite_rule();
  const MatrixXd m = arguments(features, centres, k);
  const VectorXd deviations = k * std::sqrt(noise) * features.weights.rowwise().norm();
  MatrixXd values(m.rows(), m.cols());
  for (Index a = 0; a < m.cols(); ++a) {
    values.col(a) = (rule.weights.transpose() * at_nodes(features.activation, m.col(a), deviations))
                        .transpose();
  }
  return features.amplitude() * values;
}

}  // namespace symbreak::target::feature_flow::detail
