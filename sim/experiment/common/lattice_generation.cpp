#include "sim/experiment/common/lattice_generation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/findings/common/lattice_observables.hpp"
#include "sim/experiment/common/batch.hpp"

namespace symbreak::experiment {

namespace {

namespace observable = findings::lattice::observable;

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// One batch of trajectories, `steps_per_block` steps at a time.
class LatticeGeneration final : public measure::Simulation {
 public:
  LatticeGeneration(const LatticeRun& run, const measure::UnitAddress& address)
      : run_(run),
        modes_(run.score.height, run.score.width),
        axis_modes_(std::min(kAxisModes, modes_.axis_size())),
        denoiser_(*run.score.denoiser),
        start_(address.stream(random::Purpose::start)),
        noise_(address.stream(random::Purpose::dynamics)),
        corrections_(address.stream(random::Purpose::langevin)) {
    const auto records = static_cast<Index>(run.recorded.size());
    traces_.assign(kTraces, VectorXd::Zero(records));
    softening_ = state_structure_ = pattern_structure_ = MatrixXd::Zero(axis_modes_, records);
  }

  std::int64_t blocks() const override {
    const auto levels = static_cast<std::int64_t>(run_.grid.size());
    return run_.batches * ((levels + run_.steps_per_block - 1) / run_.steps_per_block);
  }

  void advance(measure::Recorder& recorder) override {
    const auto levels = static_cast<Index>(run_.grid.size());
    if (level_ == 0) begin();
    const Index last = std::min(level_ + run_.steps_per_block, levels);
    for (; level_ < last; ++level_) {
      const double s = run_.grid[static_cast<std::size_t>(level_)];
      const MatrixXd mean = denoiser_.mean(x_, betas(s));
      const auto record = std::find(run_.recorded.begin(), run_.recorded.end(), level_);
      if (record != run_.recorded.end()) measure(record - run_.recorded.begin(), s, mean);
      if (level_ + 1 < levels) {
        step(s, run_.grid[static_cast<std::size_t>(level_) + 1], mean);
      } else {
        finish(mean, recorder);
      }
    }
    if (level_ == levels) level_ = 0;
  }

  void save(measure::State& state) const override {
    save_streams(state, start_, noise_, corrections_);
    state.integers["position"] = {static_cast<std::uint64_t>(level_),
                                  static_cast<std::uint64_t>(done_)};
    if (level_ == 0) return;
    const auto put = [&](const std::string& name, const auto& values) {
      state.reals[name].assign(values.data(), values.data() + values.size());
    };
    put("x", x_);
    put("softening", softening_);
    put("state_structure", state_structure_);
    put("pattern_structure", pattern_structure_);
    for (std::size_t i = 0; i < traces_.size(); ++i) put(fmt::format("trace_{}", i), traces_[i]);
  }
  void load(const measure::State& state) override {
    load_streams(state, start_, noise_, corrections_);
    level_ = static_cast<Index>(state.integers.at("position")[0]);
    done_ = static_cast<std::int64_t>(state.integers.at("position")[1]);
    if (level_ == 0) return;
    x_.resize(denoiser_.dimension(), run_.walkers);
    const auto get = [&](const std::string& name, auto& values) {
      const auto& stored = state.reals.at(name);
      std::copy(stored.begin(), stored.end(), values.data());
    };
    get("x", x_);
    get("softening", softening_);
    get("state_structure", state_structure_);
    get("pattern_structure", pattern_structure_);
    for (std::size_t i = 0; i < traces_.size(); ++i) get(fmt::format("trace_{}", i), traces_[i]);
  }

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
      observable::magnetization_squared,
      observable::magnetization_fourth,
      observable::local_variance,
      observable::gradient_term,
      observable::score_norm,
      observable::antisymmetric_share};

  VectorXd betas(double s) const { return VectorXd::Constant(run_.walkers, 1 / s); }

  void begin() {
    x_ = std::sqrt(run_.start_variance) * normals(start_, denoiser_.dimension(), run_.walkers);
    pulsed_.clear();
  }

