#include "sim/experiment/training/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/theory/training/crossings.hpp"
#include "analysis/theory/training/linear_flow.hpp"
#include "sim/diffusion/schedule.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::training {

namespace rf = target::feature_flow;
using target::States;

MatrixXd empirical_mean(const MatrixXd& data, const States& x, double noise) {
  MatrixXd weights = data.transpose() * x / noise;
  weights.colwise() -= data.colwise().squaredNorm().transpose() / (2 * noise);
  const Eigen::RowVectorXd top = weights.colwise().maxCoeff();
  weights = (weights.rowwise() - top).array().exp();
  const Eigen::RowVectorXd sum = weights.colwise().sum();
  return (data * weights).array().rowwise() / sum.array();
}

double copies(const MatrixXd& data, const States& y) {
  if (data.cols() < 2) return 0;
  Index found = 0;
  for (Index k = 0; k < y.cols(); ++k) {
    double first = INFINITY, second = INFINITY;
    for (Index a = 0; a < data.cols(); ++a) {
      const double square = (y.col(k) - data.col(a)).squaredNorm();
      second = std::min(second, std::max(first, square));
      first = std::min(first, square);
    }
    found += first < kCopy * kCopy * second ? 1 : 0;
  }
  return static_cast<double>(found) / static_cast<double>(y.cols());
}

namespace {

/// Loss on the training set with the exact average over the noise, whatever it was trained on.
class TrueLoss {
 public:
  TrueLoss(const rf::Machine& machine, const rf::Flow& flow, double noise) : flow_(flow) {
    if (machine.noise_samples() == 0) return;
    const rf::Moments exact = machine.exact_moments(noise);
    other_.emplace(flow, exact, rf::targets(exact, machine.skip(noise), noise));
  }
  double at(double tau) const { return other_ ? other_->at(tau) : flow_.train_loss(tau); }

 private:
  const rf::Flow& flow_;
  std::optional<rf::TestLoss> other_;
};

class Training final : public Unit<const Setting&> {
 public:
  Training(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address),
        levels_(rf::solved_levels(s_.parameters, address.address(Purpose::data))),
        machine_(&levels_->machine()),
        here_(std::make_shared<rf::SolvedLevels>(levels_->shared_machine(),
                                                 std::vector<double>{s_.noise})) {
    keep_integers("done", done_);
  }

  std::int64_t blocks() const override {
    return 2 + static_cast<std::int64_t>(s_.generated.size()) + (s_.generated.empty() ? 0 : 1);
  }

  void advance(measure::Recorder& recorder) override {
    if (done_ == 0) {
      losses(recorder);
    } else if (done_ == 1) {
      sampled(recorder);
    } else if (done_ == 2) {
      references(recorder);
    } else {
      generate(static_cast<std::size_t>(done_ - 3), recorder);
    }
    ++done_;
  }

 private:
  random::Stream fresh(Purpose purpose) const { return address_.stream(purpose); }
  double d() const { return static_cast<double>(machine_->dimension()); }
  double output_square() const {
    const double b = machine_->skip(s_.noise).output;
    return b * b;
  }
  /// The law of the data, once a unit: held-out data that stand for it may be many.
  const rf::Law& law() const {
    if (!law_) {
      law_ = rf::Law::of(*machine_->source(), machine_->features().activation, s_.test_points,
                         random::Stream(rf::address_of(address_.address(Purpose::data),
                                                       s_.parameters.integer("target.draw"),
                                                       rf::DrawOf::test_set)));
    }
    return law_.value();
  }
  /// The test loss at the noise of the losses, and its targets: likewise.
  struct Test {
    rf::Targets targets;
    rf::TestLoss loss;
  };
  const Test& test() const {
    if (!test_) {
      const rf::Moments average =
          law().moments(machine_->features(), machine_->gram(), machine_->shift(),
                        machine_->slope(s_.noise), s_.noise);
      const rf::Targets targets = rf::targets(average, machine_->skip(s_.noise), s_.noise);
      test_.emplace(Test{targets, rf::TestLoss(here_->flow(0), average, targets)});
    }
    return *test_;
  }

