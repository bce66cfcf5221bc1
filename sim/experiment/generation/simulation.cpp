#include "sim/experiment/generation/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/distances.hpp"
#include "sim/experiment/common/batch.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/spin_moments.hpp"

namespace symbreak::experiment::generation {

namespace {

using target::MatrixXd;
using target::VectorXd;

/// Chains of the forward noised data: the other half of the replica numbers.
constexpr std::uint32_t kForwardChains = 0x80000000U;

/// Running first and second moments of generated and of exact samples.
struct Moments {
  double count = 0;
  VectorXd sum;
  MatrixXd products;
  explicit Moments(Index d) : sum(VectorXd::Zero(d)), products(MatrixXd::Zero(d, d)) {}
  void add(const MatrixXd& y) {
    count += static_cast<double>(y.cols());
    sum += y.rowwise().sum();
    products.noalias() += y * y.transpose();
  }
  VectorXd mean() const { return sum / count; }
  MatrixXd covariance() const { return (products - sum * sum.transpose() / count) / (count - 1); }
};

CleanMean source(const Setting& s, random::Address address, std::uint32_t half) {
  address.replica |= half;
  return s.score.make(s.model, s.walkers, address);
}

/// What is measured on one batch at the recorded times.
class Trace {
 public:
  explicit Trace(const Setting& setting)
      : s_(setting),
        overlap_(s_.recorded.size(), s_.walkers),
        score_(overlap_.rows(), s_.walkers),
        entropy_(overlap_.rows(), s_.walkers),
        error_(overlap_.rows(), s_.walkers),
        r_hat_(VectorXd::Ones(s_.walkers)),
        order_(overlap_.rows() * s_.axes.cols(), s_.walkers),
        histogram_(s_.recorded.size() * kOrderBins, 0.0) {}

  /// Squares of a sampled mean are freed of the bias that its error makes.
  void add(std::size_t time, const MatrixXd& x, const CleanMean::Evaluation& clean) {
    const auto row = static_cast<Index>(time);
    const double d = static_cast<double>(x.rows()),
                 s = s_.grid[static_cast<std::size_t>(s_.recorded[time])];
    const MatrixXd m = s_.axes.transpose() * clean.mean;
    const Eigen::RowVectorXd error = clean.error.transpose();
    overlap_.row(row) = clean.mean.colwise().squaredNorm() / d - error;
    score_.row(row) = ((clean.mean - x).colwise().squaredNorm() / d - error) / s;
    entropy_.row(row) = clean.entropy;
    error_.row(row) = error;
    r_hat_ = r_hat_.cwiseMax(clean.r_hat);
    order_.middleRows(row * m.rows(), m.rows()) = m.array().square();
    for (Index k = 0; k < m.cols(); ++k) {
      const double u = (m(0, k) / s_.histogram_edge + 1) / 2;
      const auto bin = std::clamp<Index>(static_cast<Index>(u * kOrderBins), 0, kOrderBins - 1);
      histogram_[time * kOrderBins + static_cast<std::size_t>(bin)] +=
          1 / static_cast<double>(s_.walkers);
    }
  }

  /// Walkers are independent: each is one sample.
  void record_overlap(measure::Recorder& recorder, verdict::ObservableName overlap,
                      verdict::ObservableName mean) const {
    for (Index k = 0; k < s_.walkers; ++k) {
      recorder.measure(overlap, span(overlap_.col(k)));
      recorder.measure(mean, overlap_.col(k).mean());
    }
  }
  void record(measure::Recorder& recorder) const {
    for (Index k = 0; k < s_.walkers; ++k) {
      recorder.measure(observable::score_norm, span(score_.col(k)));
      recorder.measure(observable::order_parameter_squared, span(order_.col(k)));
      if (s_.entropy) recorder.measure(observable::posterior_entropy, span(entropy_.col(k)));
      if (!s_.score.chains) continue;
      recorder.measure(observable::clean_mean_variance, span(error_.col(k)));
      recorder.measure(observable::chains_unconverged, r_hat_[k] > kUnconverged ? 1 : 0);
    }
    recorder.measure(observable::order_parameter_distribution, histogram_);
  }

 private:
  /// Split R-hat of chains of one evaluation, as short as they are, exceeds this rarely by chance.
  static constexpr double kUnconverged = 1.5;

  const Setting& s_;
  MatrixXd overlap_, score_, entropy_, error_;
  VectorXd r_hat_;
  MatrixXd order_;
  std::vector<double> histogram_;
};

class Generation final : public measure::Simulation {
 public:
  Generation(const Setting& setting, const measure::UnitAddress& address)
      : s_(setting),
        start_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)),
        exact_(address.stream(random::Purpose::planted)),
        forward_(address.stream(random::Purpose::noise)),
        directions_(address.stream(random::Purpose::projection)),
        clean_(source(s_, address.address(random::Purpose::posterior), 0)),
        clean_forward_(source(s_, address.address(random::Purpose::posterior), kForwardChains)),
        generated_moments_(s_.moments ? s_.model.denoiser->dimension() : 0),
        exact_moments_(generated_moments_) {}

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(measure::Recorder& recorder) override {
    const Index d = s_.model.denoiser->dimension(), walkers = s_.walkers;
    MatrixXd x = start();
    const MatrixXd data = draw_exact();  // forward trajectories start here
    MatrixXd mean;
    Trace reverse(s_), forward(s_);
    std::size_t next = 0;
    for (std::size_t i = 0; i < s_.grid.size(); ++i) {
      const double s = s_.grid[i];
      const bool records = next < s_.recorded.size() && s_.recorded[next] == static_cast<Index>(i);
      if (records || !s_.draws) {
        CleanMean::Evaluation clean = clean_.evaluate(x, s);
        if (records) {
          reverse.add(next, x, clean);
          const MatrixXd noisy = data + std::sqrt(s) * normals(forward_, d, walkers);
          // The datum is an exact posterior draw at every noise level; chains start at it each
          // time, because they could not follow noise that is new.
          clean_forward_.plant(data);
          clean_forward_.equilibrate(noisy, s, s_.score.burn_in);
          forward.add(next, noisy, clean_forward_.evaluate(noisy, s));
          ++next;
        }
        mean = std::move(clean.mean);
      }
      if (s_.draws) mean = clean_.draw(x, s);
      if (i + 1 < s_.grid.size()) {
        diffusion::reverse_step(s_.sampler, clean_, s, s_.grid[i + 1], mean, noise_, x);
      }
    }
    reverse.record_overlap(recorder, observable::overlap, observable::mean_overlap);
    forward.record_overlap(recorder, observable::overlap_forward, observable::mean_overlap_forward);
    reverse.record(recorder);
    judge(recorder, mean);
    ++done_;
  }