  /// All copies take the same noise: their differences are responses, not noise.
  void step(double from, double to, const MatrixXd& mean) {
    for (const double q : run_.pulses) {
      const double s = run_.unit() / q;
      if (!(from >= s && s > to)) continue;
      // x += kappa s/P^2 on every site is h += kappa.
      const double kick = run_.pulse * from / run_.unit();
      pulsed_.push_back({q, x_.array() + kick, x_.array() - kick});
    }
    const std::uint64_t noise = noise_.position(), corrections = corrections_.position();
    const auto move = [&](MatrixXd& x, const MatrixXd& clean) {
      noise_.seek(noise);
      corrections_.seek(corrections);
      diffusion::corrected_step(run_.sampler, run_.correction, denoiser_, from, to, clean, noise_,
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

    const auto probed = x_.leftCols(run_.covariances);
    if (run_.score.patches == nullptr) {
      softening_.col(record) = run_.score.softening(probed, beta, axis_modes_);
      return;
    }
    const target::PatchScore& patches = *run_.score.patches;
    const target::Windows windows = patches.windows(beta);
    const VectorXd profile = patches.covariance_profile(probed, beta);
    traces_[antisymmetric][record] =
        target::antisymmetric_share(patches, windows, patches.local_covariance(x_.col(0), beta));
    traces_[local_variance][record] = profile[windows.size() / 2];
    traces_[gradient_term][record] = beta * window_gradient(windows, profile);
    softening_.col(record) = 1 - beta * window_modes(windows, profile, axis_modes_).array();
  }

  void finish(const MatrixXd& images, measure::Recorder& recorder) {
    recorder.measure(observable::softening, span(softening_.reshaped()));
    recorder.measure(observable::state_structure, span(state_structure_.reshaped()));
    recorder.measure(observable::pattern_structure, span(pattern_structure_.reshaped()));
    for (std::size_t i = 0; i < traces_.size(); ++i) {
      if (run_.measures(kTraceNames[i])) recorder.measure(kTraceNames[i], span(traces_[i]));
    }
    if (!run_.pulses.empty()) measure_pulses(recorder);
    measure_patterns(images, recorder);
    ++done_;
  }

  void measure_pulses(measure::Recorder& recorder) {
    const double s = run_.grid.back();
    VectorXd response(static_cast<Index>(run_.pulses.size()));
    for (std::size_t i = 0; i < run_.pulses.size(); ++i) {
      const auto copy = std::find_if(pulsed_.begin(), pulsed_.end(),
                                     [&](const Pulsed& p) { return p.q == run_.pulses[i]; });
      if (copy == pulsed_.end()) throw std::logic_error("a pulse outside of the time grid");
      const double up = denoiser_.mean(copy->up, betas(s)).mean();
      const double down = denoiser_.mean(copy->down, betas(s)).mean();
      response[static_cast<Index>(i)] = copy->q * (up - down) / (2 * run_.pulse);
    }
    recorder.measure(observable::pulse_response, span(response));
  }

  void measure_patterns(const MatrixXd& images, measure::Recorder& recorder) {
    const Index sites = run_.score.sites();
    const MatrixXd powers = modes_.power(images);
    const MatrixXd axis = modes_.axis(powers), radial = modes_.radial(powers);
    const double blocks = static_cast<double>(sites) / run_.unit();
    for (Index k = 0; k < run_.walkers; ++k) {
      const double m = images.col(k).mean();
      if (run_.measures(observable::mosaic_order)) {
        recorder.measure(observable::mosaic_order, blocks * m * m);
      }
      recorder.measure(observable::final_magnetization_squared, m * m);
      recorder.measure(observable::final_magnetization_fourth, m * m * m * m);
      recorder.measure(observable::final_structure_axis, span(axis.col(k)));
      recorder.measure(observable::final_structure_radial, span(radial.col(k)));
      const Domains found = domains(images.col(k).head(sites), run_.score.height, run_.score.width);
      recorder.measure(observable::wall_density, found.walls);
      recorder.measure(observable::largest_domain, found.largest);
      recorder.measure(observable::mean_domain_size, found.mean_size);
      recorder.measure(observable::domain_size_law, found.law);
    }
    if (done_ > 0) return;
    const MatrixXd shown = images.topLeftCorner(sites, run_.shown());
    recorder.measure(observable::snapshots, span(shown.reshaped()));
  }

  struct Pulsed {
    double q;
    MatrixXd up, down;
  };

  const LatticeRun& run_;
  LatticeModes modes_;
  Index axis_modes_;
  const target::Denoiser& denoiser_;
  random::Stream start_, noise_, corrections_;
  Index level_ = 0;
  std::int64_t done_ = 0;
  MatrixXd x_, softening_, state_structure_, pattern_structure_;
  std::vector<VectorXd> traces_;
  std::vector<Pulsed> pulsed_;
};

}  // namespace

std::unique_ptr<measure::Simulation> start_lattice_generation(const LatticeRun& run,
                                                              const measure::UnitAddress& address) {
  return std::make_unique<LatticeGeneration>(run, address);
}

}  // namespace symbreak::experiment