  // --- block 0: everything that is solved ------------------------------------------------------
  void losses(measure::Recorder& recorder) {
    const rf::Flow& flow = here_->flow(0);
    const auto& [targets, test_loss] = test();
    std::vector<double> train, test;
    for (const double tau : s_.tau) {
      train.push_back(flow.train_loss(tau));
      test.push_back(test_loss.at(tau));
    }
    const TrueLoss true_loss(*machine_, flow, s_.noise);
    recorder.measure(observable::train_loss, train);
    recorder.measure(observable::test_loss, test);
    const double train_end = flow.train_loss(INFINITY);
    recorder.measure(observable::test_end, test_loss.at(INFINITY));
    recorder.measure(observable::train_end, train_end);

    const double least = s_.least_fall * targets.square;
    const auto times =
        theory::training_times(s_.tau, train, test, targets.square, train_end, least);
    recorder.measure(observable::test_minimum, times.test_minimum);
    const auto record = [&](verdict::ObservableName log, verdict::ObservableName reached,
                            const std::optional<double>& time) {
      recorder.measure(log, time.value_or(0));
      recorder.measure(reached, time ? 1 : 0);
    };
    record(observable::log_generalization, observable::reached_generalization,
           times.generalization);
    record(observable::log_best, observable::reached_best, times.best);
    record(observable::log_rise, observable::reached_rise, times.rise);
    record(observable::log_harm, observable::reached_harm, times.harm);
    record(observable::log_memorization, observable::reached_memorization, times.memorization);
    record_spectrum(flow, recorder);
    if (machine_->noise_samples() > 0) {
      recorder.measure(observable::true_train_end, true_loss.at(INFINITY));
    }
    record_distances(true_loss, test, recorder);
    if (s_.linear) record_linear(flow, train, recorder);
  }

  /// E|y - <y>|^2/d of the law itself and of the training set, on states of its own.
  double population_error() const {
    const Noisy states = noisy(population_sample(), Purpose::field);
    return (states.clean - *law().mean(states.x, s_.noise)).squaredNorm() /
           static_cast<double>(states.x.size());
  }
  MatrixXd population_sample() const {
    random::Stream stream = fresh(Purpose::copies);
    MatrixXd y(machine_->dimension(), std::max<Index>(s_.states, 200));
    law().sample(stream, y);
    return y;
  }
  MatrixXd training_sample() const {
    random::Stream stream = fresh(Purpose::planted);
    const MatrixXd& data = machine_->data();
    MatrixXd y(data.rows(), std::max<Index>(s_.states, 200));
    for (Index k = 0; k < y.cols(); ++k) {
      // Every datum as often as the others, but for the last round.
      const auto pick = static_cast<Index>(stream.uniform() * static_cast<double>(data.cols()));
      y.col(k) = data.col(k < y.cols() / data.cols() * data.cols() ? k % data.cols() : pick);
    }
    return y;
  }
  struct Noisy {
    MatrixXd clean, x;
  };
  Noisy noisy(MatrixXd y, Purpose purpose) const {
    random::Stream stream = fresh(purpose);
    MatrixXd x = y + std::sqrt(s_.noise) * normals(stream, y.rows(), y.cols());
    return {std::move(y), std::move(x)};
  }

  void record_distances(const TrueLoss& train, const std::vector<double>& test,
                        measure::Recorder& recorder) {
    const double b = output_square();
    const Noisy states = noisy(training_sample(), Purpose::noise);
    const double error =
        (states.clean - empirical_mean(machine_->data(), states.x, s_.noise)).squaredNorm() /
        static_cast<double>(states.x.size());
    std::vector<double> empirical, exact;
    for (const double tau : s_.tau) empirical.push_back(b * train.at(tau) - error);
    recorder.measure(observable::distance_empirical, empirical);
    if (!s_.exact_law) return;
    const double floor = population_error();
    for (const double loss : test) exact.push_back(b * loss - floor);
    recorder.measure(observable::distance_population, exact);
  }

