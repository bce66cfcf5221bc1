#include "sim/experiment/three_way/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/statistics/matrix.hpp"
#include "sim/diffusion/reverse.hpp"
#include "sim/experiment/common/lattice_fields.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::three_way {

namespace {

/// Largest eigenvalues of the symmetric d<y>/dx = beta Cov(y) at x, descending, with their
/// residuals.
std::pair<VectorXd, VectorXd> top_eigenvalues(const target::Denoiser& score, const VectorXd& x,
                                              double beta, Index count) {
  const Index d = score.dimension(), width = std::min(d, 2 * count);
  random::Stream start = random::probe();
  MatrixXd basis = normals(start, d, width);
  const VectorXd betas = VectorXd::Constant(width, beta);
  const MatrixXd state = x.replicate(1, width);
  VectorXd values = VectorXd::Zero(count), residuals = VectorXd::Zero(count);
  for (int iteration = 0; iteration < 400; ++iteration) {
    basis = statistics::orthonormal(basis);
    const MatrixXd image = score.jacobian_product(state, betas, basis);
    const target::Spectrum small = target::symmetric_spectrum(basis.transpose() * image);
    const MatrixXd ritz = small.vectors.rightCols(count).rowwise().reverse();
    values = small.values.tail(count).reverse();
    residuals = (image * ritz - basis * ritz * values.asDiagonal()).colwise().norm();
    if (residuals.maxCoeff() < 1e-11 * std::max(values[0], 1e-3)) break;
    basis = image + 1e-30 * basis;
  }
  return {values, residuals};
}

class ThreeWayUnit final : public Unit<const Setting&> {
 public:
  ThreeWayUnit(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address) {
    keep_integers("position", which_, level_);
    keep_reals("x", x_);
    keep_reals("softening", softening_);
    keep_reals("structure", structure_);
  }

  /// One level of one score per block.
  std::int64_t blocks() const override {
    return static_cast<std::int64_t>(s_.scores.size() * s_.grid.size());
  }

  void advance(measure::Recorder& recorder) override {
    const LatticeScore& lattice = s_.scores[which_].lattice;
    const target::Denoiser& score = *lattice.denoiser;
    const double s = s_.grid[level_];
    if (level_ == 0) {
      x_ = std::sqrt(s) * normals(start_, score.dimension(), s_.walkers);
    }
    if (level_ == 0 && which_ == 0) {
      for (const Score& each : s_.scores) {
        if (each.names->sort == Sort::memorizing) solve_prototypes(each, recorder);
      }
    }
    const MatrixXd mean = score.mean(x_, VectorXd::Constant(s_.walkers, 1 / s));
    const auto record =
        std::find(s_.recorded.begin(), s_.recorded.end(), static_cast<Index>(level_));
    if (record != s_.recorded.end()) {
      const Index column = record - s_.recorded.begin();
      softening_.col(column) = lattice.softening(x_, 1 / s, kModes);
      const MatrixXd centred = mean.array() - mean.mean();
      structure_.col(column) = modes_.axis(modes_.power(centred)).rowwise().mean().head(kModes);
    }
    if (level_ + 1 < s_.grid.size()) {
      diffusion::reverse_step(diffusion::Method::bridge, score, s, s_.grid[level_ + 1], mean,
                              noise_, x_);
      ++level_;
      return;
    }
    const ScoreNames& names = *s_.scores[which_].names;
    recorder.measure(names.softening, softening_);
    recorder.measure(names.structure, structure_);
    recorder.measure(names.images,
                     mean.topLeftCorner(s_.images.height * s_.images.width, s_.shown()));
    level_ = 0;
    ++which_;
  }

 private:
  void solve_prototypes(const Score& score, measure::Recorder& recorder) const {
    const Index records = softening_.cols();
    const VectorXd centre = s_.memorized(score).rowwise().mean();
    MatrixXd values(kPrototypes, records), errors(kPrototypes, records);
    for (Index r = 0; r < records; ++r) {
      const double s = s_.noise(static_cast<std::size_t>(r));
      const auto [top, residual] =
          top_eigenvalues(*score.lattice.denoiser, centre, 1 / s, kPrototypes);
      values.col(r) = top;
      errors.col(r) = residual;
    }
    recorder.solved(score.names->eigenvalues, values, errors);
  }

  LatticeModes modes_{s_.images.height, s_.images.width};
  random::Stream& start_ = stream(Purpose::start);
  random::Stream& noise_ = stream(Purpose::dynamics);
  std::size_t which_ = 0, level_ = 0;
  MatrixXd x_{s_.images.height * s_.images.width, 0};
  MatrixXd softening_ = MatrixXd::Zero(kModes, static_cast<Index>(s_.recorded.size()));
  MatrixXd structure_ = softening_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<ThreeWayUnit>(setting, address);
}

}  // namespace symbreak::experiment::three_way
