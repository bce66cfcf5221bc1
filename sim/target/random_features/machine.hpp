// A random-feature network and its training set: what training times share.
// May depend on: flow.hpp, law.hpp, data_source.hpp, sim/target, sim/deck.
#pragma once
#include <memory>
#include <vector>

#include "sim/target/random_features/flow.hpp"
#include "sim/target/random_features/law.hpp"
#include "sim/target/target.hpp"

namespace symbreak::target::feature_flow {

/// Features and training set are one disorder sample: both are drawn from Purpose::data at the
/// address, and key `draw` counts further ones.
class Machine {
 public:
  /// One that is made by hand.
  struct Given {
    MatrixXd data{};  ///< d x N
    Features features{};
    Parametrisation parametrisation = Parametrisation::edm;
    double variance = 1, ridge = 0;
    bool centred = false;
    std::shared_ptr<const Denoiser> source{};  ///< whose law the data are of
  };
  explicit Machine(Given given);
  Machine(const deck::Parameters& parameters, const random::Address& address);

  Index dimension() const { return shift_.size(); }
  const Features& features() const { return features_; }
  const MatrixXd& gram() const;                     ///< F F^T, on first use
  const MatrixXd& data() const { return data_; }    ///< training set, d x N, as the user has it
  const VectorXd& shift() const { return shift_; }  ///< its mean, if it is centred
  double variance() const { return variance_; }     ///< v
  const std::shared_ptr<const Denoiser>& source() const { return source_; }
  const CleanData& law_of_data() const { return *part<CleanData>(*source_); }
  Parametrisation parametrisation() const { return parametrisation_; }
  bool linear() const { return features_.activation == Activation::linear; }

  double slope(double noise) const { return features_.slope(noise, variance_); }
  Skip skip(double noise) const;
  /// Averages over the training set and the noise.
  Moments exact_moments(double noise) const;
  /// What it is trained on: the same, or averages over `noise_samples` per datum.
  Moments training_moments(double noise) const;
  Index noise_samples() const { return noise_samples_; }
  Flow solve(double noise) const;
  /// (1/(N d)) sum_a |T_a - A phi_a|^2 of targets and features averaged over the noise around each
  /// datum: the bias part of the loss on the training set.
  double cluster_bias(const MatrixXd& read_out, double noise) const;

  std::string describe() const;
  /// Bytes of one level while it is solved.
  static double workspace(double features, double dimension);

 private:
  MatrixXd centred() const { return data_.colwise() - shift_; }

  std::shared_ptr<const Denoiser> source_;
  MatrixXd data_;
  VectorXd shift_;
  double variance_ = 1, ridge_ = 0;
  Parametrisation parametrisation_ = Parametrisation::edm;
  Features features_;
  mutable MatrixXd gram_;
  Index noise_samples_ = 0;
  random::Address address_;
};

/// Bits of the replica field that tell the streams of one disorder sample apart.
enum class DrawOf : std::uint32_t { data = 0, features = 1, training_set = 2, test_set = 3 };
random::Address address_of(random::Address unit, std::int64_t draw, DrawOf part);

}  // namespace symbreak::target::feature_flow
