// The score of +-1 windows of few sites from a table of all sign patterns. Plain data in and out.
// May depend on: Eigen, simd.hpp, elementary_inline.hpp.
//
// With d <= 12 signs a data set is 2^d multiplicities n(phi), however many images it came from.
// Weights factorise over sites, e^{beta x.phi} = prod_j e^{beta x_j phi_j}, hence into A(half of
// the signs) times B(the others): one multiply-add per pattern and no exponential but two per site,
//     Z_c = sum_{a: centre c} A_a sum_b n(a,b) B_b,      <phi_0> = (Z_+ - Z_-)/(Z_+ + Z_-).
// Each site's factors are divided by the larger, so nothing overflows; double keeps patterns down
// to e^{-700} of the best sign pattern.
#pragma once
#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace symbreak::kernel {

class SignCube {
 public:
  static constexpr Eigen::Index most_signs = 12;

  /// counts: 2^d weights n >= 0; bit j of the index is set where coordinate j is +1. `centre`: the
  /// coordinate that is averaged.
  SignCube(const Eigen::VectorXd& counts, Eigen::Index centre);

  /// queries: Q x d; mean: Q, to 1e-14; NaN where all patterns of the data lie below e^{-700} of
  /// the best one.
  void average(const Eigen::Ref<const Eigen::MatrixXd>& queries, double beta,
               Eigen::Ref<Eigen::VectorXd> mean) const;

 private:
  Eigen::Index dimension_, low_;  ///< signs; those in B
  std::vector<Eigen::Index>
      order_;                   ///< coordinate of each bit of the table; the last is the centre
  std::vector<double> counts_;  ///< [a][b]
};

}  // namespace symbreak::kernel