  void record_spectrum(const rf::Flow& flow, measure::Recorder& recorder) const {
    const Index p = flow.rates.size();
    const VectorXd descending = flow.rates.reverse().cwiseMax(0);
    recorder.measure(observable::spectrum, descending);
    recorder.measure(observable::effective_rank,
                     std::pow(descending.sum(), 2) / descending.squaredNorm());
    recorder.measure(observable::modes_dropped, static_cast<double>(flow.dropped));
    // One outlier, d modes of the coordinates, N - d of the data.
    const Index dim = machine_->dimension(), n = machine_->data().cols();
    const auto weight = [&](Index from, Index count) {
      const Index begin = std::min(from, p), size = std::clamp<Index>(count, 0, p - begin);
      return descending.segment(begin, size).sum();
    };
    recorder.measure(observable::linear_weight, weight(1, dim));
    recorder.measure(observable::data_weight, weight(1 + dim, n - dim));
  }

  /// Losses of the solver against the closed form, with eigenvalues of the covariance of its own.
  void record_linear(const rf::Flow& flow, const std::vector<double>& train,
                     measure::Recorder& recorder) const {
    const MatrixXd centred = machine_->data().colwise() - machine_->shift();
    const VectorXd lambda =
        target::eigenvalues(centred * centred.transpose() / static_cast<double>(centred.cols()));
    double worst = 0;
    for (std::size_t i = 0; i < s_.tau.size(); ++i) {
      worst = std::max(worst,
                       std::abs(train[i] - theory::linear_train_loss(lambda, s_.noise, s_.tau[i])));
    }
    recorder.measure(observable::linear_deviation, worst / flow.square);
  }

  // --- block 1: the same by sampling -----------------------------------------------------------
  void sampled(measure::Recorder& recorder) {
    if (s_.sampled.empty()) return;
    const Noisy planted = noisy(training_sample(), Purpose::noise);
    const Noisy fresh_states = noisy(population_sample(), Purpose::field);
    const VectorXd betas = VectorXd::Constant(planted.x.cols(), 1 / s_.noise);
    const auto size = static_cast<double>(planted.x.size());
    const MatrixXd empirical = empirical_mean(machine_->data(), planted.x, s_.noise);
    const auto exact = law().mean(fresh_states.x, s_.noise);
    const rf::Flow& flow = here_->flow(0);
    const rf::TestLoss& test_loss = test().loss;
    const TrueLoss true_loss(*machine_, flow, s_.noise);
    const double b = output_square();
    const double empirical_error = (planted.clean - empirical).squaredNorm() / size;
    std::vector<double> to_empirical, to_population, train_gap, test_gap, bias, curl;
    for (const double tau : s_.sampled) {
      const rf::TrainedScore score(here_, tau);
      const double distance = (score.mean(planted.x, betas) - empirical).squaredNorm() / size;
      to_empirical.push_back(distance);
      train_gap.push_back(b * true_loss.at(tau) - distance - empirical_error);
      bias.push_back(machine_->cluster_bias(flow.read_out(tau), s_.noise));
      curl.push_back(curl_of(score, planted.x));
      if (!exact) continue;
      const double far = (score.mean(fresh_states.x, betas) - *exact).squaredNorm() / size;
      to_population.push_back(far);
      test_gap.push_back(b * test_loss.at(tau) - far -
                         (fresh_states.clean - *exact).squaredNorm() / size);
    }
    recorder.measure(observable::sampled_empirical, to_empirical);
    recorder.measure(observable::train_identity, train_gap);
    recorder.measure(observable::cluster_bias, bias);
    recorder.measure(observable::curl, curl);
    if (!exact) return;
    recorder.measure(observable::sampled_population, to_population);
    recorder.measure(observable::test_identity, test_gap);
  }

