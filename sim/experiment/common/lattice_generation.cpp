#include "sim/experiment/common/lattice_generation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/experiment/mode_softening/experiment.hpp"

namespace symbreak::experiment {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

std::span<const double> span_of(const VectorXd& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

/// Images kept per unit: a few, and few numbers.
Index snapshots(const LatticeRun& run) {
  constexpr Index most_images = 6, most_numbers = 8192;
  return std::min(run.walkers,
                  std::clamp<Index>(most_numbers / run.score->sites(), 1, most_images));
}

/// One batch of trajectories, `steps_per_block` steps at a time.
class LatticeGeneration final : public Simulation {
 public:
  LatticeGeneration(const LatticeRun& run, const UnitAddress& address)
      : run_(run),
        modes_(run.score->lattice()[0], run.score->lattice()[1]),
        axis_modes_(std::min(kAxisModes, modes_.axis_size())),
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

  void advance(Recorder& recorder) override {
    const auto levels = static_cast<Index>(run_.grid.size());
    if (level_ == 0) begin();
    const Index last = std::min(level_ + run_.steps_per_block, levels);
    for (; level_ < last; ++level_) {
      const double s = run_.grid[static_cast<std::size_t>(level_)];
      const MatrixXd mean = run_.score->mean(x_, betas(s));
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

  void save(State& state) const override {
    state.integers["streams"] = {start_.position(), noise_.position(), corrections_.position(),
                                 static_cast<std::uint64_t>(level_),
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
  void load(const State& state) override {
    const auto& integers = state.integers.at("streams");
    start_.seek(integers[0]);
    noise_.seek(integers[1]);
    corrections_.seek(integers[2]);
    level_ = static_cast<Index>(integers[3]);
    done_ = static_cast<std::int64_t>(integers[4]);
    if (level_ == 0) return;
    x_.resize(run_.score->dimension(), run_.walkers);
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
  enum Trace {
    magnetization_squared,
    magnetization_fourth,
    local_variance,
    gradient_term,
    score_norm,
    antisymmetric,
    kTraces
  };

  VectorXd betas(double s) const { return VectorXd::Constant(run_.walkers, 1 / s); }

  void begin() {
    x_.resize(run_.score->dimension(), run_.walkers);
    start_.normals(std::span<double>(x_.data(), static_cast<std::size_t>(x_.size())));
    x_ *= std::sqrt(run_.start_variance);
    pulsed_.clear();
  }

  /// All copies take the same noise: their differences are responses, not noise.
  void step(double from, double to, const MatrixXd& mean) {
    for (const double q : run_.pulses) {
      const double s = static_cast<double>(run_.window()) / q;
      if (!(from >= s && s > to)) continue;
      // x += kappa s/P^2 on every site is h += kappa.
      const double kick = run_.pulse * from / static_cast<double>(run_.window());
      pulsed_.push_back({q, x_.array() + kick, x_.array() - kick});
    }
    const std::uint64_t noise = noise_.position(), corrections = corrections_.position();
    const auto move = [&](MatrixXd& x, const MatrixXd& clean) {
      noise_.seek(noise);
      corrections_.seek(corrections);
      diffusion::lattice_step(run_.sampler, run_.correction, *run_.score, from, to, clean, noise_,
                              corrections_, x);
    };
    for (Pulsed& copy : pulsed_) {
      move(copy.up, run_.score->mean(copy.up, betas(from)));
      move(copy.down, run_.score->mean(copy.down, betas(from)));
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

    const target::Windows windows = run_.score->windows(beta);
    const VectorXd profile = run_.score->covariance_profile(x_.leftCols(run_.covariances), beta);
    traces_[antisymmetric][record] = target::antisymmetric_share(
        *run_.score, windows, run_.score->local_covariance(x_.col(0), beta));
    traces_[local_variance][record] = profile[windows.size() / 2];
    traces_[gradient_term][record] = beta * window_gradient(windows, profile);
    softening_.col(record) = 1 - beta * window_modes(windows, profile, axis_modes_).array();
  }

  void finish(const MatrixXd& images, Recorder& recorder) {
    recorder.measure("softening", span_of(softening_.reshaped()));
    recorder.measure("state_structure", span_of(state_structure_.reshaped()));
    recorder.measure("pattern_structure", span_of(pattern_structure_.reshaped()));
    const char* const names[kTraces] = {
        "magnetization_squared", "magnetization_fourth", "local_variance",
        "gradient_term",         "score_norm",           "antisymmetric_share"};
    for (std::size_t i = 0; i < traces_.size(); ++i)
      recorder.measure(names[i], span_of(traces_[i]));
    if (!run_.pulses.empty()) measure_pulses(recorder);
    if (run_.patterns) measure_patterns(images, recorder);
    ++done_;
  }

  void measure_pulses(Recorder& recorder) {
    const double s = run_.grid.back();
    VectorXd response(static_cast<Index>(run_.pulses.size()));
    for (std::size_t i = 0; i < run_.pulses.size(); ++i) {
      const auto copy = std::find_if(pulsed_.begin(), pulsed_.end(),
                                     [&](const Pulsed& p) { return p.q == run_.pulses[i]; });
      if (copy == pulsed_.end()) throw std::logic_error("a pulse outside of the time grid");
      const double up = run_.score->mean(copy->up, betas(s)).mean();
      const double down = run_.score->mean(copy->down, betas(s)).mean();
      response[static_cast<Index>(i)] = copy->q * (up - down) / (2 * run_.pulse);
    }
    recorder.measure("pulse_response", span_of(response));
  }

  void measure_patterns(const MatrixXd& images, Recorder& recorder) {
    const auto sides = run_.score->lattice();
    const MatrixXd powers = modes_.power(images);
    const MatrixXd axis = modes_.axis(powers), radial = modes_.radial(powers);
    const double blocks =
        static_cast<double>(run_.score->sites()) / static_cast<double>(run_.window());
    for (Index k = 0; k < run_.walkers; ++k) {
      const double m = images.col(k).mean();
      recorder.measure("mosaic_order", blocks * m * m);
      recorder.measure("final_magnetization_squared", m * m);
      recorder.measure("final_magnetization_fourth", m * m * m * m);
      recorder.measure("final_structure_axis", span_of(axis.col(k)));
      recorder.measure("final_structure_radial", span_of(radial.col(k)));
      const Domains found = domains(images.col(k).head(run_.score->sites()), sides[0], sides[1]);
      recorder.measure("wall_density", found.walls);
      recorder.measure("largest_domain", found.largest);
      recorder.measure("mean_domain_size", found.mean_size);
      recorder.measure("domain_size_law", found.law);
    }
    if (done_ > 0) return;
    const MatrixXd shown = images.topLeftCorner(run_.score->sites(), snapshots(run_));
    recorder.measure("snapshots", span_of(shown.reshaped()));
  }

  struct Pulsed {
    double q;
    MatrixXd up, down;
  };

  const LatticeRun& run_;
  LatticeModes modes_;
  Index axis_modes_;
  random::Stream start_, noise_, corrections_;
  Index level_ = 0;
  std::int64_t done_ = 0;
  MatrixXd x_, softening_, state_structure_, pattern_structure_;
  std::vector<VectorXd> traces_;
  std::vector<Pulsed> pulsed_;
};

}  // namespace

Index LatticeRun::window() const { return score->windows(1 / grid.front()).size(); }

Index LatticeRun::evaluations() const {
  double count = 0;
  for (std::size_t i = 1; i < grid.size(); ++i) {
    const bool second_order = sampler == diffusion::LatticeSampler::ode ||
                              sampler == diffusion::LatticeSampler::bridge_heun;
    count += second_order ? 2 : 1;
    if (correction.rate > 0) {
      count += std::ceil(correction.rate * std::log(grid[i - 1] / grid[i]) / correction.step);
    }
  }
  return static_cast<Index>(count * (1 + static_cast<double>(pulses.size())));
}

double evaluation_seconds(const target::PatchScore& score, Index walkers) {
  // Patches as the memory says: some 0.5 ns per (pixel, coordinate of a patch)/10, 10 ns besides.
  const double stored = static_cast<double>(score.memory()) / sizeof(float);
  return static_cast<double>(walkers) *
         (static_cast<double>(score.dimension()) * (20e-9 + stored * 0.03e-9));
}

void plan_blocks(LatticeRun& run, Index records, double seconds_per_evaluation) {
  const auto levels = static_cast<Index>(run.grid.size());
  const Index count = std::min(records, levels);
  for (Index r = 0; r < count; ++r) {
    run.recorded.push_back(r * (levels - 1) / std::max<Index>(1, count - 1));
  }
  constexpr double block_seconds = 0.4;
  const double per_level =
      seconds_per_evaluation * static_cast<double>(run.evaluations()) / static_cast<double>(levels);
  // Local covariances of many stored patches cost three evaluations; few walkers tell enough.
  constexpr std::size_t small_memory = 1 << 16;
  constexpr Index few = 4;
  run.covariances = run.score->memory() < small_memory ? run.walkers : std::min(run.walkers, few);
  run.steps_per_block =
      run.pulses.empty()
          ? std::clamp<Index>(static_cast<Index>(block_seconds / per_level), 1, levels)
          : levels;
}

std::vector<ObservableInfo> observables_of(const LatticeRun& run) {
  const auto records = static_cast<Index>(run.recorded.size());
  const auto sides = run.score->lattice();
  const LatticeModes modes(sides[0], sides[1]);
  const Index axis = std::min(kAxisModes, modes.axis_size()), all = modes.axis_size();
  const auto info = [](const std::string& name, std::vector<Index> shape, const std::string& text) {
    return ObservableInfo{.name = name, .shape = std::move(shape), .text = text, .max_bins = 64};
  };
  std::vector<ObservableInfo> infos = {
      info("softening", {records, axis},
           "-s v_k* J v_k = 1 - beta c_k, J the score Jacobian, modes k = 2 pi (j, 0)/L"),
      info("state_structure", {records, axis},
           "S_x(k)/s, S_x = |sum_i x_i e^{ik.i}|^2/N: 1 for noise"),
      info("pattern_structure", {records, axis}, "S(k) of the clean mean <phi_0>, per site"),
      info("magnetization_squared", {records}, "M^2 of the clean mean, M per site"),
      info("magnetization_fourth", {records}, "M^4 of the clean mean"),
      info("local_variance", {records}, "mean over pixels of Var_i(phi_0)"),
      info("gradient_term", {records}, "beta sum_r c(r) dx^2/2: xi_J^2 = this/softening"),
      info("score_norm", {records},
           "s |score|^2/d: 1 for pure noise; for an exact score 1 - "
           "local_variance/s"),
      info("antisymmetric_share", {records},
           "|A|^2/|J|^2, A the antisymmetric part of d<phi_0>/dx")};
  if (!run.pulses.empty()) {
    infos.push_back(info("pulse_response", {static_cast<Index>(run.pulses.size())},
                         "q dM/dh: change of the final magnetization per field pulse of strength 1 "
                         "per unit ln s, at the signal-to-noise ratios of experiment.pulses"));
  }
  if (!run.patterns) return infos;
  for (const ObservableInfo& final :
       {info("mosaic_order", {}, "(L/P)^2 M^2 of a final image, M per site"),
        info("final_magnetization_squared", {}, "M^2 of a final image"),
        info("final_magnetization_fourth", {}, "M^4 of a final image"),
        info("final_structure_axis", {all}, "S(k) of final images, k = 2 pi (j, 0)/L and (0, j)"),
        info("final_structure_radial", {all}, "S(k) of final images, shells |k| L/2 pi = j +- 1/2"),
        info("wall_density", {}, "fraction of bonds between pixels of unlike sign"),
        info("largest_domain", {}, "fraction of pixels in the largest domain"),
        info("mean_domain_size", {}, "pixels of the domain of a pixel, averaged over pixels"),
        info("domain_size_law", {kDomainClasses},
             "fraction of pixels in domains of 2^n .. 2^{n+1}-1"),
        ObservableInfo{.name = "snapshots",
        .shape = {snapshots(run), sides[0], sides[1]},
        .text = "final images (first channel) of the first walkers; unit 0 is a "
                "picture",
        .max_bins = 2}}) {
    infos.push_back(final);
  }
  return infos;
}

std::vector<verdict::Prediction> grid_predictions(const LatticeRun& run) {
  std::vector<verdict::Prediction> all = {
      {"window", static_cast<double>(run.window()), "P^2 at the first noise level"},
      {"lattice_side", static_cast<double>(run.score->lattice()[1]), "L"},
      {"last_noise", run.grid.back(), "s of the last level"}};
  for (std::size_t r = 0; r < run.recorded.size(); ++r) {
    all.push_back({fmt::format("noise_{:04}", r),
                   run.grid[static_cast<std::size_t>(run.recorded[r])],
                   "sigma^2 t in the Brownian gauge"});
  }
  return all;
}

std::unique_ptr<Simulation> start_lattice_generation(const LatticeRun& run,
                                                     const UnitAddress& address) {
  return std::make_unique<LatticeGeneration>(run, address);
}

}  // namespace symbreak::experiment
