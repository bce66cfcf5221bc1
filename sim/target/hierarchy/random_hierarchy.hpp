// The random hierarchy model (Cagnetta et al. 2024; Sclocchi, Favero & Wyart 2024): data that are
// composed of parts of parts. May depend on: sim/target.
//
// A tree of L layers of branching s. The root is one of v classes; every symbol of a layer has m
// synonymous rules, each an s-tuple of symbols of the layer below; the v m tuples of a layer are
// distinct, drawn at random (quenched disorder), so that a datum has one reading. A datum are its
// s^L leaves, one-hot: y in R^{v s^L}, coordinate v i + a is 1 where leaf i is symbol a. The
// posterior is exact by belief propagation on the tree: O(s^L v m s) per walker.
#pragma once
#include <vector>

#include "sim/target/target.hpp"

namespace symbreak::target {

class RandomHierarchy final : public Target {
 public:
  RandomHierarchy(Index vocabulary, Index synonyms, Index branching, Index layers,
                  random::Stream stream);

  Index dimension() const override { return vocabulary_ * leaves_; }
  Averages averages(const States& x, const Betas& beta) const override;
  /// Exact: belief propagation in dual numbers.
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override;
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override;
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override;
  VectorXd mean_of_target() const override;
  std::optional<MatrixXd> covariance() const override;
  MatrixXd order_axes() const override;
  bool fixed_norm() const override { return true; }
  Index classes() const override { return vocabulary_; }
  VectorXd class_weights() const override;
  MatrixXd class_probabilities(const States& x, const Betas& beta) const override;
  std::vector<Index> classify(const States& y) const override;
  std::string describe() const override;
  std::size_t memory() const override;

  // --- hidden symbols --------------------------------------------------------------------------
  Index layers() const { return layers_; }
  Index nodes(Index layer) const;  ///< s^layer: layer 0 is the root, layer L the leaves
  /// A datum with all its symbols, layer after layer from the root.
  struct Reading {
    std::vector<std::vector<Index>> symbols;
  };
  Reading draw(random::Stream& stream) const;
  /// Beliefs (v x nodes) of every layer given likelihoods of the leaves' symbols (v x s^L).
  std::vector<MatrixXd> beliefs(const MatrixXd& likelihood) const;
  /// Likelihoods of the leaves' symbols of one noisy state, exp(beta x), scaled per leaf.
  MatrixXd likelihood(const Eigen::Ref<const VectorXd>& x, double beta) const;
  VectorXd one_hot(const std::vector<Index>& leaves) const;

 private:
  /// Symbol `place` of rule k of symbol a in the layer of parents.
  Index rule(Index layer, Index a, Index k, Index place) const {
    return rules_[static_cast<std::size_t>(layer)]
                 [static_cast<std::size_t>((a * synonyms_ + k) * branching_ + place)];
  }
  template <class T>
  struct Messages;
  template <class T>
  Messages<T> upward(std::vector<T> leaves) const;
  template <class T>
  void downward(Messages<T>& messages) const;

  Index vocabulary_, synonyms_, branching_, layers_, leaves_;
  std::vector<std::vector<Index>> rules_;  ///< per layer of parents
};

}  // namespace symbreak::target
