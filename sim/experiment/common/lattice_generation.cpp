#include "sim/experiment/common/lattice_generation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/findings/common/lattice_observables.hpp"
#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment {

namespace {

namespace names = findings::lattice::observable;

/// One batch of trajectories, `steps_per_block` steps at a time.
class LatticeGeneration final : public Unit<const LatticeRun&> {
 public:
  LatticeGeneration(const LatticeRun& run, const measure::UnitAddress& address)
      : Unit(run, address) {
    keep_integers("position", level_, done_);
    const auto records = static_cast<Index>(run.recorded.size());
    traces_.assign(kTraces, VectorXd::Zero(records));
    softening_ = state_structure_ = pattern_structure_ = MatrixXd::Zero(axis_modes_, records);
    keep_reals("x", x_);
    keep_reals("softening", softening_);
    keep_reals("state_structure", state_structure_);
    keep_reals("pattern_structure", pattern_structure_);
    for (std::size_t i = 0; i < traces_.size(); ++i) {
      keep_reals(fmt::format("trace_{}", i), traces_[i]);
    }
  }

  std::int64_t blocks() const override {
    const auto levels = static_cast<std::int64_t>(s_.grid.size());
    return s_.blocks * ((levels + s_.steps_per_block - 1) / s_.steps_per_block);
  }

  void advance(measure::Recorder& recorder) override {
    const auto levels = static_cast<Index>(s_.grid.size());
    if (level_ == 0) begin();
    const Index last = std::min(level_ + s_.steps_per_block, levels);
    for (; level_ < last; ++level_) {
      const double s = s_.grid[static_cast<std::size_t>(level_)];
      const MatrixXd mean = denoiser_.mean(x_, betas(s));
      const auto record = std::find(s_.recorded.begin(), s_.recorded.end(), level_);
      if (record != s_.recorded.end()) measure(record - s_.recorded.begin(), s, mean);
      if (level_ + 1 < levels) {
        step(s, s_.grid[static_cast<std::size_t>(level_) + 1], mean);
      } else {
        finish(mean, recorder);
      }
    }
    if (level_ == levels) level_ = 0;
  }

  bool inside_batch() const override { return level_ > 0; }

 private:
  /// Numbers per record, in this order.
  enum Trace {
    magnetization_squared,
    magnetization_fourth,
    local_variance,
    gradient_term,
    score_norm,
    antisymmetric,
    kTraces
  };
  static constexpr verdict::ObservableName kTraceNames[kTraces] = {
      names::magnetization_squared, names::magnetization_fourth, names::local_variance,
      names::gradient_term,         names::score_norm,           names::antisymmetric_share};

  VectorXd betas(double s) const { return VectorXd::Constant(s_.walkers, 1 / s); }

  void begin() {
    x_ = std::sqrt(s_.start_variance) * normals(start_, denoiser_.dimension(), s_.walkers);
    pulsed_.clear();
  }

  /// All copies take the same noise: their differences are responses, not noise.
  void step(double from, double to, const MatrixXd& mean) {
    for (const double q : s_.pulses) {
      const double s = s_.unit() / q;
      if (!(from >= s && s > to)) continue;
      // x += kappa s/P^2 on every site is h += kappa.
      const double kick = s_.pulse * from / s_.unit();
      pulsed_.push_back({q, x_.array() + kick, x_.array() - kick});
    }
    const std::uint64_t noise = noise_.position(), corrections = corrections_.position();
    const auto move = [&](MatrixXd& x, const MatrixXd& clean) {
      noise_.seek(noise);
      corrections_.seek(corrections);
      diffusion::corrected_step(s_.sampler, s_.correction, denoiser_, from, to, clean, noise_,
                                corrections_, x);
    };
    for (Pulsed& copy : pulsed_) {
      move(copy.up, denoiser_.mean(copy.up, betas(from)));
      move(copy.down, denoiser_.mean(copy.down, betas(from)));
    }
    move(x_, mean);
  }

