#include "sim/experiment/score_spectrum/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/findings/score_spectrum/observables.hpp"
#include "sim/diffusion/reverse.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::score_spectrum {

namespace observable = findings::score_spectrum::observable;

namespace {

/// Median of the columns of each row.
VectorXd row_medians(const MatrixXd& values) {
  VectorXd medians(values.rows());
  std::vector<double> row(static_cast<std::size_t>(values.cols()));
  for (Index i = 0; i < values.rows(); ++i) {
    for (Index k = 0; k < values.cols(); ++k) row[static_cast<std::size_t>(k)] = values(i, k);
    const auto middle = row.begin() + static_cast<std::ptrdiff_t>(row.size() / 2);
    std::nth_element(row.begin(), middle, row.end());
    const double above = *middle;
    medians[i] = row.size() % 2 == 1 ? above : (above + *std::max_element(row.begin(), middle)) / 2;
  }
  return medians;
}

/// Rows of `all` that belong to one of `parts` per level, levels after one another.
VectorXd part(const VectorXd& all, Index levels, Index first, Index size) {
  const Index stride = all.size() / levels;
  VectorXd result(levels * size);
  for (Index i = 0; i < levels; ++i) {
    result.segment(i * size, size) = all.segment(i * stride + first, size);
  }
  return result;
}

class Spectra final : public Unit<const Setting&> {
 public:
  Spectra(const Setting& setting, const measure::UnitAddress& address)
      : Unit(setting, address),
        planted_(stream(Purpose::planted)),
        noise_(stream(Purpose::noise)),
        dynamics_(stream(Purpose::dynamics)),
        probes_(stream(Purpose::projection)) {
    if (s_.target != nullptr && s_.target->disordered()) {
      own_ = s_.target->of(address);
      model_ = target::Model(own_);
    } else {
      model_ = s_.model;
    }
    seen_.resize(levels() * width(), 0);
    keep_reals("seen", seen_);
    if (const auto* law = target::part<target::JacobianLaw>(*model_.denoiser); s_.axes > 0) {
      axes_ = law->principal_axes()->axes.leftCols(s_.axes);
    }
  }

  void advance(measure::Recorder& recorder) override {
    const Index n = levels(), k = s_.lanczos.wanted;
    // Per level: eigenvalues, along the axes, trace, count.
    MatrixXd states(n * width(), s_.walkers);
    MatrixXd scalars = MatrixXd::Zero(n, 5);  // gap, its place, participation, residual, identity
    if (s_.state == StateKind::trajectory) x_ = start();
    for (Index i = n - 1; i >= 0; --i) {
      const double s = s_.noise[static_cast<std::size_t>(i)];
      const MatrixXd x = at_level(i);
      const VectorXd betas = VectorXd::Constant(s_.walkers, 1 / s);
      const MatrixXd clean = y_.size() > 0 ? model_.denoiser->mean(x, betas) : MatrixXd();
      for (Index w = 0; w < s_.walkers; ++w) {
        const LocalSpectrum local =
            local_spectrum(*model_.denoiser, x.col(w), 1 / s, s_.lanczos, probes_);
        auto row = states.col(w).segment(i * width(), width());
        row.head(k) = local.values;
        if (s_.axes > 0) {
          const MatrixXd along = model_.denoiser->jacobian_product(
              x.col(w).replicate(1, s_.axes), VectorXd::Constant(s_.axes, 1 / s), axes_);
          row.segment(k, s_.axes) = axes_.cwiseProduct(along).colwise().sum().transpose();
        }
        row[k + s_.axes] = local.trace;
        row[k + s_.axes + 1] = static_cast<double>(local.count);
        add_scalars(local, x.col(w), scalars.row(i));
        if (y_.size() > 0) {
          scalars(i, 4) += (local.trace - (y_.col(w) - clean.col(w)).squaredNorm() / s) /
                           static_cast<double>(s_.walkers);
        }
      }
    }
    measure_all(states, scalars, recorder);
  }

