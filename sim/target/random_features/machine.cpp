#include "sim/target/random_features/machine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <boost/math/constants/constants.hpp>
#include <cmath>

#include "sim/random/draws.hpp"
#include "sim/target/finite_support.hpp"
#include "sim/target/random_features/data_source.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::target::feature_flow {

namespace {

/// All points of a dataset, or n data of a law.
MatrixXd training_set(const Denoiser& source, Index n, random::Stream stream) {
  const auto* points = part<FiniteSupport>(source);
  const auto* law = part<CleanData>(source);
  if (points != nullptr && (n == 0 || n == points->count())) {
    MatrixXd all(source.dimension(), points->count());
    for (Index j = 0; j < points->count(); ++j) all.col(j) = points->point(j);
    return all;
  }
  if (n == 0) {
    throw deck::KeyError("target.n", "say how many training data to draw from this law");
  }
  MatrixXd drawn(source.dimension(), n);
  law->sample(stream, drawn);
  return drawn;
}

Features draw_features(const deck::Parameters& parameters, Index d, random::Stream stream) {
  const std::string& name = parameters.word("target.activation");
  Features features;
  features.activation = name == "linear" ? Activation::linear
                        : name == "cos"  ? Activation::cos
                        : name == "tanh" ? Activation::tanh
                                         : Activation::erf;
  if (features.activation == Activation::linear) {
    features.weights = MatrixXd::Identity(d, d);
    features.phases = VectorXd::Zero(d);
    return features;
  }
  const Index p = parameters.integer("target.features");
  features.omega = parameters.real("target.omega");
  features.weights = random::normals(stream, p, d);
  features.phases = VectorXd::Zero(p);
  const bool odd = parameters.word("target.phase") == "odd";
  if (features.activation == Activation::cos) {
    if (odd) {
      features.phases.setConstant(-boost::math::constants::half_pi<double>());
    } else {
      stream.uniforms({features.phases.data(), static_cast<std::size_t>(p)});
      features.phases *= boost::math::constants::two_pi<double>();
    }
  } else if (!odd) {
    features.phases = random::normals(stream, p, 1);
  }
  return features;
}

}  // namespace

random::Address address_of(random::Address unit, std::int64_t draw, DrawOf part) {
  unit.purpose = random::Purpose::data;
  unit.replica = (static_cast<std::uint32_t>(draw) << 2) | static_cast<std::uint32_t>(part);
  return unit;
}

double Machine::workspace(double features, double dimension) {
  return sizeof(double) * (4 * features * features + 8 * features * dimension);
}

Machine::Machine(Given given)
    : source_(std::move(given.source)),
      data_(std::move(given.data)),
      shift_(given.centred ? VectorXd(data_.rowwise().mean())
                           : VectorXd(VectorXd::Zero(data_.rows()))),
      variance_(given.variance),
      ridge_(given.ridge),
      parametrisation_(given.parametrisation),
      features_(std::move(given.features)) {}

Machine::Machine(const deck::Parameters& parameters, const random::Address& address)
    : address_(address) {
  const std::int64_t draw = parameters.integer("target.draw");
  address_.replica = address_of(address, draw, DrawOf::data).replica;
  source_ = build_data(parameters, address_of(address, draw, DrawOf::data));
  data_ = training_set(*source_, parameters.integer("target.n"),
                       random::Stream(address_of(address, draw, DrawOf::training_set)));
  const Index d = data_.rows();
  shift_ = parameters.flag("target.centred") ? VectorXd(data_.rowwise().mean())
                                             : VectorXd(VectorXd::Zero(d));
  variance_ = parameters.real("target.variance");
  if (variance_ == 0) {
    variance_ = (data_.colwise() - shift_).squaredNorm() / static_cast<double>(data_.size());
  }
  if (!(variance_ > 0)) {
    throw deck::KeyError("target.n", "all {} training data are the same: nothing to learn",
                         data_.cols());
  }
  ridge_ = parameters.real("target.ridge");
  noise_samples_ = parameters.integer("target.noise_samples");
  parametrisation_ = parametrisation_named(parameters.word("target.parametrisation"));
  const bool linear = parameters.word("target.activation") == "linear";
  if (linear) noise_samples_ = 0;
  // Before anything of this size is made.
  const double p =
      linear ? static_cast<double>(d) : static_cast<double>(parameters.integer("target.features"));
  const double machine =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  if (const double bytes = workspace(p, static_cast<double>(d)); bytes > machine) {
    throw deck::KeyError("target.features",
                         "{:.0f} features need {:.3g} GB to solve one noise level; this machine "
                         "has {:.3g} GB",
                         p, bytes / 1e9, machine / 1e9);
  }
  features_ =
      draw_features(parameters, d, random::Stream(address_of(address, draw, DrawOf::features)));
}

const MatrixXd& Machine::gram() const {
  if (gram_.size() == 0) gram_ = features_.gram();
  return gram_;
}

Skip Machine::skip(double noise) const {
  return linear() ? Skip{0, 1} : feature_flow::skip(parametrisation_, noise, variance_);
}

Moments Machine::exact_moments(double noise) const {
  return moments(features_, gram(), {.centres = centred()}, slope(noise), noise);
}

Moments Machine::training_moments(double noise) const {
  if (noise_samples_ == 0) return exact_moments(noise);
  // The same noise at this level whatever the other levels are.
  random::Address address = address_;
  address.point ^= std::bit_cast<std::uint64_t>(noise);
  address.purpose = random::Purpose::noise;
  random::Stream stream(address);
  const MatrixXd y = centred().replicate(1, noise_samples_);
  return sampled_moments(features_, y, random::normals(stream, y.rows(), y.cols()), slope(noise),
                         noise);
}

Flow Machine::solve(double noise) const {
  const Moments average = training_moments(noise);
  return feature_flow::solve(average.features, targets(average, skip(noise), noise), ridge_);
}

double Machine::cluster_bias(const MatrixXd& read_out, double noise) const {
  const Skip here = skip(noise);
  const MatrixXd y = centred();
  const MatrixXd phi = linear() ? y : smoothed_values(features_, y, slope(noise), noise);
  return ((1 - here.state) / here.output * y - read_out * phi).squaredNorm() /
         static_cast<double>(y.size());
}

std::string Machine::describe() const {
  if (linear()) {
    return fmt::format("linear network trained on {} data in {} dimension{}", data_.cols(),
                       dimension(), dimension() == 1 ? "" : "s");
  }
  return fmt::format("{} random features trained on {} data in {} dimension{}", features_.count(),
                     data_.cols(), dimension(), dimension() == 1 ? "" : "s");
}

}  // namespace symbreak::target::feature_flow
