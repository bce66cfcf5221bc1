// Random features phi_i(x) = R g(u_i), u_i = k F_i.x + c_i, and their averages over Gaussian
// clouds. May depend on: Eigen, sim/kernel.
//
// k = omega c_in/sqrt(d), c_in = 1/sqrt(v + s) with v the variance of the data per coordinate, so
// that u has the variance omega^2 at every noise s; F_i ~ N(0, I_d). R makes E tr U ~ 1: sqrt(2/p)
// for the cosine, 1/sqrt(p) for bounded odd g.
#pragma once
#include <Eigen/Core>

namespace symbreak::target::feature_flow {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using States = Eigen::Ref<const MatrixXd>;  ///< d x states

/// linear: phi = x, whatever the rest says (p = d).
enum class Activation { cos, tanh, erf, linear };

struct Features {
  Activation activation = Activation::cos;
  MatrixXd weights;  ///< F, p x d
  VectorXd phases;   ///< c, p
  double omega = 1;

  Index count() const { return weights.rows(); }
  Index dimension() const { return weights.cols(); }
  double amplitude() const;                           ///< R
  double slope(double noise, double variance) const;  ///< k
  /// phi, p x states.
  MatrixXd values(const States& x, double k) const;
  /// d phi/d u = R g'(u), p x states.
  MatrixXd slopes(const States& x, double k) const;
  /// F F^T, the lower triangle: once for all noise levels.
  MatrixXd gram() const;
};

/// Clean data y = centre + spread: every centre with its weight, all with the same Gaussian around
/// them. A training set is its points with no spread; a mixture of Gaussians its means.
struct Cloud {
  MatrixXd centres{};     ///< d x n
  VectorXd weights{};     ///< n, of sum 1; empty: 1/n each
  double variance = 0;    ///< of the spread, per coordinate
  MatrixXd covariance{};  ///< of the spread, d x d, instead of `variance`; empty: isotropic
};

/// Averages over x = y + sqrt(s) z, y of a law and z ~ N(0, I).
struct Moments {
  MatrixXd features{};      ///< U = E phi phi^T, p x p, symmetric
  MatrixXd data{};          ///< E y phi^T, d x p
  MatrixXd noise{};         ///< E z phi^T, d x p
  double square = 0;        ///< E|y|^2/d
  double noise_square = 1;  ///< E|z|^2/d
  double cross = 0;         ///< E y.z/d
};

/// Exact. With m_i = k F_i.centre + c_i and K = k^2 F (Sigma + s I) F^T, u_i = m_i + N(0, K).
/// cos, in closed form:
///   U_ij = R^2/2 [e^{K_ij - (K_ii + K_jj)/2}(CC + SS) + e^{-K_ij - (K_ii + K_jj)/2}(CC - SS)],
///   CC = E cos m_i cos m_j, SS = E sin m_i sin m_j;  E phi_i = R e^{-K_ii/2} E cos m_i;
///   E y phi_i = R e^{-K_ii/2}(E centre cos m_i - k Sigma F_i E sin m_i), and by Stein's lemma
///   E z phi_i = -sqrt(s) k F_i R e^{-K_ii/2} E sin m_i.
/// tanh, erf by Mehler's sum (mehler.cpp). `gram` = F F^T. Cost: 2 p^2 n and p^2 exponentials
/// (Mehler: 6 to 60 times the first); memory beside U and `gram`: p x (2n + 128).
Moments moments(const Features& features, const MatrixXd& gram, const Cloud& cloud, double k,
                double noise);

/// The same for y = centre + iid +-`sigma` (centre d x 1), by its characteristic function prod_l
/// cos(sigma w_l). Cost: p^2 d cosines. cos only.
Moments sign_moments(const Features& features, const VectorXd& centre, double sigma, double k,
                     double noise);

/// The averages over a finite set of noisy states: x = y + sqrt(s) z, column by column.
Moments sampled_moments(const Features& features, const States& y, const States& z, double k,
                        double noise);

/// phi averaged over the noise around every centre: R e^{-K_ii/2} cos m_i, p x n (cos), or R h_0.
MatrixXd smoothed_values(const Features& features, const States& centres, double k, double noise);

namespace detail {
/// K_ij of all pairs, the lower triangle.
MatrixXd noise_gram(const Features& features, const MatrixXd& gram, const Cloud& cloud, double k,
                    double noise);
/// k F centre + c, p x n.
MatrixXd arguments(const Features& features, const States& x, double k);
VectorXd cloud_weights(const Cloud& cloud);
double mean_square(const Cloud& cloud);
/// (Sigma F^T), d x p.
MatrixXd spread_times_features(const Features& features, const Cloud& cloud);
Moments mehler_moments(const Features& features, const MatrixXd& gram, const Cloud& cloud, double k,
                       double noise);
MatrixXd mehler_values(const Features& features, const States& centres, double k, double noise);
/// g of every element, in place.
void activate(Activation activation, MatrixXd& u);
/// Copies the lower triangle of a square matrix to the upper one, in tiles that stay in the cache.
void mirror(MatrixXd& matrix);
}  // namespace detail

}  // namespace symbreak::target::feature_flow
