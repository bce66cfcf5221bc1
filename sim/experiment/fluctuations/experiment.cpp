// Fluctuations of the clean data: the critical time without a trajectory.
//
// For spins |y| is fixed, so the symmetric state of the diffusion model becomes unstable exactly at
//     sigma^2 t_c = lambda_max(C),   C the covariance of the target
// (Ambrogioni 2024, section 5), on a translation-invariant ferromagnet <M^2>/N = S(k = 0). The
// transition of the diffusion is mean-field, but its time carries the target's own criticality:
// |T - T_c|^{-gamma}, L^{gamma/nu} at T_c.
//
// Estimators. Ferromagnets: one Swendsen-Wang chain per unit, <M^2> from cluster sizes. Others: 64
// heat bath chains side by side (sampler = chains, for paramagnets), or independent samples of the
// target, each the end of its own replica exchange (sampler = independent). Their covariance is
// accumulated. The largest eigenvalue of a sample covariance of n samples is too large by B ~ (1/n)
// sum_j lambda_1 lambda_j/(lambda_1 - lambda_j) (Anderson 1963), and v'C v with v from one half of
// the samples and C from the other too small by 2B: a third of the latter plus two thirds of the
// former is biased O(1/n^2) only. Cost: O(sites) per sweep; O(N^2) per sample with a covariance.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/spin_glass.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/experiment/families.hpp"
#include "analysis/findings/fluctuations/findings.hpp"
#include "sim/experiment/common/spin_moments.hpp"
#include "sim/target/spins/cluster_chain.hpp"
#include "sim/target/spins/magnetization_law.hpp"
#include "sim/target/spectrum.hpp"
#include "sim/target/spins/spin_posterior.hpp"

namespace symbreak::experiment {

namespace {

using target::MatrixXd;
using target::VectorXd;

constexpr Index kLanes = 64;                ///< chains side by side: the width of the spin kernels
constexpr Index kLargestCovariance = 2048;  ///< sites: N^2 numbers twice per unit

struct Setting {
  bool ferromagnet = false;  ///< a cluster chain
  bool uniform = false;      ///< lambda_max(C) = <M^2>/N
  bool covariance = false;   ///< is accumulated
  bool lanes = false;        ///< chains side by side in zero field
  Index gap = 1;             ///< sweeps between their samples
  bool exact = false;        ///< lambda_max of each disorder sample is known exactly
  double unit = 1;           ///< temperature
  Index burn_in = 0, samples = 0;
  std::int64_t blocks = 0;
};

bool is_ferromagnet(const target::Target& target) {
  for (double K : target.spin_graph()->coupling) {
    if (K < 0) return false;
  }
  return true;
}

/// |sum_i s_i e^{ik.r_i}|^2/N at k = 2 pi j/L along each axis of the lattice, averaged over axes.
VectorXd structure_factor(const VectorXd& spins, const std::vector<Index>& sides) {
  const Index L = sides.front(), count = L / 2 + 1;
  VectorXd result = VectorXd::Zero(count);
  Index stride = spins.size();
  for (Index side : sides) {
    stride /= side;
    VectorXd plane = VectorXd::Zero(L);  // sum over the plane at each position along the axis
    for (Index i = 0; i < spins.size(); ++i) plane[i / stride % side] += spins[i];
    for (Index j = 0; j < count; ++j) {
      double re = 0, im = 0;
      for (Index r = 0; r < L; ++r) {
        const double phase = 2 * M_PI * static_cast<double>(j * r % L) / static_cast<double>(L);
        re += plane[r] * std::cos(phase);
        im += plane[r] * std::sin(phase);
      }
      result[j] += re * re + im * im;
    }
  }
  return result / static_cast<double>(spins.size() * static_cast<Index>(sides.size()));
}

bool has_modes(const target::Target& target) {
  const auto sides = target.lattice();
  for (Index side : sides) {
    if (side != sides.front()) return false;
  }
  return sides.size() > 1 && sides.front() > 2;
}

class Fluctuations final : public Simulation {
 public:
  Fluctuations(std::shared_ptr<const target::Target> target, const Setting& setting,
               const UnitAddress& address)
      : target_(std::move(target)),
        s_(setting),
        stream_(address.stream(random::Purpose::start)),
        modes_(has_modes(*target_)) {
    if (s_.ferromagnet) {
      chain_.emplace(*target_->spin_graph(), address.address(random::Purpose::target));
    }
    if (s_.lanes) {
      lanes_ = target::spin_posterior(*target_->spin_graph(), kLanes,
                                      address.address(random::Purpose::target), {.chains = 1});
      zero_ = MatrixXd::Zero(target_->dimension(), kLanes);
    }
    if (s_.covariance) {
      for (MatrixXd& half : half_)
        half = MatrixXd::Zero(target_->dimension(), target_->dimension());
    }
  }