  void save(measure::State& state) const override {
    save_streams(state, start_, noise_, exact_, forward_, directions_);
    state.integers["blocks"] = {static_cast<std::uint64_t>(done_)};
    state.integers["chains"] = clean_.save();
    state.integers["chains_forward"] = clean_forward_.save();
    if (!s_.moments) return;
    const auto put = [&state](const std::string& name, const Moments& moments) {
      state.reals[name + ".sum"].assign(moments.sum.begin(), moments.sum.end());
      state.reals[name + ".products"].assign(moments.products.data(),
                                             moments.products.data() + moments.products.size());
    };
    put("generated", generated_moments_);
    put("exact", exact_moments_);
  }
  void load(const measure::State& state) override {
    load_streams(state, start_, noise_, exact_, forward_, directions_);
    done_ = static_cast<std::int64_t>(state.integers.at("blocks").at(0));
    clean_.load(state.integers.at("chains"));
    clean_forward_.load(state.integers.at("chains_forward"));
    if (!s_.moments) return;
    const auto get = [&](const std::string& name, Moments& moments) {
      const auto& sum = state.reals.at(name + ".sum");
      const auto& products = state.reals.at(name + ".products");
      moments.count = static_cast<double>(done_ * s_.walkers);
      std::copy(sum.begin(), sum.end(), moments.sum.data());
      std::copy(products.begin(), products.end(), moments.products.data());
    };
    get("generated", generated_moments_);
    get("exact", exact_moments_);
  }

 private:
  MatrixXd sample(random::Stream& stream) const {
    MatrixXd y(s_.model.denoiser->dimension(), s_.walkers);
    s_.model.data->sample(stream, y);
    return y;
  }
  MatrixXd draw_exact() { return sample(exact_); }

  /// x at the first noise level: exactly from p_t, or from the Gaussian with its mean and
  /// covariance. Chains start at the datum behind x, or at another one and then adapt to x.
  MatrixXd start() {
    const Index d = s_.model.denoiser->dimension();
    const double s = s_.grid.front();
    MatrixXd x(d, s_.walkers), y;
    if (s_.gaussian_start) {
      x = s_.start_root * normals(start_, d, s_.walkers);
      x.colwise() += s_.model.data->mean_of_target();
    } else {
      x = y = sample(start_);
    }
    x += std::sqrt(s) * normals(start_, d, s_.walkers);
    if (!s_.score.chains) return x;
    if (!s_.planted_chains) y = sample(start_);
    clean_.plant(y);
    if (!s_.planted_chains) clean_.equilibrate(x, s, s_.score.burn_in);
    return x;
  }

  /// Generated data (the clean mean at the last noise level) against the law.
  void judge(measure::Recorder& recorder, const MatrixXd& y) {
    const target::CleanData& data = *s_.model.data;
    const Index classes = data.classes();
    std::vector<double> occupied(static_cast<std::size_t>(classes));
    for (Index label : data.classify(y)) {
      // A datum between classes (M = 0) belongs to all alike.
      std::fill(occupied.begin(), occupied.end(), label < 0 ? 1 / static_cast<double>(classes) : 0);
      if (label >= 0) occupied[static_cast<std::size_t>(label)] = 1;
      recorder.measure(observable::branch_occupation, occupied);
    }
    const MatrixXd a = draw_exact(), b = draw_exact();
    measure_spins(*s_.model.denoiser, y, a, b, s_.coupling_unit, recorder);
    recorder.measure(observable::wasserstein_2_excess, wasserstein_excess(y, a, b, directions_));
    recorder.measure(observable::energy_distance, statistics::energy_distance(y, a));
    if (!s_.moments) return;
    generated_moments_.add(y);
    exact_moments_.add(b);
    if (done_ + 1 < s_.blocks) return;
    const VectorXd mean = data.mean_of_target();
    const MatrixXd covariance = *data.covariance();
    const double generated = statistics::frechet_distance(
        generated_moments_.mean(), generated_moments_.covariance(), mean, covariance);
    const double floor = statistics::frechet_distance(
        exact_moments_.mean(), exact_moments_.covariance(), mean, covariance);
    recorder.measure(observable::frechet_distance, generated);
    recorder.measure(observable::frechet_excess, generated - floor);
  }

  const Setting& s_;
  random::Stream start_, noise_, exact_, forward_, directions_;
  CleanMean clean_, clean_forward_;
  Moments generated_moments_, exact_moments_;
  std::int64_t done_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Generation>(setting, address);
}

}  // namespace symbreak::experiment::generation
