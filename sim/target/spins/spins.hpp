// What all Ising targets share: phi(y) ~ exp(sum_{i<j} K_ij y_i y_j + sum_i h_i y_i), y in
// {-1,1}^d, K = J/T and h = field/T (Ambrogioni 2024, section 5, J = -W). A family hands over its
// couplings; posterior, samples, covariance, order parameter and classes follow. May depend on:
// sim/target/target.hpp, sim/kernel, sim/random.
//
// The posterior is the same spin system in the field beta x. Where summing its states is cheap
// (spin_oracle.hpp) it is exact; else it is sampled (spin_posterior.hpp). Clean
// samples come from the exact sums, or from Markov chains (spin_sampler.hpp) that are new and
// equilibrated for every sample.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "sim/target/spin_system.hpp"
#include "sim/target/spins/spin_oracle.hpp"
#include "sim/target/spins/spin_sampler.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

/// One bond i - j of a spin system under construction.
struct SpinBond {
  Index i = 0, j = 0;
  double K = 0;
};
kernel::SpinGraph spin_graph(Index sites, const std::vector<SpinBond>& bonds,
                             std::vector<double> field = {});
/// The same in a uniform field.
kernel::SpinGraph spin_graph(Index sites, const std::vector<SpinBond>& bonds, double field);

/// What a family hands over.
struct SpinModel {
  kernel::SpinGraph graph{};
  std::string text{};          ///< of describe()
  std::vector<Index> sides{};  ///< of the lattice the sites are on, row-major; empty: none
  bool homogeneous = false;    ///< every site is like every other one (translations)
  MatrixXd patterns{};  ///< d x P, entries +-1: the classes are the patterns and their mirrors
  MatrixXd axes{};      ///< order axes where known; empty: uniform or from the covariance
  std::string posterior = "auto";                ///< auto, exact or monte_carlo
  random::Address address{};                     ///< chains that measure the target start from here
  std::optional<KnownValue> eigenvalue_limit{};  ///< Known::eigenvalue_limit
  std::optional<KnownValue> entropy{};           ///< Known::entropy
};

/// A measured eigenvalue of the covariance.
struct MeasuredEigenvalue {
  double value = 0, error = 0;
  VectorXd axis;  ///< unit vector
};

class SpinTarget final : public Target, public SpinSystem {
 public:
  /// Throws deck::KeyError for target.posterior = exact where that is out of reach.
  explicit SpinTarget(SpinModel model);

  Index dimension() const override { return d_; }
  bool exact() const override { return exact_; }
  std::unique_ptr<MonteCarloPosterior> monte_carlo(Index walkers, const random::Address& address,
                                                   Index chains = 0) const override;
  Averages averages(const States& x, const Betas& beta) const override;
  MatrixXd mean(const States& x, const Betas& beta) const override;
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override;

  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override;
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override;

  VectorXd mean_of_target() const override;
  /// Exact where the sums are; else nullopt (see measured_covariance).
  std::optional<MatrixXd> covariance() const override;
  MatrixXd order_axes() const override;
  std::optional<double> critical_noise() const override;
  bool even() const override { return even_; }
  bool fixed_norm() const override { return true; }

  Index classes() const override;
  VectorXd class_weights() const override;
  MatrixXd class_probabilities(const States& x, const Betas& beta) const override;
  std::vector<Index> classify(const States& y) const override;

  std::vector<Index> lattice() const override { return model_.sides; }
  const kernel::SpinGraph& spin_graph() const override { return model_.graph; }
  std::optional<VectorXd> magnetization_law() const override;
  std::string describe() const override;
  std::size_t memory() const override;

  // --- beyond the interface --------------------------------------------------------------------
  bool homogeneous() const { return model_.homogeneous; }
  const MatrixXd& patterns() const { return model_.patterns; }
  /// S(k) = (1/N) sum_ij C_ij exp(ik.(r_i - r_j)) at k_a = 2 pi mode_a/L_a, exact; nullopt where
  /// the states are not summed or there is no lattice. S(0) = (<M^2> - <M>^2)/N. With S at the
  /// smallest k theory::second_moment_length gives the correlation length.
  std::optional<double> structure_factor(const std::vector<Index>& mode) const;
  /// K >= 0 on every bond.
  bool ferromagnetic() const { return ferromagnetic_; }
  /// lambda_max(C) where it is not known exactly, from clean samples: its axis from one half of
  /// them, its value along that axis from the other half (never too large on average, unlike the
  /// largest eigenvalue of a sample covariance), averaged over the two ways; its error from the
  /// spread of independent chains. Of a homogeneous ferromagnet the axis is known. Seconds for
  /// hundreds of disordered spins; kept once found.
  MeasuredEigenvalue measured_eigenvalue() const;

  std::optional<KnownValue> known_value(Known quantity, double) const override {
    if (quantity == Known::entropy) return model_.entropy;
    return quantity == Known::eigenvalue_limit ? model_.eigenvalue_limit : std::nullopt;
  }

 private:
  const SpinOracle& oracle() const;  ///< throws deck::KeyError where the posterior is not exact
  MatrixXd field(const States& x, const Betas& beta) const;
  static Index label(const VectorXd& overlaps);
  VectorXd class_sums(const VectorXd& total) const;  ///< exact, in a field
  const MatrixXd& samples() const;                   ///< for what is measured once
  Index sample_count() const;
  bool covariance_in_reach() const;
  bool axis_is_known() const;
  MatrixXd translated(const VectorXd& first) const;

  SpinModel model_;
  Index d_;
  bool even_ = true, ferromagnetic_ = true, exact_ = false;
  VectorXd h_;  // the target's own field
  OraclePlan plan_;
  std::unique_ptr<SpinOracle> oracle_;  // also of a sampled posterior, where it is cheap
  std::unique_ptr<SpinSampler> sampler_;
  // On first use:
  mutable std::optional<double> log_sum_;
  mutable std::optional<std::optional<double>> critical_noise_;
  mutable std::optional<MatrixXd> covariance_, axes_;
  mutable std::optional<VectorXd> mean_, class_weights_;
  mutable MatrixXd samples_;
  mutable std::vector<std::int16_t> labels_;  // of enumerated states, by pattern
};

/// What targets made of it provide; those of a lattice that too.
std::vector<Part> spin_parts(bool lattice = false);

/// target.posterior
deck::Key posterior_key();

}  // namespace symbreak::target