  std::int64_t blocks() const override { return s_.blocks; }

  void advance(Recorder& recorder) override {
    if (chain_ && block_ == 0) {
      for (Index i = 0; i < s_.burn_in; ++i) chain_->sweep();
    }
    const Index d = target_->dimension();
    MatrixXd y(d, s_.samples);
    VectorXd second(s_.samples);
    const double n = static_cast<double>(d);
    if (chain_) {
      for (Index k = 0; k < s_.samples; ++k) {
        second[k] = chain_->sweep() / n;
        const auto spins = chain_->spins();
        for (Index i = 0; i < d; ++i) y(i, k) = spins[static_cast<std::size_t>(i)];
      }
    } else {
      if (lanes_) {
        const VectorXd betas = VectorXd::Ones(kLanes);
        if (block_ == 0) lanes_->draw(zero_, betas, std::max<Index>(1, s_.burn_in));
        for (Index k = 0; k < s_.samples; k += kLanes) {
          const Index count = std::min(kLanes, s_.samples - k);
          y.middleCols(k, count) = lanes_->draw(zero_, betas, s_.gap).leftCols(count);
        }
      } else {
        target_->sample(stream_, y);
      }
      second = y.colwise().sum().array().square().transpose() / n;
    }
    const SpinValues values = spin_values(*target_, y, s_.unit);
    for (Index k = 0; k < s_.samples; ++k) {
      const double square = n * values.magnetization[k] * values.magnetization[k];
      recorder.measure("energy", values.energy[k]);
      recorder.measure("magnetization_abs", std::abs(values.magnetization[k]));
      recorder.measure("magnetization_second", second[k]);
      recorder.measure("magnetization_square", square);
      recorder.measure("magnetization_fourth", square * square);
      if (lanes_) {
        follow(k % kLanes, 0, values.energy[k]);
        follow(k % kLanes, 1, square);
      }
      if (modes_) {
        const VectorXd factor = structure_factor(y.col(k), target_->lattice());
        recorder.measure("structure_factor",
                         {factor.data(), static_cast<std::size_t>(factor.size())});
      }
    }
    if (s_.covariance) half_[block_ % 2].noalias() += y * y.transpose();
    if (++block_ == s_.blocks && s_.covariance) measure_eigenvalue(recorder);
    if (lanes_ && block_ == s_.blocks) recorder.measure("chains_r_hat", r_hat());
  }

  void save(State& state) const override {
    state.integers["position"] = {stream_.position(), static_cast<std::uint64_t>(block_)};
    if (chain_) state.integers["chain"] = chain_->save();
    if (lanes_) {
      state.integers["chain"] = lanes_->save();
      state.reals["halves"].assign(halves_.data(), halves_.data() + halves_.size());
    }
    if (!s_.covariance) return;
    for (std::size_t h = 0; h < 2; ++h) {
      state.reals[h == 0 ? "even" : "odd"].assign(half_[h].data(),
                                                  half_[h].data() + half_[h].size());
    }
  }
  void load(const State& state) override {
    stream_.seek(state.integers.at("position")[0]);
    block_ = static_cast<std::int64_t>(state.integers.at("position")[1]);
    if (chain_) chain_->load(state.integers.at("chain"));
    if (lanes_) {
      lanes_->load(state.integers.at("chain"));
      std::copy_n(state.reals.at("halves").begin(), halves_.size(), halves_.data());
    }
    if (!s_.covariance) return;
    for (std::size_t h = 0; h < 2; ++h) {
      const auto& sums = state.reals.at(h == 0 ? "even" : "odd");
      std::copy(sums.begin(), sums.end(), half_[h].data());
    }
  }

