// The denoiser of a random-feature network after so much training, at all noise levels.
// May depend on: machine.hpp.
//
// One independent read-out per solved level; between them A is linear in ln s (with neighbours 1.35
// apart the error of D is below .7 % of its network part), beyond them it is that of the last
// level; a, b_o and the scale of the features are those of s itself. Linear networks are exact at
// every s.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "sim/target/jacobian_law.hpp"
#include "sim/target/random_features/machine.hpp"

namespace symbreak::target::feature_flow {

/// Solved levels, shared by all training times.
class SolvedLevels {
 public:
  SolvedLevels(std::shared_ptr<const Machine> machine, std::vector<double> levels)
      : machine_(std::move(machine)), levels_(std::move(levels)), flows_(levels_.size()) {}
  const Machine& machine() const { return *machine_; }
  const std::shared_ptr<const Machine>& shared_machine() const { return machine_; }
  const std::vector<double>& levels() const { return levels_; }  ///< ascending noise
  /// Solved on first use.
  const Flow& flow(std::size_t level) const;
  Index dropped() const;  ///< modes under the floor, all levels solved so far

 private:
  std::shared_ptr<const Machine> machine_;
  std::vector<double> levels_;
  mutable std::vector<std::optional<Flow>> flows_;
};

class TrainedScore final : public Denoiser, public CleanData, public AdjointJacobian {
 public:
  TrainedScore(std::shared_ptr<const SolvedLevels> levels, double training_time);

  const Machine& machine() const { return levels_->machine(); }
  double training_time() const { return tau_; }

  Index dimension() const override { return machine().dimension(); }
  MatrixXd mean(const States& x, const Betas& beta) const override;
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override;
  MatrixXd transposed_product(const States& x, const Betas& beta, const States& v) const override;
  /// tr J of every state, in O(p) beyond the features.
  VectorXd jacobian_trace(const States& x, const Betas& beta) const;
  std::vector<Index> lattice() const override { return machine().source()->lattice(); }
  std::string describe() const override { return machine().describe(); }
  std::size_t memory() const override;

  // The law that its training data come from.
  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    law().sample(stream, y);
  }
  VectorXd mean_of_target() const override { return law().mean_of_target(); }
  std::optional<MatrixXd> covariance() const override { return law().covariance(); }
  MatrixXd order_axes() const override { return law().order_axes(); }
  Index classes() const override { return law().classes(); }
  VectorXd class_weights() const override { return law().class_weights(); }
  std::vector<Index> classify(const States& y) const override { return law().classify(y); }
  MatrixXd class_shares(const States& y) const override { return law().class_shares(y); }
  bool has_law() const override { return law().has_law(); }
  void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    law().sample_law(stream, y);
  }

 private:
  const CleanData& law() const { return machine().law_of_data(); }
  /// A at noise s; the last one is kept.
  const MatrixXd& read_out(double noise) const;
  const MatrixXd& solved(std::size_t level) const;
  /// visit(first, count, noise) for runs of equal noise, in batches.
  template <class Visit>
  static void for_each_batch(const Betas& beta, const Visit& visit);

  std::shared_ptr<const SolvedLevels> levels_;
  double tau_;
  mutable std::vector<MatrixXd> read_outs_;  ///< per level, on first use
  mutable MatrixXd last_;
  mutable double last_noise_ = 0;
};

/// The levels that a deck asks for, relative to the variance of the training set by default.
std::vector<double> levels_of(const deck::Parameters& parameters, double variance);

/// The network of a point's [target] keys at another training time, sharing what is solved.
std::shared_ptr<const SolvedLevels> solved_levels(const deck::Parameters& parameters,
                                                  const random::Address& address);

}  // namespace symbreak::target::feature_flow
