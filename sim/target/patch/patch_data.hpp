// Images, and the patches cut out of them with their multiplicities. May depend on: Eigen,
// sim/target/data, sim/deck, sim/random.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/target/patch/patch_score.hpp"

namespace symbreak::target {

/// Images of one size: one column each, channel by channel, rows of pixels. `log_weights` is empty
/// when all count once.
struct Images {
  Index channels = 1, height = 0, width = 0;
  MatrixXd values;
  VectorXd log_weights;
  std::string text;  ///< "2000 images 28 x 28 of train.gz"
  Index count() const { return values.cols(); }
};

/// Reads target.{file, format, dataset_path, labels, labels_path, select, n, channels,
/// normalisation}.
Images read_images(const deck::Parameters& parameters);
/// The keys of the above.
std::vector<deck::Key> image_keys();

/// All +-1 configurations of a periodic side x side Ising magnet (side <= 4) with their weights at
/// temperature T (J = 1), by enumeration.
Images ising_configurations(Index side, double temperature);
/// `count` configurations of a larger one by Wolff's cluster algorithm, some 3 lattice sweeps
/// apart.
Images ising_samples(Index side, double temperature, Index count, std::uint64_t seed);

/// Distinct patches with the sum of their weights. Real: how they are stored.
template <class Real>
class PatchCollection {
 public:
  explicit PatchCollection(Index dimension) : dimension_(dimension) {}
  void add(const std::vector<Real>& patch, double weight);

  Index dimension() const { return dimension_; }
  Index count() const { return static_cast<Index>(weights_.size()); }
  Eigen::Map<const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>> patches() const {
    return {values_.data(), dimension_, count()};
  }
  VectorXd log_weights() const;
  /// Weights of all sign patterns (bit j set: coordinate j is +1); empty unless all values are +-1.
  VectorXd sign_counts() const;

 private:
  Index dimension_;
  std::vector<Real> values_;
  std::vector<double> weights_;
  std::unordered_multimap<std::uint64_t, Index> places_;  ///< hash -> patch
};

}  // namespace symbreak::target