 private:
  /// Adds a value of chain `lane` to its half of the run; quantity 0: E/N, 1: M^2/N.
  void follow(Index lane, Index quantity, double value) {
    const Index column = 2 * quantity + (2 * block_ < s_.blocks ? 0 : 1);
    halves_(lane, 2 * column) += value;
    halves_(lane, 2 * column + 1) += value * value;
  }
  /// Split R-hat of the chains of this disorder sample, the larger of the two quantities: half
  /// chains of n values, R^2 = (n - 1)/n + B/(n W) (Vehtari et al. 2021, eq. 3).
  double r_hat() const {
    const double n = static_cast<double>(s_.samples / kLanes * (s_.blocks / 2));
    if (!(n > 1)) return NAN;
    double largest = 1;
    for (Index quantity = 0; quantity < 2; ++quantity) {
      Eigen::ArrayXd mean(2 * kLanes), variance(2 * kLanes);
      for (Index half = 0; half < 2; ++half) {
        const auto sums = halves_.middleCols(2 * (2 * quantity + half), 2).array();
        mean.segment(half * kLanes, kLanes) = sums.col(0) / n;
        variance.segment(half * kLanes, kLanes) =
            (sums.col(1) / n - (sums.col(0) / n).square()) * n / (n - 1);
      }
      const double between =
          (mean - mean.mean()).square().sum() / static_cast<double>(mean.size() - 1);
      const double within = variance.mean();
      if (within > 0) largest = std::max(largest, std::sqrt((n - 1) / n + between / within));
    }
    return largest;
  }
  void measure_eigenvalue(Recorder& recorder) {
    const double each = static_cast<double>(s_.samples * (s_.blocks / 2));
    const auto axis = [](const MatrixXd& matrix) {
      return target::leading_axis([&](const VectorXd& v) -> VectorXd { return matrix * v; },
                                  matrix.rows());
    };
    const MatrixXd all = half_[0] + half_[1];
    const VectorXd v = axis(all), v0 = axis(half_[0]), v1 = axis(half_[1]);
    const double full = v.dot(all * v) / (2 * each);
    const double crossed = (v0.dot(half_[1] * v0) + v1.dot(half_[0] * v1)) / (2 * each);
    const double value = (2 * full + crossed) / 3;
    recorder.measure("covariance_eigenvalue", value);
    if (s_.exact) {
      recorder.measure("covariance_eigenvalue_excess", value - *target_->critical_noise());
    }
  }

