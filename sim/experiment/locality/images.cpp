#include "sim/experiment/locality/images.hpp"

#include <cmath>

#include "sim/experiment/common/unit.hpp"

namespace symbreak::experiment::locality {

namespace observable = findings::locality::observable;

namespace {

class ImageLocality final : public Unit<const ImageSetting&> {
 public:
  ImageLocality(const ImageSetting& setting, const measure::UnitAddress& address)
      : Unit(setting, address), target_(s_.target->of(address)) {}

  /// States are independent: a block's mean is one sample. By the tower rule, all from the same
  /// posteriors: mmse is the variance given all of x, the excess the square of the difference.
  void advance(measure::Recorder& recorder) override {
    const auto& centre = s_.windows.centre();
    MatrixXd y(target_->dimension(), s_.walkers);
    target_->sample(planted_, y);
    const MatrixXd x = y + std::sqrt(s_.noise) * normals(noise_, y.rows(), y.cols());
    const WindowPosteriors seen = window_posteriors(*target::part<target::FiniteSupport>(*target_),
                                                    s_.windows, x, 1 / s_.noise);
    const MatrixXd truth = y(centre, Eigen::all);
    const VectorXd prior = target_->mean_of_target()(centre);
    const MatrixXd& whole = seen.mean.back();
    const Index radii = s_.windows.radius() + 1;
    VectorXd excess(radii), identity(radii + 1);
    for (Index r = 0; r <= radii; ++r) {
      const MatrixXd& mean = seen.mean[static_cast<std::size_t>(r)];
      identity[r] = (truth - mean).cwiseProduct(mean.colwise() - prior).mean();
      if (r < radii) excess[r] = (whole - mean).cwiseAbs2().mean();
    }
    recorder.measure(observable::excess_mmse, excess);
    recorder.measure(observable::datum_information_outside,
                     VectorXd(seen.divergence.topRows(radii).rowwise().mean()));
    recorder.measure(observable::mmse, seen.variance.mean());
    recorder.measure(observable::datum_entropy, seen.entropy.mean());
    recorder.measure(observable::overlap_identity, identity);
    if (s_.equivariant) measure_equivariant(seen, x, recorder);
  }

 private:
  /// Given the window, <y>_r - <y> has mean zero whatever is made of it.
  void measure_equivariant(const WindowPosteriors& seen, const MatrixXd& x,
                           measure::Recorder& recorder) {
    const std::vector<MatrixXd> means = equivariant_means(
        *target::part<target::FiniteSupport>(*target_), s_.windows, x, 1 / s_.noise);
    VectorXd excess(s_.windows.radius() + 1), identity(excess.size());
    for (std::size_t r = 0; r < means.size(); ++r) {
      const auto at = static_cast<Index>(r);
      excess[at] = (seen.mean.back() - means[r]).cwiseAbs2().mean();
      identity[at] = (seen.mean.back() - seen.mean[r]).cwiseProduct(seen.mean[r] - means[r]).mean();
    }
    recorder.measure(observable::equivariant_excess, excess);
    recorder.measure(observable::equivariant_identity, identity);
  }

  std::shared_ptr<const target::Target> target_;
  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
};

class MaskedLocality final : public Unit<const MaskedSetting&> {
 public:
  MaskedLocality(const MaskedSetting& setting, const measure::UnitAddress& address)
      : Unit(setting, address),
        model_(target::build_model(s_.parameters, address.address(Purpose::data))) {}

  /// Every state has an independent one of its own, which shows outside its windows: a block's mean
  /// is one sample.
  void advance(measure::Recorder& recorder) override {
    const auto& centre = s_.windows.centre();
    const MatrixXd x = noisy_states();
    const MatrixXd truth = y_(centre, Eigen::all);
    const MatrixXd other = noisy_states();
    const VectorXd beta = VectorXd::Constant(s_.walkers, 1 / s_.noise);
    const auto answer = [&](const MatrixXd& state) -> MatrixXd {
      return model_.denoiser->mean(state, beta)(centre, Eigen::all);
    };
    const MatrixXd whole = answer(x);
    const MatrixXd error = (whole - truth).cwiseAbs2();
    const Index radii = s_.windows.radius() + 1;
    VectorXd growth(radii), moved(radii);
    MatrixXd seen = other;
    for (Index r = 0; r < radii; ++r) {
      const auto& ring = s_.windows.rings[static_cast<std::size_t>(r)];
      seen(ring, Eigen::all) = x(ring, Eigen::all);
      const MatrixXd mean = answer(seen);
      growth[r] = ((mean - truth).cwiseAbs2() - error).mean();
      moved[r] = (mean - whole).cwiseAbs2().mean();
    }
    recorder.measure(observable::error_growth, growth);
    recorder.measure(observable::outside_response, moved);
    recorder.measure(observable::loss, error.mean());
  }

 private:
  /// Of fresh data, which stay in y_.
  MatrixXd noisy_states() {
    y_.resize(model_.denoiser->dimension(), s_.walkers);
    model_.data->sample(planted_, y_);
    return y_ + std::sqrt(s_.noise) * normals(noise_, y_.rows(), y_.cols());
  }

  random::Stream& planted_ = stream(Purpose::planted);
  random::Stream& noise_ = stream(Purpose::noise);
  target::Model model_;
  MatrixXd y_;
};

}  // namespace

std::unique_ptr<measure::Simulation> simulation(const ImageSetting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<ImageLocality>(setting, address);
}

std::unique_ptr<measure::Simulation> simulation(const MaskedSetting& setting,
                                                const measure::UnitAddress& address) {
  return std::make_unique<MaskedLocality>(setting, address);
}

}  // namespace symbreak::experiment::locality