  void measure(Index record, double s, const MatrixXd& mean) {
    const double beta = 1 / s;
    const Eigen::ArrayXd m = mean.colwise().mean().transpose();
    traces_[magnetization_squared][record] = m.square().mean();
    traces_[magnetization_fourth][record] = m.square().square().mean();
    traces_[score_norm][record] = (mean - x_).squaredNorm() / (s * static_cast<double>(x_.size()));
    state_structure_.col(record) =
        modes_.axis(modes_.power(x_)).rowwise().mean().head(axis_modes_) / s;
    pattern_structure_.col(record) =
        modes_.axis(modes_.power(mean)).rowwise().mean().head(axis_modes_);

    const auto probed = x_.leftCols(s_.covariances);
    if (s_.score.patches == nullptr) {
      softening_.col(record) = s_.score.softening(probed, beta, axis_modes_);
      return;
    }
    const target::PatchScore& patches = *s_.score.patches;
    const target::Windows windows = patches.windows(beta);
    const VectorXd profile = patches.covariance_profile(probed, beta);
    traces_[antisymmetric][record] =
        target::antisymmetric_share(patches, windows, patches.local_covariance(x_.col(0), beta));
    traces_[local_variance][record] = profile[windows.size() / 2];
    traces_[gradient_term][record] = beta * window_gradient(windows, profile);
    softening_.col(record) = 1 - beta * window_modes(windows, profile, axis_modes_).array();
  }

  void finish(const MatrixXd& images, measure::Recorder& recorder) {
    recorder.measure(names::softening, softening_);
    recorder.measure(names::state_structure, state_structure_);
    recorder.measure(names::pattern_structure, pattern_structure_);
    for (std::size_t i = 0; i < traces_.size(); ++i) {
      if (s_.measures(kTraceNames[i])) recorder.measure(kTraceNames[i], traces_[i]);
    }
    if (!s_.pulses.empty()) measure_pulses(recorder);
    measure_patterns(images, recorder);
    ++done_;
  }

  void measure_pulses(measure::Recorder& recorder) {
    const double s = s_.grid.back();
    VectorXd response(static_cast<Index>(s_.pulses.size()));
    for (std::size_t i = 0; i < s_.pulses.size(); ++i) {
      const auto copy = std::find_if(pulsed_.begin(), pulsed_.end(),
                                     [&](const Pulsed& p) { return p.q == s_.pulses[i]; });
      if (copy == pulsed_.end()) throw std::logic_error("a pulse outside of the time grid");
      const double up = denoiser_.mean(copy->up, betas(s)).mean();
      const double down = denoiser_.mean(copy->down, betas(s)).mean();
      response[static_cast<Index>(i)] = copy->q * (up - down) / (2 * s_.pulse);
    }
    recorder.measure(names::pulse_response, response);
  }

  void measure_patterns(const MatrixXd& images, measure::Recorder& recorder) {
    const Index sites = s_.score.sites();
    const MatrixXd powers = modes_.power(images);
    const MatrixXd axis = modes_.axis(powers), radial = modes_.radial(powers);
    const double blocks = static_cast<double>(sites) / s_.unit();
    for (Index k = 0; k < s_.walkers; ++k) {
      const double m = images.col(k).mean();
      if (s_.measures(names::mosaic_order)) {
        recorder.measure(names::mosaic_order, blocks * m * m);
      }
      recorder.measure(names::final_magnetization_squared, m * m);
      recorder.measure(names::final_magnetization_fourth, m * m * m * m);
      recorder.measure(names::final_structure_axis, axis.col(k));
      recorder.measure(names::final_structure_radial, radial.col(k));
      const Domains found = domains(images.col(k).head(sites), s_.score.height, s_.score.width);
      recorder.measure(names::wall_density, found.walls);
      recorder.measure(names::largest_domain, found.largest);
      recorder.measure(names::mean_domain_size, found.mean_size);
      recorder.measure(names::domain_size_law, found.law);
    }
    if (done_ > 0) return;
    recorder.measure(names::snapshots, images.topLeftCorner(sites, s_.shown()));
  }

  struct Pulsed {
    double q;
    MatrixXd up, down;
  };

  LatticeModes modes_{s_.score.height, s_.score.width};
  Index axis_modes_ = std::min(kAxisModes, modes_.axis_size());
  const target::Denoiser& denoiser_ = *s_.score.denoiser;
  random::Stream& start_ = stream(Purpose::start);
  random::Stream& noise_ = stream(Purpose::dynamics);
  random::Stream& corrections_ = stream(Purpose::langevin);
  Index level_ = 0;
  std::int64_t done_ = 0;
  MatrixXd x_{denoiser_.dimension(), 0};
  MatrixXd softening_, state_structure_, pattern_structure_;
  std::vector<VectorXd> traces_;
  std::vector<Pulsed> pulsed_;
};

}  // namespace

std::unique_ptr<measure::Simulation> start_lattice_generation(const LatticeRun& run,
                                                              const measure::UnitAddress& address) {
  return std::make_unique<LatticeGeneration>(run, address);
}

}  // namespace symbreak::experiment
