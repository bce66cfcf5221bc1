#include "sim/diffusion/rate_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>

#include "sim/data/array.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/diffusion/start.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/network/network.hpp"
#include "sim/target/spectrum.hpp"

namespace symbreak::diffusion {

namespace {

/// Cubic interpolation in ln s of a rate that is expensive to evaluate.
Rate interpolated(const target::Target& target, double low, double high) {
  constexpr int kRows = 1200;
  auto values = std::make_shared<std::vector<double>>();
  const double first = std::log(low), step = std::log(high / low) / kRows;
  for (int i = -1; i <= kRows + 1; ++i) {
    values->push_back(rate_by_quadrature(target, std::exp(first + step * i)));
  }
  return [=](double s) {
    const double at = (std::log(s) - first) / step;
    const int cell = std::clamp(static_cast<int>(at), 0, kRows - 1);
    const double u = at - cell;
    const double* v = values->data() + cell;  // v[1] is the value at the cell's lower edge
    return -u * (u - 1) * (u - 2) / 6 * v[0] + (u + 1) * (u - 1) * (u - 2) / 2 * v[1] -
           (u + 1) * u * (u - 2) / 2 * v[2] + (u + 1) * u * (u - 1) / 6 * v[3];
  };
}

/// r = (E|y|^2 - E|<y>|^2)/(2 s) over forward samples, the same (y, z) at every level: neighbours
/// share their noise, and the table is smooth.
Rate sampled(const deck::Parameters& parameters, const target::Model& model, double low,
             double high) {
  constexpr int kLevels = 48;
  const auto samples = parameters.integer("experiment.rate_samples");
  // Point 0 is no point of any run.
  random::Stream clean({.seed = parameters.seed(), .purpose = random::Purpose::planted}),
      noise({.seed = parameters.seed(), .purpose = random::Purpose::noise});
  const target::MatrixXd y = clean_samples(model, clean, samples),
                         z = random::normals(noise, y.rows(), samples);
  RateTable table;
  for (int i = 0; i <= kLevels; ++i) {
    const double s = low * std::pow(high / low, static_cast<double>(i) / kLevels);
    const target::MatrixXd mean =
        model.denoiser->mean(y + std::sqrt(s) * z, Eigen::VectorXd::Constant(samples, 1 / s));
    const double mmse = (y.squaredNorm() - mean.squaredNorm()) / static_cast<double>(samples);
    table.noise.push_back(s);
    table.rate.push_back(std::max(mmse, 0.0) / (2 * s));
  }
  return tabulated_rate(table);
}

/// The rate of the target itself. It takes seconds, and a deck of many points asks many times:
/// kept.
Rate own_rate(const deck::Parameters& parameters, const target::Model& model, double low,
              double high) {
  deck::Parameters relevant;
  for (const auto& [key, value] : parameters.all()) {
    if (key.starts_with("target.")) relevant.set(key, value);
  }
  static std::mutex mutex;
  static std::map<std::tuple<std::uint64_t, std::uint64_t, std::int64_t, double, double>, Rate>
      rates;
  const std::lock_guard lock(mutex);
  Rate& rate = rates[{relevant.identity(), parameters.seed(),
                      parameters.integer("experiment.rate_samples"), low, high}];
  if (!rate) {
    const auto* exact = target::part<target::Target>(*model.denoiser);
    rate = exact != nullptr && exact->dimension() == 1 ? interpolated(*exact, low, high)
                                                       : sampled(parameters, model, low, high);
  }
  return rate;
}

Eigen::VectorXd spectrum(const target::CleanData& data) {
  const auto covariance = data.covariance();
  if (!covariance) {
    throw deck::KeyError(
        "experiment.rate",
        "a Gaussian entropy rate needs the target's covariance, which is too large "
        "to store at this dimension");
  }
  return target::eigenvalues(*covariance).cwiseMax(0);
}

}  // namespace

Rate deck_rate(const deck::Parameters& parameters, const target::Model& model, bool spectral,
               double low, double high) {
  const std::string& source = parameters.word("experiment.rate");
  if (spectral) {
    const Eigen::VectorXd variances = spectrum(*model.data);
    const double power = parameters.real("experiment.spectral_power");
    return gaussian_rate(variances, (variances / variances.maxCoeff()).array().pow(power));
  }
  if (source == "file") {
    if (parameters.word("experiment.rate_file").empty()) {
      throw deck::KeyError("experiment.rate_file",
                           "rate = file needs a file with the columns s and dH/dln s");
    }
    const data::Source file{.file = parameters.word("experiment.rate_file"),
                            .key = "experiment.rate_file",
                            .dataset_path = parameters.word("experiment.rate_path"),
                            .row = "row",
                            .column = "column",
                            .path_key = "experiment.rate_path"};
    const auto array = data::read<double>(file);
    if (array.columns() != 2) {
      data::fail(file, fmt::format("{} columns; expected two, s and dH/dln s", array.columns()));
    }
    RateTable table;
    for (std::size_t i = 0; i < array.rows(); ++i) {
      table.noise.push_back(array.values[2 * i]);
      table.rate.push_back(array.values[2 * i + 1]);
    }
    try {
      return tabulated_rate(table);
    } catch (const std::invalid_argument& error) {
      data::fail(file, error.what());
    }
  }
  if (source == "gaussian") return gaussian_rate(spectrum(*model.data));
  if (target::part<target::Network>(*model.denoiser) != nullptr) {
    throw deck::KeyError("experiment.rate",
                         "that of a network is measured: with experiment entropy_clock, whose "
                         "result holds the table for rate = file; or take rate = gaussian");
  }
  if (model.denoiser->dimension() > 1 && !model.exact()) {
    throw deck::KeyError("experiment.rate",
                         "the posterior of this target is sampled: measure its entropy rate with "
                         "experiment entropy_clock and name the table (rate = file), or take "
                         "rate = gaussian");
  }
  return own_rate(parameters, model, low, high);
}

std::vector<deck::Key> rate_keys() {
  const std::string section = "experiment";
  return {
      deck::used_with(
          "schedule=entropic|rescaled_entropic",
          deck::word_key(
              section, "rate", "target",
              "entropic grids: entropy rate of the target itself (one dimension: quadrature; else "
              "rate_samples forward samples), of a Gaussian with its covariance, or from rate_file",
              {"target", "gaussian", "file"})),
      deck::used_with(
          "rate=file",
          deck::plain_key(deck::Kind::file, section, "rate_file", "",
                          "CSV, .npy or HDF5 with the columns s and dH/dln s; the result "
                          "of an entropy_clock run holds such a table, and `analyze` names it")),
      deck::used_with("rate=file", deck::plain_key(deck::Kind::text, section, "rate_path", "",
                                                   "HDF5: the data set to read")),
      deck::used_with(
          "rate=target",
          deck::count_key(section, "rate_samples", "1024",
                          "in more than one dimension: noised data per level of its table", 16,
                          1e7)),
      deck::used_with(
          "schedule=spectral",
          deck::real_key(section, "spectral_power", "1",
                         "mode k of the covariance counts with (lambda_k/lambda_max)^power", 0,
                         10)),
  };
}

}  // namespace symbreak::diffusion
