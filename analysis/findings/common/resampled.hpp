// Errors of what is read off a curve. May depend on: Eigen, sim/random.
#pragma once
#include <Eigen/Core>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim/random/stream.hpp"

namespace symbreak::findings {

/// What a function says of `samples` curves drawn within the errors of this one, in their order.
template <class Function>
auto resampled(const Eigen::VectorXd& value, const Eigen::VectorXd& error, std::uint64_t seed,
               int samples, const Function& function) {
  random::Stream stream({.seed = seed, .purpose = random::Purpose::resample});
  std::vector<std::invoke_result_t<Function, const Eigen::VectorXd&>> all;
  for (int sample = 0; sample < samples; ++sample) {
    Eigen::VectorXd shaken = value;
    for (Eigen::Index i = 0; i < value.size(); ++i) shaken[i] += error[i] * stream.normal();
    all.push_back(function(shaken));
  }
  return all;
}

}  // namespace symbreak::findings
