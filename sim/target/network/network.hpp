// A network of the user's as a target: its clean mean comes from a worker, clean data from a known
// target beside it. May depend on: sim/target/target.hpp, worker.hpp, difference.hpp.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/target/class_score.hpp"
#include "sim/target/network/difference.hpp"
#include "sim/target/network/worker.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target {

/// Whether members of this kind of target ask another program, which is started before a run.
bool asks_program(const std::string& kind);

/// So many workers may run at once in this process, as many as one unit asks; at first 1. Of more
/// networks than that the one asked longest ago stops: they answer the same either way.
void keep_workers(std::size_t most);

/// A denoiser without a posterior: no p_t, no free energy, a Jacobian that need not be symmetric.
/// The worker is started by `begin`, or by the first question; a process keeps few (keep_workers),
/// so that networks of a sweep take turns.
/// Scores of single classes are asked of the worker, which must take a class as an argument; clean
/// data of a class are those of the law beside it.
class Network final : public Denoiser, public CleanData, public ClassScore {
 public:
  struct Settings {
    network::Launch launch;
    std::vector<Index> lattice;  ///< sides
    Index batch = 256;           ///< most states of a question
    bool differences = false;    ///< Jacobian by differences even if the worker has one
    bool classify = false;       ///< classes by the worker
    double seconds = 0;          ///< per state, for the estimate of `check`
  };
  Network(Settings settings, std::shared_ptr<const Target> data);
  ~Network() override;

  /// The law beside it, which the network is compared with.
  const std::shared_ptr<const Target>& data() const { return data_; }
  /// Starts the worker. What it says of itself, as far as that decides the bits of units: "weights
  /// 3f12", "" when it does not say. Throws deck::KeyError.
  std::string begin() const;
  const std::string& program() const { return settings_.launch.program; }
  double seconds() const { return settings_.seconds; }

  /// Relative error of Jacobian products at noise s: 0 where the worker makes them.
  double jacobian_error(double s) const;
  /// Numbers that the worker sees in states, features x walkers.
  MatrixXd features(const States& y) const;
  /// Says before the worker starts that this will be asked: one that has none is then refused.
  void will_ask_for_features() const;

  void will_ask_for_classes() const override;
  MatrixXd class_mean(const States& x, const Betas& beta, Index label) const override;
  void sample_class(random::Stream& stream, Index label, Eigen::Ref<MatrixXd> y) const override {
    part<ClassScore>(*data_)->sample_class(stream, label, y);
  }
  Moments class_moments(Index label, const VectorXd& direction) const override {
    return part<ClassScore>(*data_)->class_moments(label, direction);
  }

  Index dimension() const override { return data_->dimension(); }
  MatrixXd mean(const States& x, const Betas& beta) const override;
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override;
  std::vector<Index> lattice() const override { return settings_.lattice; }
  std::string describe() const override;
  std::size_t memory() const override;

  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    data_->sample(stream, y);
  }
  VectorXd mean_of_target() const override { return data_->mean_of_target(); }
  std::optional<MatrixXd> covariance() const override { return data_->covariance(); }
  MatrixXd order_axes() const override { return data_->order_axes(); }
  std::optional<double> critical_noise() const override { return data_->critical_noise(); }
  Index classes() const override { return data_->classes(); }
  VectorXd class_weights() const override { return data_->class_weights(); }
  /// By the worker if so asked, once it has been started; else by the data.
  std::vector<Index> classify(const States& y) const override;
  bool has_law() const override { return data_->has_law(); }
  void sample_law(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    data_->sample_law(stream, y);
  }

 private:
  network::Worker& worker() const;
  void stop() const;
  /// Ends the worker. Throws network::WorkerRefusal.
  [[noreturn]] void refuse(const std::string& what) const;
  void check_hello(const network::Hello& hello) const;
  /// Whether it offers what will be asked. Throws network::WorkerRefusal.
  void check_offers(const network::Hello& hello) const;
  /// The same of a worker that has been started before. Throws deck::KeyError.
  void check_known() const;
  /// Questions of at most `batch` states.
  MatrixXd ask(network::Operation operation, const States& x, const VectorXd& s, Index numbers,
               const States& more = MatrixXd()) const;
  const network::DifferenceStep& difference_at(double s) const;

  Settings settings_;
  std::shared_ptr<const Target> data_;
  mutable bool class_means_ = false, features_ = false;  ///< whether somebody will ask for them
  mutable std::unique_ptr<network::Worker> worker_;
  mutable std::optional<network::Hello> known_;                 ///< of the first start
  mutable std::map<int, network::DifferenceStep> differences_;  ///< by log_4 s
};

}  // namespace symbreak::target