  void conclude(measure::Recorder& recorder) const override {
    const Index n = levels(), k = s_.lanczos.wanted;
    const VectorXd median = row_medians(seen_);
    recorder.measure(observable::eigenvalue_median, part(median, n, 0, k));
    recorder.measure(observable::trace_median, part(median, n, k + s_.axes, 1));
    recorder.measure(observable::count_median, part(median, n, k + s_.axes + 1, 1));
    if (s_.axes > 0) recorder.measure(observable::along_axes_median, part(median, n, k, s_.axes));
  }

 private:
  Index levels() const { return static_cast<Index>(s_.noise.size()); }
  Index width() const { return s_.lanczos.wanted + s_.axes + 2; }

  void add_scalars(const LocalSpectrum& local, const VectorXd& x,
                   Eigen::Ref<Eigen::RowVectorXd, 0, Eigen::InnerStride<>> row) const {
    const double weight = 1 / static_cast<double>(s_.walkers);
    double widest = 0;
    Index place = 0;
    for (Index j = 0; j + 1 < std::min(local.values.size(), x.size()); ++j) {
      const double gap = local.values[j] - local.values[j + 1];
      if (gap > widest) widest = gap, place = j + 1;
    }
    row[0] += weight * widest;
    row[1] += weight * static_cast<double>(place);
    row[2] += weight * (local.square > 0 ? local.trace * local.trace / local.square : 0);
    row[3] += weight * local.residual;
  }

  void measure_all(const MatrixXd& states, const MatrixXd& scalars, measure::Recorder& recorder) {
    const Index n = levels(), k = s_.lanczos.wanted;
    const VectorXd mean = states.rowwise().mean();
    recorder.measure(observable::eigenvalues, part(mean, n, 0, k));
    recorder.measure(observable::trace, part(mean, n, k + s_.axes, 1));
    recorder.measure(observable::count, part(mean, n, k + s_.axes + 1, 1));
    if (s_.axes > 0) recorder.measure(observable::along_axes, part(mean, n, k, s_.axes));
    recorder.measure(observable::gap, scalars.col(0));
    recorder.measure(observable::gap_dimension, scalars.col(1));
    recorder.measure(observable::participation, scalars.col(2));
    recorder.measure(observable::residual, scalars.col(3));
    if (y_.size() > 0 && identity()) recorder.measure(observable::trace_identity, scalars.col(4));
    const Index before = seen_.cols();
    seen_.conservativeResize(Eigen::NoChange, before + states.cols());
    seen_.rightCols(states.cols()) = states;
  }

  /// y behind x drawn from the law of the score, which is exact.
  bool identity() const { return s_.state == StateKind::planted && model_.posterior != nullptr; }

  MatrixXd start() {
    const MatrixXd y = diffusion::clean_samples(model_, planted_, s_.walkers);
    level_ = s_.start;
    return y + std::sqrt(s_.start) * normals(noise_, y.rows(), y.cols());
  }

  /// The states of a level; y_: the data behind them, where there are any.
  MatrixXd at_level(Index i) {
    const double s = s_.noise[static_cast<std::size_t>(i)];
    if (s_.state == StateKind::trajectory) {
      const double ratio = std::pow(s / level_, 1 / static_cast<double>(s_.steps));
      for (Index step = 0; step < s_.steps; ++step) {
        const double to = step + 1 == s_.steps ? s : level_ * ratio;
        const VectorXd betas = VectorXd::Constant(s_.walkers, 1 / level_);
        diffusion::reverse_step({.method = diffusion::Method::bridge_heun}, *model_.denoiser,
                                level_, to, model_.denoiser->mean(x_, betas), dynamics_, x_);
        level_ = to;
      }
      return x_;
    }
    y_.resize(model_.denoiser->dimension(), s_.walkers);
    if (s_.state == StateKind::test && model_.data->has_law()) {
      model_.data->sample_law(planted_, y_);
    } else {
      model_.data->sample(planted_, y_);
    }
    return y_ + std::sqrt(s) * normals(noise_, y_.rows(), y_.cols());
  }

  random::Stream &planted_, &noise_, &dynamics_, &probes_;
  std::shared_ptr<const target::Target> own_;
  target::Model model_;
  MatrixXd axes_;  // of the law, d x axes
  MatrixXd seen_;  // of all states so far, one in a column
  MatrixXd x_, y_;
  double level_ = 0;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Spectra>(setting, address);
}

}  // namespace symbreak::experiment::score_spectrum
