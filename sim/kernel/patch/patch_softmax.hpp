// The score of a patch machine: every query window against every patch of the data, fused into one
// pass. Plain data in and out. May depend on: Eigen, simd.hpp, elementary_inline.hpp.
//
// For queries x_q (d numbers) and patches phi_k with weights e^{log_weight_k},
//     w_k(q) ~ exp(beta (x_q.phi_k - |phi_k|^2/2) + log_weight_k),
//     mean_c(q) = sum_k w_k(q) phi_k[centre_c]
// (Kamb & Ganguli 2024; one softmax over all patches). No queries x patches matrix exists: a
// register block of queries walks through the patches with an online softmax whose reference is
// moved only when a score exceeds it (a rare branch), and running sums are flushed to double.
//
// Cost: d multiply-adds and about six more per (query, patch). Scores are sums in Real: in float a
// score errs by about 1e-7 beta |x| |phi|, a mean by that times the spread of the centres.
#pragma once
#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace symbreak::kernel {

template <class Real>
using QueryMatrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

/// Any patches. Real: float, or double for exact tests and small sets.
template <class Real>
class PatchTable {
 public:
  /// patches: d x K; centres: the rows of `patches` that are averaged (one per channel).
  PatchTable(const QueryMatrix<Real>& patches, const Eigen::VectorXd& log_weights,
             std::vector<Eigen::Index> centres);

  /// queries: Q x d (coordinate j of all queries is one column). mean: Q x centres; square: the
  /// same with phi^2, or nullptr.
  void average(const Eigen::Ref<const QueryMatrix<Real>>& queries, double beta,
               Eigen::Ref<Eigen::MatrixXd> mean, Eigen::MatrixXd* square = nullptr) const;

  /// Cov(phi[centre_c], phi[r]) under the weights of query q: d x (Q centres), column c Q + q. A
  /// second pass with the references of the first; two more multiply-adds per (query, patch,
  /// coordinate).
  Eigen::MatrixXd covariances(const Eigen::Ref<const QueryMatrix<Real>>& queries,
                              double beta) const;

  Eigen::Index dimension() const { return dimension_; }
  Eigen::Index count() const { return count_; }
  std::size_t memory() const { return values_.size() * sizeof(Real) + 16 * half_norms_.size(); }

 private:
  std::vector<Real> biases(double beta) const;

  Eigen::Index dimension_, count_, tiles_;
  std::vector<Eigen::Index> centres_;
  std::vector<Real> values_;  ///< tile by tile, coordinate by coordinate, patch by patch
  std::vector<double> half_norms_, log_weights_;  ///< padded: patches of no weight
};

/// Patches of +-1 only: the sum of 4 (AVX2: 3) coordinates with signs is looked up in a table that
/// fits one register, so d coordinates cost d/4 permutes and additions. One centre.
class SignTable {
 public:
  /// signs: d x K of +-1.
  SignTable(const QueryMatrix<float>& signs, const Eigen::VectorXd& log_weights,
            Eigen::Index centre);
  /// As above; mean: Q.
  void average(const Eigen::Ref<const QueryMatrix<float>>& queries, double beta,
               Eigen::Ref<Eigen::VectorXd> mean) const;

  Eigen::Index dimension() const { return dimension_; }
  Eigen::Index count() const { return count_; }
  std::size_t memory() const { return 4 * (codes_.size() + log_weights_.size()); }

 private:
  Eigen::Index dimension_, count_;
  std::size_t words_, positive_blocks_, blocks_;  ///< words per patch; centre +1 first
  std::vector<std::int32_t> codes_;  ///< block by block, pack of words by pack, patch by patch
  std::vector<float> log_weights_;   ///< base 2
};

}  // namespace symbreak::kernel