  /// |J - J^T|/|J| of D (Frobenius), mean over a few states.
  double curl_of(const rf::TrainedScore& score, const MatrixXd& x) const {
    const Index dim = machine_->dimension(), states = std::min(kJacobians, x.cols());
    const MatrixXd unit = MatrixXd::Identity(dim, dim);
    const VectorXd betas = VectorXd::Constant(dim, 1 / s_.noise);
    double sum = 0;
    for (Index k = 0; k < states; ++k) {
      const MatrixXd J = score.jacobian_product(x.col(k).replicate(1, dim), betas, unit);
      if (J.norm() > 0) sum += (J - J.transpose()).norm() / J.norm();
    }
    return sum / static_cast<double>(states);
  }

  // --- blocks 2, 3, ...: generation ------------------------------------------------------------
  std::vector<double> grid() const {
    return diffusion::spaced_grid("log", levels_->levels().back(), levels_->levels().front(),
                                  s_.steps)
        .noise;
  }
  /// Runs a denoiser down the grid, with the same start and the same noise for all of them.
  MatrixXd run(const target::Denoiser& denoiser) const {
    const std::vector<double> noise = grid();
    random::Stream start = fresh(Purpose::start), dynamics = fresh(Purpose::dynamics);
    MatrixXd x(machine_->dimension(), s_.walkers);
    if (s_.linear) {  // exact variances of the training set
      const MatrixXd& data = machine_->data();
      for (Index k = 0; k < x.cols(); ++k) x.col(k) = data.col(k % data.cols());
    } else {
      machine_->law_of_data().sample(start, x);
    }
    x += std::sqrt(noise.front()) * normals(start, x.rows(), x.cols());
    for (std::size_t i = 0; i + 1 < noise.size(); ++i) {
      const MatrixXd mean = denoiser.mean(x, VectorXd::Constant(x.cols(), 1 / noise[i]));
      diffusion::reverse_step({.method = s_.sampler}, denoiser, noise[i], noise[i + 1], mean,
                              dynamics, x);
    }
    return x;
  }
  MatrixXd end_of(const target::Denoiser& denoiser, const MatrixXd& x) const {
    return denoiser.mean(x, VectorXd::Constant(x.cols(), 1 / levels_->levels().front()));
  }

  struct Quality {
    double copies = 0, second = 0, transverse = 0, diverged = 0;
  };
  /// Diverged data count as diverged only.
  Quality quality(const MatrixXd& generated) const {
    const MatrixXd& data = machine_->data();
    const double reach = kDiverged * data.colwise().norm().maxCoeff();
    MatrixXd kept(generated.rows(), generated.cols());
    Index count = 0;
    for (Index k = 0; k < generated.cols(); ++k) {
      if (generated.col(k).norm() <= reach) kept.col(count++) = generated.col(k);
    }
    const Index all = generated.cols();
    Quality result{.diverged = static_cast<double>(all - count) / static_cast<double>(all)};
    if (count == 0) return result;
    kept.conservativeResize(Eigen::NoChange, count);
    result.copies = training::copies(data, kept);
    const auto between = law().axis();
    const VectorXd axis =
        between ? *between : VectorXd(machine_->law_of_data().order_axes().col(0));
    const Eigen::RowVectorXd m = axis.transpose() * kept / axis.squaredNorm();
    result.second = m.squaredNorm() / static_cast<double>(count);
    result.transverse =
        (kept - axis * m).squaredNorm() /
        (static_cast<double>(count) * static_cast<double>(std::max<Index>(1, kept.rows() - 1)));
    return result;
  }