  MatrixXd halves_ = MatrixXd::Zero(kLanes, 8);  ///< sums and squares: E, M^2 x two halves
  std::shared_ptr<const target::Target> target_;
  Setting s_;
  random::Stream stream_;
  bool modes_;
  std::optional<target::ClusterChain> chain_;
  std::unique_ptr<target::MonteCarloPosterior> lanes_;
  MatrixXd zero_;
  MatrixXd half_[2];  // sums of y y' over even and odd blocks
  std::int64_t block_ = 0;
};

class FluctuationsExperiment final : public Experiment {
 public:
  explicit FluctuationsExperiment(const deck::Parameters& parameters)
      : parameters_(parameters),
        forward_(parameters),
        disorder_(parameters.integer("sampling.disorder_samples")),
        replicas_(parameters.integer("sampling.replicas")) {
    const target::TargetKind& kind = target::kind(parameters.word("target.kind"));
    sample_ = target::build(parameters, {});
    if (!has_spins(*sample_) || !sample_->even()) {
      throw deck::KeyError(
          "target.kind",
          fmt::format("fluctuations needs a spin system without field; '{}' is none", kind.name));
    }
    disordered_ = kind.disordered;
    if (!disordered_ && disorder_ > 1) {
      throw deck::KeyError("sampling.disorder_samples",
                           fmt::format("target '{}' has no disorder to average over; use "
                                       "sampling.replicas",
                                       kind.name));
    }
    s_.ferromagnet = is_ferromagnet(*sample_);
    s_.uniform = !disordered_ && s_.ferromagnet && target::magnetization_orders(*sample_);
    s_.covariance = !s_.uniform;
    s_.lanes = !s_.ferromagnet && parameters.word("experiment.sampler") == "chains";
    s_.gap = parameters.integer("experiment.gap");
    s_.unit = coupling_unit(parameters);
    s_.burn_in = parameters.integer("sampling.burn_in");
    s_.samples = parameters.integer("sampling.samples_per_block");
    s_.blocks = parameters.integer("sampling.blocks");
    if (s_.covariance && sample_->dimension() > kLargestCovariance) {
      throw deck::KeyError("target.kind",
                           fmt::format("the covariance of {} sites is too large to accumulate; the "
                                       "limit is {}",
                                       sample_->dimension(), kLargestCovariance));
    }
    if (s_.covariance && s_.blocks % 2 != 0) {
      throw deck::KeyError("sampling.blocks",
                           "an eigenvalue is measured from two halves: give an even number");
    }
    s_.exact = s_.covariance && sample_->covariance().has_value();
  }

  std::vector<ObservableInfo> observables() const override {
    std::vector<ObservableInfo> infos = {
        {.name = "energy", .text = "E/N = -(1/N) sum_{i<j} J_ij s_i s_j of clean samples"},
        {.name = "magnetization_abs", .text = "|M|/N of clean samples"},
        {.name = "magnetization_second",
         .text = s_.ferromagnet ? "M^2/N of clean samples, improved: sum over clusters of size^2/N"
                                : "M^2/N of clean samples"},
        {.name = "magnetization_square", .text = "M^2/N of clean samples, not improved"},
        {.name = "magnetization_fourth", .text = "M^4/N^2; U4 = 1 - <M^4>/(3 <M^2>^2)"}};
    if (has_modes(*sample_)) {
      infos.push_back({.name = "structure_factor",
                       .shape = {sample_->lattice().front() / 2 + 1},
                       .text = "S(k) = |sum_i s_i e^{ik.r}|^2/N at k = 2 pi j/L along the axes",
                       .max_bins = 64});
    }
    if (s_.covariance) {
      infos.push_back(
          {.name = "covariance_eigenvalue",
           .text = "lambda_max(C) = sigma^2 t_c of one disorder sample, bias O(1/n^2)"});
    }
    if (s_.lanes) {
      infos.push_back({.name = "chains_r_hat",
                       .text = "split R-hat of the chains of one disorder sample, the larger of "
                               "those of E and M^2"});
    }
    if (s_.exact) {
      infos.push_back({.name = "covariance_eigenvalue_excess",
                       .text = "the same minus the exact sum over states of the same sample"});
    }
    return infos;
  }

