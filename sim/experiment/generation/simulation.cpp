#include "sim/experiment/generation/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/distances.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/reverse_run.hpp"
#include "sim/experiment/common/sample_distance.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/finite_support.hpp"

namespace symbreak::experiment::generation {

namespace {

/// Chains of the forward noised data: the other half of the replica numbers.
constexpr std::uint32_t kForwardChains = 0x80000000U;

/// Running first and second moments of generated and of exact samples.
struct Moments {
  VectorXd sum;
  MatrixXd products;
  explicit Moments(Index d) : sum(VectorXd::Zero(d)), products(MatrixXd::Zero(d, d)) {}
  void add(const MatrixXd& y) {
    sum += y.rowwise().sum();
    products.noalias() += y * y.transpose();
  }
  VectorXd mean(double count) const { return sum / count; }
  MatrixXd covariance(double count) const {
    return (products - sum * sum.transpose() / count) / (count - 1);
  }
};

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
        paths_(overlap_.rows(), s_.paths()),
        histogram_(s_.recorded.size() * kOrderBins, 0.0),
        pictures_(s_.picture.height * s_.picture.width,
                  3 * static_cast<Index>(s_.pictured.size())) {}

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
    paths_.row(row) = m.row(0).head(paths_.cols());
    const auto place = std::ranges::find(s_.pictured, row);
    if (place != s_.pictured.end())
      picture(place - s_.pictured.begin(), x.col(0), clean.mean.col(0));
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
      recorder.measure(overlap, overlap_.col(k));
      recorder.measure(mean, overlap_.col(k).mean());
    }
  }
  void record(measure::Recorder& recorder) const {
    for (Index k = 0; k < s_.walkers; ++k) {
      recorder.measure(observable::score_norm, score_.col(k));
      recorder.measure(observable::order_parameter_squared, order_.col(k));
      if (s_.entropy) recorder.measure(observable::posterior_entropy, entropy_.col(k));
      if (!s_.score.chains) continue;
      recorder.measure(observable::clean_mean_variance, error_.col(k));
      recorder.measure(observable::chains_unconverged, r_hat_[k] > kUnconverged ? 1 : 0);
    }
    recorder.measure(observable::order_parameter_distribution, histogram_);
  }
  /// A column is a path: rows of what is recorded.
  void record_paths(measure::Recorder& recorder) const {
    recorder.measure(observable::order_parameter_paths, paths_);
    if (!s_.pictured.empty()) recorder.measure(observable::path_pictures, pictures_);
  }

 private:
  /// Split R-hat of chains of one evaluation, as short as they are, exceeds this rarely by chance.
  static constexpr double kUnconverged = 1.5;

  /// The first channel of a noisy state, of its clean mean and of the datum nearest to that.
  void picture(std::ptrdiff_t time, const VectorXd& x, const VectorXd& mean) {
    const auto& points = *target::part<target::FiniteSupport>(*s_.model.denoiser);
    const VectorXd nearest = points.point(points.nearest(mean).datum.front());
    const auto times = static_cast<Index>(s_.pictured.size());
    for (Index k = 0; const VectorXd* each : {&x, &mean, &nearest}) {
      pictures_.col(k++ * times + time) = each->head(pictures_.rows());
    }
  }

  const Setting& s_;
  MatrixXd overlap_, score_, entropy_, error_;
  VectorXd r_hat_;
  MatrixXd order_, paths_;
  std::vector<double> histogram_;
  MatrixXd pictures_;
};

class Generation final : public Unit<const Setting&> {
 public:
  Generation(const Setting& setting, const measure::UnitAddress& address) : Unit(setting, address) {
    keep_integers("blocks", done_);
    keep_chains("chains", clean_);
    keep_chains("chains_forward", clean_forward_);
    if (!s_.moments) return;
    keep_reals("generated.sum", generated_moments_.sum);
    keep_reals("generated.products", generated_moments_.products);
    keep_reals("exact.sum", exact_moments_.sum);
    keep_reals("exact.products", exact_moments_.products);
  }

  void advance(measure::Recorder& recorder) override {
    const Index d = s_.model.denoiser->dimension(), walkers = s_.walkers;
    MatrixXd x = start();
    const MatrixXd data = sample(exact_);  // forward trajectories start here
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
    if (done_ == 0) reverse.record_paths(recorder);
    judge(recorder, mean, x);
    ++done_;
  }

  void conclude(measure::Recorder& recorder) const override {
    if (!s_.moments) return;
    const target::CleanData& data = *s_.model.data;
    const auto distance =
        [&, count = static_cast<double>(s_.blocks * s_.walkers)](const Moments& moments) {
          return statistics::frechet_distance(moments.mean(count), moments.covariance(count),
                                              data.mean_of_target(), *data.covariance());
        };
    const double generated = distance(generated_moments_);
    recorder.measure(observable::frechet_distance, generated);
    recorder.measure(observable::frechet_excess, generated - distance(exact_moments_));
  }

 private:
  MatrixXd sample(random::Stream& from) const {
    return diffusion::clean_samples(s_.model, from, s_.walkers);
  }
  CleanMean source(std::uint32_t half) const {
    random::Address address = address_.address(Purpose::posterior);
    address.replica |= half;
    return s_.score.make(s_.model, s_.walkers, address);
  }

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

  /// Generated data (the clean mean of the states x at the last noise level) against the law.
  void judge(measure::Recorder& recorder, const MatrixXd& y, const MatrixXd& x) {
    const MatrixXd shares = classes_of_ends(s_.model, y, x, s_.grid.back());
    for (Index k = 0; k < y.cols(); ++k) {
      recorder.measure(observable::branch_occupation, VectorXd(shares.col(k)));
    }
    const MatrixXd a = sample(exact_), b = sample(exact_);
    measure_spins(*s_.model.denoiser, y, a, b, s_.coupling_unit, recorder);
    recorder.measure(observable::wasserstein_2_excess,
                     wasserstein_excess(s_.space, y, a, b, directions_));
    recorder.measure(observable::energy_distance, statistics::energy_distance(y, a));
    if (!s_.moments) return;
    generated_moments_.add(y);
    exact_moments_.add(b);
  }

  random::Stream& start_ = stream(Purpose::start);
  random::Stream& noise_ = stream(Purpose::dynamics);
  random::Stream& exact_ = stream(Purpose::planted);
  random::Stream& forward_ = stream(Purpose::noise);
  random::Stream& directions_ = stream(Purpose::projection);
  CleanMean clean_ = source(0), clean_forward_ = source(kForwardChains);
  Moments generated_moments_{s_.moments ? s_.model.denoiser->dimension() : 0};
  Moments exact_moments_ = generated_moments_;
  std::int64_t done_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Generation>(setting, address);
}

}  // namespace symbreak::experiment::generation
