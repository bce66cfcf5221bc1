#include "sim/experiment/three_way/simulation.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "sim/diffusion/reverse.hpp"
#include "sim/experiment/common/batch.hpp"
#include "sim/experiment/common/lattice_fields.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::experiment::three_way {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Largest eigenvalues of the symmetric d<y>/dx = beta Cov(y) at x, descending, with their
/// residuals.
std::pair<VectorXd, VectorXd> top_eigenvalues(const target::Denoiser& score, const VectorXd& x,
                                              double beta, Index count) {
  const Index d = score.dimension(), width = std::min(d, 2 * count);
  random::Stream start = probe();
  MatrixXd basis = normals(start, d, width);
  const VectorXd betas = VectorXd::Constant(width, beta);
  const MatrixXd state = x.replicate(1, width);
  VectorXd values = VectorXd::Zero(count), residuals = VectorXd::Zero(count);
  for (int iteration = 0; iteration < 400; ++iteration) {
    basis = Eigen::HouseholderQR<MatrixXd>(basis).householderQ() * MatrixXd::Identity(d, width);
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

class ThreeWayUnit final : public measure::Simulation {
 public:
  ThreeWayUnit(const Setting& setting, const measure::UnitAddress& address)
      : s_(setting),
        modes_(setting.images.height, setting.images.width),
        start_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)) {
    const auto records = static_cast<Index>(s_.recorded.size());
    softening_ = structure_ = MatrixXd::Zero(kModes, records);
  }

  /// One level of one score per block.
  std::int64_t blocks() const override {
    return static_cast<std::int64_t>(s_.scores.size() * s_.grid.size());
  }

  void advance(measure::Recorder& recorder) override {
    const target::Denoiser& score = *s_.scores[which_].denoiser;
    const double s = s_.grid[level_];
    if (level_ == 0) {
      x_ = std::sqrt(s) * normals(start_, score.dimension(), s_.walkers);
    }
    if (level_ == 0 && which_ == 0) solve_prototypes(recorder);
    const MatrixXd mean = score.mean(x_, VectorXd::Constant(s_.walkers, 1 / s));
    const auto record =
        std::find(s_.recorded.begin(), s_.recorded.end(), static_cast<Index>(level_));
    if (record != s_.recorded.end()) {
      const Index column = record - s_.recorded.begin();
      softening_.col(column) = s_.scores[which_].softening(x_, 1 / s, kModes);
      const MatrixXd centred = mean.array() - mean.mean();
      structure_.col(column) = modes_.axis(modes_.power(centred)).rowwise().mean().head(kModes);
    }
    if (level_ + 1 < s_.grid.size()) {
      diffusion::reverse_step(diffusion::Method::bridge, score, s, s_.grid[level_ + 1], mean,
                              noise_, x_);
      ++level_;
      return;
    }
    recorder.measure(kScores[which_].softening, span(softening_.reshaped()));
    recorder.measure(kScores[which_].structure, span(structure_.reshaped()));
    const MatrixXd shown = mean.topLeftCorner(s_.images.height * s_.images.width, s_.shown());
    recorder.measure(kScores[which_].images, span(shown.reshaped()));
    level_ = 0;
    ++which_;
  }

  void save(measure::State& state) const override {
    save_streams(state, start_, noise_);
    state.integers["position"] = {which_, level_};
    const auto put = [&](const std::string& name, const MatrixXd& values) {
      state.reals[name].assign(values.data(), values.data() + values.size());
    };
    put("x", x_);
    put("softening", softening_);
    put("structure", structure_);
  }
  void load(const measure::State& state) override {
    load_streams(state, start_, noise_);
    which_ = state.integers.at("position")[0];
    level_ = state.integers.at("position")[1];
    const auto get = [&](const std::string& name, MatrixXd& values) {
      const auto& stored = state.reals.at(name);
      std::copy(stored.begin(), stored.end(), values.data());
    };
    if (which_ < s_.scores.size()) {
      const std::size_t size = state.reals.at("x").size();
      x_.resize(s_.scores[which_].denoiser->dimension(), size == 0 ? 0 : s_.walkers);
      if (static_cast<std::size_t>(x_.size()) == size) get("x", x_);
    }
    get("softening", softening_);
    get("structure", structure_);
  }

 private:
  void solve_prototypes(measure::Recorder& recorder) const {
    const auto records = static_cast<Index>(s_.recorded.size());
    const VectorXd centre = s_.images.values.rowwise().mean();
    MatrixXd values(kPrototypes, records), errors(kPrototypes, records);
    for (Index r = 0; r < records; ++r) {
      const double s = s_.noise(static_cast<std::size_t>(r));
      const auto [top, residual] =
          top_eigenvalues(*s_.scores[1].denoiser, centre, 1 / s, kPrototypes);
      values.col(r) = top;
      errors.col(r) = residual;
    }
    recorder.solved(observable::prototype_eigenvalues, span(values.reshaped()),
                    span(errors.reshaped()));
  }

  const Setting& s_;
  LatticeModes modes_;
  random::Stream start_, noise_;
  std::size_t which_ = 0, level_ = 0;
  MatrixXd x_, softening_, structure_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<ThreeWayUnit>(setting, address);
}

}  // namespace symbreak::experiment::three_way
