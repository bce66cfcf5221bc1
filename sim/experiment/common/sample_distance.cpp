#include "sim/experiment/common/sample_distance.hpp"

#include <fmt/format.h>

#include "analysis/findings/common/generated_observables.hpp"
#include "analysis/statistics/distances.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/network/network.hpp"

namespace symbreak::experiment {

using Eigen::MatrixXd;

Space::Space(const deck::Parameters& parameters, const target::Denoiser& denoiser) {
  const std::string key = "experiment.space";
  if (!parameters.has(key) || parameters.word(key) == "coordinates") return;
  network_ = target::part<target::Network>(denoiser);
  if (network_ == nullptr) {
    throw deck::KeyError(key, "features are what a worker sees: set target.kind = network");
  }
  network_->will_ask_for_features();
}

MatrixXd Space::operator()(const MatrixXd& y) const { return network_ ? network_->features(y) : y; }

deck::Key space_key() {
  return deck::word_key(
      "experiment", "space", "coordinates",
      "where laws are compared: in the coordinates (also where it is not set), or "
      "in the features that the worker of target.kind = network sees",
      {"coordinates", "features"});
}

double wasserstein_excess(const Space& space, const MatrixXd& y, const MatrixXd& a,
                          const MatrixXd& b, random::Stream& directions) {
  if (space.features()) return wasserstein_excess({}, space(y), space(a), space(b), directions);
  constexpr Eigen::Index kDirections = 32;
  const MatrixXd along = random::directions(directions, y.rows(), kDirections);
  return statistics::sliced_wasserstein_squared(y, a, along) -
         statistics::sliced_wasserstein_squared(b, a, along);
}

Eigen::VectorXd occupation(const target::CleanData& data, const MatrixXd& x) {
  // Not by the class shares: classes of one dimension are known as intervals.
  Eigen::VectorXd occupied = Eigen::VectorXd::Zero(data.classes());
  const double each = 1 / static_cast<double>(x.cols());
  for (const Eigen::Index label : data.classify(x)) {
    if (label < 0) occupied.array() += each / static_cast<double>(data.classes());
    if (label >= 0) occupied[label] += each;
  }
  return occupied;
}

measure::ObservableInfo occupation_info(const target::CleanData& data) {
  return {.name = findings::generated::observable::branch_occupation,
          .shape = {data.classes()},
          .text = "fraction of generated data in each class"};
}

measure::ObservableInfo wasserstein_info(const Space& space) {
  return {.name = findings::generated::observable::wasserstein_2_excess,
          .text = fmt::format("(sliced) W_2^2 of generated to exact samples minus that of exact to "
                              "exact samples{}",
                              space.features() ? ", in features" : "")};
}

}  // namespace symbreak::experiment