  /// What f_mem of held-out data and of the law's own score is.
  void references(measure::Recorder& recorder) {
    random::Stream stream = fresh(Purpose::resample);
    MatrixXd held_out(machine_->dimension(), std::max<Index>(1000, s_.walkers));
    law().sample(stream, held_out);
    recorder.measure(observable::memorized_null, training::copies(machine_->data(), held_out));
    if (!s_.exact_law) return;
    const PopulationScore score(law(), machine_->dimension());
    const Quality exact = quality(end_of(score, run(score)));
    recorder.measure(observable::memorized_exact, exact.copies);
    recorder.measure(observable::second_moment_exact, exact.second);
    recorder.measure(observable::transverse_variance_exact, exact.transverse);
  }

  void generate(std::size_t which, measure::Recorder& recorder) {
    const rf::TrainedScore score(levels_, s_.generated[which]);
    const MatrixXd x = run(score);
    const Quality found = quality(end_of(score, x));
    results_.insert(results_.end(), {found.copies, found.second, found.transverse, found.diverged,
                                     s_.linear ? variance_excess(x, s_.generated[which]) : 0});
    if (which + 1 < s_.generated.size()) return;
    const Index count = static_cast<Index>(s_.generated.size());
    const Eigen::Map<const MatrixXd> all(results_.data(), 5, count);
    recorder.measure(observable::memorized, VectorXd(all.row(0)));
    recorder.measure(observable::second_moment, VectorXd(all.row(1)));
    recorder.measure(observable::transverse_variance, VectorXd(all.row(2)));
    recorder.measure(observable::diverged, VectorXd(all.row(3)));
    if (s_.linear) recorder.measure(observable::mode_variance, VectorXd(all.row(4)));
  }

  /// Mean over the modes of Var(measured)/Var(closed form) - 1 at the last level.
  double variance_excess(const MatrixXd& x, double tau) const {
    const MatrixXd centred = machine_->data().colwise() - machine_->shift();
    const auto spectrum = target::symmetric_spectrum(centred * centred.transpose() /
                                                     static_cast<double>(centred.cols()));
    const double from = levels_->levels().back(), to = levels_->levels().front();
    const bool flow = s_.sampler == diffusion::Method::ode;
    // The start has exactly these second moments if every datum starts equally often.
    const MatrixXd along = spectrum.vectors.transpose() * (x.colwise() - machine_->shift());
    double sum = 0;
    for (Index k = 0; k < along.rows(); ++k) {
      const double lambda = std::max(0.0, spectrum.values[k]);
      const double expected =
          flow ? (lambda + from) * theory::linear_flow_ratio(lambda, from, to, tau)
               : theory::linear_process_variance(lambda, from, to, tau, lambda + from);
      sum += along.row(k).squaredNorm() / static_cast<double>(along.cols()) / expected - 1;
    }
    return sum / static_cast<double>(along.rows());
  }

  /// The law's own clean mean as a denoiser.
  class PopulationScore final : public target::Denoiser {
   public:
    PopulationScore(const rf::Law& law, Index dimension) : law_(law), dimension_(dimension) {}
    Index dimension() const override { return dimension_; }
    MatrixXd mean(const States& x, const target::Betas& beta) const override {
      return *law_.mean(x, 1 / beta[0]);
    }
    MatrixXd jacobian_product(const States&, const target::Betas&, const States&) const override {
      throw std::logic_error("the clean mean of a law is all that is asked for here");
    }

   private:
    const rf::Law& law_;
    Index dimension_;
  };

  void save(measure::State& state) const override {
    Unit::save(state);
    state.reals["results"] = results_;
  }
  void load(const measure::State& state) override {
    Unit::load(state);
    results_ = state.reals.at("results");
  }

  std::shared_ptr<const rf::SolvedLevels> levels_;
  const rf::Machine* machine_;
  std::shared_ptr<const rf::SolvedLevels> here_;  ///< at the noise of the losses alone
  mutable std::optional<rf::Law> law_;
  mutable std::optional<Test> test_;
  std::int64_t done_ = 0;
  std::vector<double> results_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Training>(setting, address);
}

}  // namespace symbreak::experiment::training
