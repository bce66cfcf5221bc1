#include "sim/experiment/fluctuations/simulation.hpp"

#include <algorithm>
#include <cmath>

#include "sim/experiment/common/spin_moments.hpp"
#include "sim/experiment/common/unit.hpp"
#include "sim/experiment/fluctuations/covariance.hpp"
#include "sim/target/spin_system.hpp"
#include "sim/target/spins/cluster_chain.hpp"
#include "sim/target/spins/spin_posterior.hpp"

namespace symbreak::experiment::fluctuations {

namespace {

constexpr Index kLanes = 64;  ///< chains side by side: the width of the spin kernels

/// |sum_i s_i e^{ik.r_i}|^2/N at k = 2 pi j/L along each axis of the lattice, averaged over axes.
/// Cost: one addition per spin and axis, L^2/2 sines and cosines from a table per axis.
class StructureFactor {
 public:
  explicit StructureFactor(std::vector<Index> sides)
      : sides_(std::move(sides)),
        cosines_(sides_.front() / 2 + 1, sides_.front()),
        sines_(cosines_.rows(), cosines_.cols()) {
    const Index L = sides_.front();
    for (Index r = 0; r < L; ++r) {
      for (Index j = 0; j < cosines_.rows(); ++j) {
        const double phase = 2 * M_PI * static_cast<double>(j * r % L) / static_cast<double>(L);
        cosines_(j, r) = std::cos(phase);
        sines_(j, r) = std::sin(phase);
      }
    }
  }

  VectorXd operator()(std::span<const double> spins) const {
    const Index L = sides_.front();
    VectorXd result = VectorXd::Zero(cosines_.rows());
    const auto size = static_cast<Index>(spins.size());
    for (Index inner = size / L, outer = 1; outer < size; inner /= L, outer *= L) {
      VectorXd plane = VectorXd::Zero(L);  // sum over the plane at each position along the axis
      const double* s = spins.data();
      for (Index o = 0; o < outer; ++o) {
        for (Index r = 0; r < L; ++r, s += inner) {
          plane[r] += Eigen::Map<const VectorXd>(s, inner).sum();
        }
      }
      VectorXd re = VectorXd::Zero(result.size()), im = re;
      for (Index r = 0; r < L; ++r) {
        re += plane[r] * cosines_.col(r);
        im += plane[r] * sines_.col(r);
      }
      result += re.cwiseAbs2() + im.cwiseAbs2();
    }
    return result / static_cast<double>(size * static_cast<Index>(sides_.size()));
  }

 private:
  std::vector<Index> sides_;  ///< of equal length
  MatrixXd cosines_, sines_;  ///< wave x position
};

class Fluctuations final : public Unit<Setting> {
 public:
  Fluctuations(std::shared_ptr<const target::Target> target, const Setting& setting,
               const measure::UnitAddress& address)
      : Unit(setting, address), target_(std::move(target)) {
    keep_integers("position", start_, block_);
    if (has_modes(*target_)) modes_.emplace(target_->lattice());
    const auto* spins = target::part<target::SpinSystem>(*target_);
    const Index d = target_->dimension();
    if (s_.ferromagnet) {
      chain_.emplace(spins->spin_graph(), address.address(Purpose::target));
      keep_chains("chain", *chain_);
    }
    if (s_.lanes) {
      lanes_ = target::spin_posterior(spins->spin_graph(), kLanes, address.address(Purpose::target),
                                      {.chains = 1});
      zero_ = MatrixXd::Zero(d, kLanes);
      keep_chains("chain", *lanes_);
      keep_reals("lane_sums", lane_sums_);
    }
    if (!s_.covariance) return;
    covariance_.emplace(spins->spin_graph(), target_->lattice());
    keep_reals("even", covariance_->sums(0));
    keep_reals("odd", covariance_->sums(1));
  }

  void advance(measure::Recorder& recorder) override {
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
        lane_sums_.conservativeResize(Eigen::NoChange, 4 * (block_ + 1));
        lane_sums_.rightCols(4).setZero();
        if (block_ == 0) lanes_->draw(zero_, betas, std::max<Index>(1, s_.burn_in));
        for (Index k = 0; k < s_.samples; k += kLanes) {
          const Index count = std::min(kLanes, s_.samples - k);
          y.middleCols(k, count) = lanes_->draw(zero_, betas, s_.gap).leftCols(count);
        }
      } else {
        target_->sample(start_, y);
      }
      second = y.colwise().sum().array().square().transpose() / n;
    }
    const SpinValues values = spin_values(*target_, y, s_.unit);
    for (Index k = 0; k < s_.samples; ++k) {
      const double square = n * values.magnetization[k] * values.magnetization[k];
      recorder.measure(observable::energy, values.energy[k]);
      recorder.measure(observable::magnetization_abs, std::abs(values.magnetization[k]));
      recorder.measure(observable::magnetization_second, second[k]);
      recorder.measure(observable::magnetization_square, square);
      recorder.measure(observable::magnetization_fourth, square * square);
      if (lanes_) {
        follow(k % kLanes, 0, values.energy[k]);
        follow(k % kLanes, 1, square);
      }
      if (modes_) {
        recorder.measure(observable::structure_factor,
                         (*modes_)({y.col(k).data(), static_cast<std::size_t>(d)}));
      }
    }
    if (covariance_) covariance_->add(static_cast<std::size_t>(block_ % 2), y);
    ++block_;
  }

  void conclude(measure::Recorder& recorder) const override {
    if (covariance_) {
      const double value = covariance_->largest_eigenvalue(s_.samples * (s_.blocks / 2));
      recorder.measure(observable::covariance_eigenvalue, value);
      if (s_.exact) {
        recorder.measure(observable::covariance_eigenvalue_excess,
                         value - *target_->critical_noise());
      }
    }
    if (lanes_) recorder.measure(observable::chains_r_hat, r_hat());
  }

 private:
  /// Adds a value of chain `lane` to its block of the run; quantity 0: E/N, 1: M^2/N.
  void follow(Index lane, Index quantity, double value) {
    const Index column = 4 * block_ + 2 * quantity;
    lane_sums_(lane, column) += value;
    lane_sums_(lane, column + 1) += value * value;
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
        Eigen::ArrayXXd sums = Eigen::ArrayXXd::Zero(kLanes, 2);
        const Index first = half == 0 ? 0 : (s_.blocks + 1) / 2;
        for (Index block = first; block < first + s_.blocks / 2; ++block) {
          sums += lane_sums_.middleCols(4 * block + 2 * quantity, 2).array();
        }
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

  MatrixXd lane_sums_{kLanes, 0};  ///< of each block: E, E^2, M^2, M^4
  std::shared_ptr<const target::Target> target_;
  random::Stream start_ = address_.stream(Purpose::start);
  std::optional<StructureFactor> modes_;
  std::optional<target::ClusterChain> chain_;
  std::unique_ptr<target::MonteCarloPosterior> lanes_;
  MatrixXd zero_;
  std::optional<CleanCovariance> covariance_;  ///< halves: even and odd blocks
  std::int64_t block_ = 0;
};

}  // namespace

bool has_modes(const target::Denoiser& target) {
  const auto sides = target.lattice();
  for (Index side : sides) {
    if (side != sides.front()) return false;
  }
  return sides.size() > 1 && sides.front() > 2;
}

std::unique_ptr<measure::Simulation> simulation(std::shared_ptr<const target::Target> target,
                                                const Setting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<Fluctuations>(std::move(target), setting, address);
}

}  // namespace symbreak::experiment::fluctuations
