#include "sim/experiment/creativity/simulation.hpp"

#include <cmath>

#include "sim/diffusion/corrected.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::creativity {

namespace {

/// A generated image closer to a training image than a third of the distance between training
/// images is a copy of it (Yoon et al. 2023; Kadkhodaie et al. 2024 use the same kind of
/// criterion).
constexpr double kCopy = 1.0 / 3;
/// Noise of the local residual, relative to the variance of the pixels.
constexpr double kResidualNoise = 1e-3;

class CreativityUnit final : public Unit<const Setting&> {
 public:
  CreativityUnit(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address) {
    keep_integers("position", level_);
    keep_reals("x", x_);
  }

  /// One evaluation of the score per block: it may take seconds.
  std::int64_t blocks() const override { return static_cast<std::int64_t>(s_.grid.size()) + 1; }

  void advance(measure::Recorder& recorder) override {
    const VectorXd betas =
        VectorXd::Constant(s_.walkers, level_ < s_.grid.size() ? 1 / s_.grid[level_] : 0);
    if (level_ == 0) {
      x_ = std::sqrt(1 + s_.grid.front()) * normals(start_, s_.denoiser->dimension(), s_.walkers);
    }
    if (level_ == s_.grid.size()) {
      measure(recorder);
    } else {
      const MatrixXd mean = s_.denoiser->mean(x_, betas);
      if (level_ + 1 == s_.grid.size()) {
        x_ = mean;
      } else {
        diffusion::corrected_step(s_.sampler, {}, *s_.denoiser, s_.grid[level_],
                                  s_.grid[level_ + 1], mean, noise_, noise_, x_);
      }
    }
    ++level_;
  }

 private:
  void measure(measure::Recorder& recorder) {
    const double noise = kResidualNoise * s_.pixel_variance;
    const MatrixXd residual = x_ - s_.denoiser->mean(x_, VectorXd::Constant(s_.walkers, 1 / noise));
    const double d = static_cast<double>(x_.rows());
    const Index shown = s_.shown();
    MatrixXd partners(x_.rows(), shown);
    for (Index k = 0; k < s_.walkers; ++k) {
      const auto [index, squared] = nearest(s_.images.values, x_.col(k));
      const double distance = std::sqrt(squared / d);
      recorder.measure(observable::nearest_distance, distance);
      recorder.measure(observable::novelty, distance / s_.data_distance);
      recorder.measure(observable::copies, distance < kCopy * s_.data_distance ? 1 : 0);
      recorder.measure(observable::local_residual, std::sqrt(residual.col(k).squaredNorm() / d));
      if (s_.same_location) recorder.measure(observable::sources, sources(x_.col(k)));
      if (k < shown) partners.col(k) = s_.images.values.col(index);
    }
    const Index sites = s_.images.height * s_.images.width;
    // The first channel.
    recorder.measure(observable::generated_images, x_.topLeftCorner(sites, shown));
    recorder.measure(observable::nearest_images, partners.topLeftCorner(sites, shown));
  }

  double sources(const Eigen::Ref<const VectorXd>& x) const {
    const target::Windows windows{s_.patch, s_.images.height, s_.images.width, false};
    const Index sites = s_.images.height * s_.images.width;
    std::vector<double> share(static_cast<std::size_t>(s_.images.count()), 0.0);
    VectorXd distances(s_.images.count());
    for (Index site = 0; site < sites; ++site) {
      distances.setZero();
      for (Index r = 0; r < windows.size(); ++r) {
        const Index j = windows.neighbour(site, r);
        if (j < 0) continue;
        for (Index c = 0; c < s_.images.channels; ++c) {
          distances.array() +=
              (s_.images.values.row(c * sites + j).transpose().array() - x[c * sites + j]).square();
        }
      }
      Index best = 0;
      distances.minCoeff(&best);
      share[static_cast<std::size_t>(best)] += 1 / static_cast<double>(sites);
    }
    double sum = 0;
    for (const double f : share) sum += f * f;
    return 1 / sum;
  }

  random::Stream& start_ = stream(Purpose::start);
  random::Stream& noise_ = stream(Purpose::dynamics);
  MatrixXd x_{s_.denoiser->dimension(), 0};
  std::size_t level_ = 0;
};

}  // namespace

std::pair<Index, double> nearest(const MatrixXd& points, const Eigen::Ref<const VectorXd>& x,
                                 Index skip) {
  VectorXd distances = (points.colwise() - x).colwise().squaredNorm();
  if (skip >= 0) distances[skip] = INFINITY;
  Index at = 0;
  const double least = distances.minCoeff(&at);
  return {at, least};
}

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<CreativityUnit>(setting, address);
}

}  // namespace symbreak::experiment::creativity