  std::vector<verdict::Prediction> predictions() const override {
    std::vector<verdict::Prediction> all = {
        {"sites", static_cast<double>(sample_->dimension()), "number of spins N"}};
    if (!disordered_) {
      for (auto& known : spin_predictions(*sample_, parameters_)) all.push_back(std::move(known));
      if (const auto noise = sample_->critical_noise()) {
        all.push_back({"critical_time", forward_.time(*noise),
                       "lambda_max(C)/sigma^2 by exact sums, score criterion"});
      }
    }
    const std::string& kind = parameters_.word("target.kind");
    const double T = coupling_unit(parameters_);
    if (kind == "sherrington_kirkpatrick" && T > 1) {
      all.push_back({"eigenvalue_limit", theory::sherrington_kirkpatrick_eigenvalue(T),
                     "1/(1 - 1/T)^2, N -> infinity (Thouless, Anderson & Palmer 1977)"});
    }
    if (kind == "hopfield" && parameters_.has("target.patterns")) {
      const double alpha = static_cast<double>(parameters_.integer("target.patterns")) /
                           static_cast<double>(sample_->dimension());
      if (T > 1 + std::sqrt(alpha)) {
        all.push_back({"eigenvalue_limit", theory::hopfield_eigenvalue(T, alpha),
                       "Marchenko & Pastur spectrum with the reaction term, N -> infinity"});
      }
    }
    return all;
  }

  std::int64_t disorder_samples() const override { return disorder_; }
  std::int64_t replicas() const override { return replicas_; }
  double seconds_per_unit() const override {
    const double n = static_cast<double>(sample_->dimension());
    const double samples = static_cast<double>(s_.samples * s_.blocks);
    const double bonds = static_cast<double>(sample_->spin_graph()->neighbour.size());
    const double sweep = s_.ferromagnet ? n * 25e-9 : (n + bonds) * 0.5e-9;
    const double sweeps = s_.ferromagnet ? 1 : s_.lanes ? static_cast<double>(s_.gap) : 1000;
    return samples * (sweeps * sweep + (s_.covariance ? n * n * 0.2e-9 : 0));
  }
  std::size_t memory_per_unit() const override {
    const auto d = static_cast<std::size_t>(sample_->dimension());
    return sample_->memory() + sizeof(double) * (d * static_cast<std::size_t>(s_.samples) +
                                                 (s_.covariance ? 3 * d * d : 0));
  }
  std::unique_ptr<Simulation> start(const UnitAddress& address) const override {
    const auto target =
        disordered_ ? target::build(parameters_, address.address(random::Purpose::data)) : sample_;
    return std::make_unique<Fluctuations>(target, s_, address);
  }

 private:
  deck::Parameters parameters_;
  diffusion::Forward forward_;
  std::int64_t disorder_, replicas_;
  std::shared_ptr<const target::Target> sample_;
  bool disordered_ = false;
  Setting s_;
};

}  // namespace

ExperimentKind fluctuations() {
  using deck::Key;
  using deck::Kind;
  ExperimentKind kind;
  kind.name = "fluctuations";
  kind.text =
      "fluctuations of clean spins: the critical time lambda_max(C)/sigma^2 by Monte Carlo, how it "
      "inherits the target's own critical exponents, structure factor and correlation length "
      "(Ambrogioni 2024, section 5)";
  kind.keys = {
      Key{.section = "experiment",
          .name = "sampler",
          .kind = Kind::word,
          .fallback = "independent",
          .text =
              "targets with negative couplings (ferromagnets: one cluster chain): independent "
              "samples, each the end of its own replica exchange, or 64 chains of heat bath, for "
              "paramagnets",
          .choices = {"independent", "chains"}},
      deck::count_key("experiment", "gap", "8", "sweeps between samples of sampler = chains", 1,
                      1e7),
      deck::sampling_key(
          "samples_per_block", "256",
          "clean samples per block: cluster updates of a ferromagnet, independent otherwise", 1,
          1e7),
      deck::sampling_key("blocks", "16", "blocks per work unit"),
      deck::sampling_key(
          "burn_in", "200",
          "cluster updates discarded per unit; split R-hat tells whether it was enough", 0),
      deck::sampling_key("disorder_samples", "1",
                         "realisations of the couplings; errors come from them"),
      deck::sampling_key("replicas", "2", "independent chains per point"),
  };
  kind.make = [](const deck::Parameters& parameters) {
    return std::make_unique<FluctuationsExperiment>(parameters);
  };
  kind.analyse = analyse_fluctuations;
  return kind;
}

}  // namespace symbreak::experiment
