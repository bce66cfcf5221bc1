// Data that are noised to a time t and run back: what `speciation` (two clones) and `u_turn` (one
// return) share. May depend on: sim/measure, sim/target, sim/diffusion.
#pragma once
#include <optional>
#include <vector>

#include "analysis/findings/common/branching_observables.hpp"
#include "sim/diffusion/mixture_run.hpp"
#include "sim/diffusion/step_error.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment {

/// The grid runs from t down.
struct Branching : ReverseRun {
  /// Whether ends are draws from the posterior at the turn (diffusion::reverse_process): else
  /// nothing is known of them, given their starts.
  bool posterior_draws() const { return diffusion::reverse_process(sampler); }
  std::optional<diffusion::MixtureRun> mixture;  ///< the fast path of two isotropic classes
  bool exact_steps = false;                      ///< that is the reverse process's own transition
  Index clones = 1;                              ///< runs of every noised datum
};

/// Every noised datum runs back `clones` times; a kind adds what it measures beyond the first.
class BranchingExperiment : public PointExperiment<Branching> {
 public:
  BranchingExperiment(const deck::Parameters& parameters, Index clones);

  /// What the first return measures.
  std::vector<measure::ObservableInfo> observables() const override;
  /// time, noise, number of trajectories, signal to noise of two classes.
  std::vector<verdict::Fact> facts() const override;
  /// Clone probability of two classes, and the time at which their signal is 1.
  std::vector<verdict::Prediction> predictions() const override;
  double seconds_per_unit() const override;
  std::size_t memory_per_unit() const override;

 private:
  std::vector<verdict::Prediction> unequal_classes() const;
};

std::vector<deck::Key> branching_keys(const std::string& steps);
/// What experiment.t may be centred on, deck's clock.
double branching_critical_time(const deck::Parameters& parameters);

/// Batches of noised data, and their runs back.
class Returns : public Unit<const Branching&> {
 public:
  using Unit::Unit;

 protected:
  struct Batch {
    target::MatrixXd noisy;        ///< d x walkers, at the turn
    target::MatrixXd ends;         ///< P(class|y) after the first return, classes x walkers
    std::optional<double> agreed;  ///< mean of sum_c P(c|x)^2, where there is a posterior
  };
  /// Draws a batch, runs it back once and measures `branching_observables`.
  Batch turn(measure::Recorder& recorder);
  /// Moves the states to the end of the grid; P(class|y) of what they end in.
  target::MatrixXd run(target::MatrixXd& x);

 private:
  /// How many of the last run end at the datum y they came from: the sum of its weights at the last
  /// positive noise, which need not tell close data apart. Of m data that are alike each has an
  /// m-th of theirs, as in E sum_j w_j^2.
  double returned(const target::MatrixXd& y) const;
  target::MatrixXd last_;  ///< the states there
  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& forward_ = stream(Purpose::noise);
  random::Stream& noise_ = stream(Purpose::dynamics);
};

}  // namespace symbreak::experiment
