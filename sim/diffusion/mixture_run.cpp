#include "sim/diffusion/mixture_run.hpp"

#include <cmath>

#include "sim/kernel/points/mixture_step.hpp"

namespace symbreak::diffusion {

MixtureRun::MixtureRun(const target::TwoClasses& classes, const std::vector<double>& noise,
                       bool transition)
    : axis_(classes.axis.begin(), classes.axis.end()),
      middle_(classes.middle.begin(), classes.middle.end()),
      axis_float_(axis_.begin(), axis_.end()),
      middle_float_(middle_.begin(), middle_.end()),
      centred_(classes.middle.isZero(0)),
      transition_(transition),
      log_odds_(classes.log_odds),
      middle_projection_(classes.middle.dot(classes.axis)) {
  const double v = classes.variance;
  for (std::size_t i = 0; i + 1 < noise.size(); ++i) {
    const double s = noise[i], kept = noise[i + 1] / s;
    steps_.push_back(
        {.keep = kept + (1 - kept) * v / (v + s),
         .field = (1 - kept) * s / (v + s),
         .slope = 2 / (v + s),
         .kick = std::sqrt(noise[i + 1] * (1 - kept) +
                           (transition ? (1 - kept) * (1 - kept) * v * s / (v + s) : 0))});
  }
}

template <class Real>
void MixtureRun::advance(random::Stream& stream, std::span<Real> x, const std::vector<Real>& axis,
                         const std::vector<Real>& middle) const {
  const std::size_t d = x.size();
  thread_local std::vector<Real> z;
  z.resize(d);
  double projection = 0;
  for (std::size_t i = 0; i < d; ++i) {
    projection += static_cast<double>(axis[i]) * static_cast<double>(x[i]);
  }
  for (const Step& step : steps_) {
    double order = std::tanh((step.slope * (projection - middle_projection_) + log_odds_) / 2);
    if (transition_) order = 2 * stream.uniform() < 1 + order ? 1 : -1;
    if (step.kick > 0) stream.normals(std::span<Real>(z));
    projection = kernel::mixture_step(
        kernel::MixtureStep<Real>{.keep = static_cast<Real>(step.keep),
                                  .pull = static_cast<Real>(step.field * order),
                                  .kick = static_cast<Real>(step.kick),
                                  .middle = static_cast<Real>(step.field)},
        axis.data(), centred_ ? nullptr : middle.data(), z.data(), x.data(), d);
  }
}

void MixtureRun::run(random::Stream& stream, std::span<double> x) const {
  advance(stream, x, axis_, middle_);
}

void MixtureRun::run(random::Stream& stream, std::span<float> x) const {
  advance(stream, x, axis_float_, middle_float_);
}

void MixtureRun::run(random::Stream& stream, Eigen::MatrixXd& x) const {
  for (Eigen::Index k = 0; k < x.cols(); ++k) {
    run(stream, std::span<double>(x.col(k).data(), static_cast<std::size_t>(x.rows())));
  }
}

}  // namespace symbreak::diffusion
