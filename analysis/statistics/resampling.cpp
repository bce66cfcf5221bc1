#include <fmt/format.h>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <cmath>
#include <stdexcept>

#include "analysis/statistics/estimate.hpp"
#include "analysis/statistics/tail.hpp"

namespace symbreak::statistics {

namespace {

void require_rows(const MatrixXd& rows, const char* what) {
  if (rows.rows() < 2) {
    throw std::invalid_argument(fmt::format("{}: {} rows; at least 2", what, rows.rows()));
  }
}

/// Of the errors of functions of rows without one of them (functions x rows).
VectorXd degrees(const MatrixXd& leave_out) {
  VectorXd all(leave_out.rows());
  for (Index i = 0; i < all.size(); ++i) {
    const VectorXd values = leave_out.row(i);
    const auto n = static_cast<std::size_t>(values.size());
    all[i] = degrees_of_freedom({values.data(), n}, static_cast<double>(n) - 1);
  }
  return all;
}

}  // namespace

Derived jackknife(const MatrixXd& rows, const Function& function) {
  if (rows.rows() == 1) {  // a value, and no error
    const VectorXd value = function(rows.row(0).transpose());
    const VectorXd unknown = VectorXd::Constant(value.size(), NAN);
    return {value, unknown, unknown.asDiagonal(), VectorXd::Ones(value.size())};
  }
  require_rows(rows, "jackknife");
  const Index count = rows.rows();
  const double n = static_cast<double>(count);
  // Relative to the first row and to the whole, so that constants stay exact.
  const VectorXd first = rows.row(0).transpose();
  const VectorXd mean = first + (rows.rowwise() - rows.row(0)).colwise().mean().transpose();
  const VectorXd full = function(mean);
  MatrixXd leave_out(full.size(), count);
  for (Index i = 0; i < count; ++i) {
    leave_out.col(i) = function(mean + (mean - rows.row(i).transpose()) / (n - 1)) - full;
  }
  const VectorXd bias = leave_out.rowwise().mean();
  leave_out.colwise() -= bias;
  // Of two rows each is left alone once: a cumulant, which a single sample has none of, is alike
  // for both to rounding, and has no error.
  constexpr double kRounding = 1e-14;
  for (Index k = 0; count == 2 && k < full.size(); ++k) {
    const double scale = kRounding * (std::abs(full[k]) + std::abs(bias[k]));
    if (leave_out.row(k).cwiseAbs().maxCoeff() <= scale) leave_out.row(k).setZero();
  }
  Derived derived;
  derived.value = full - (n - 1) * bias;
  derived.covariance = (n - 1) / n * leave_out * leave_out.transpose();
  derived.error = derived.covariance.diagonal().cwiseSqrt();
  derived.dof = degrees(leave_out);
  return derived;
}

Derived bootstrap(const MatrixXd& rows, const Function& function, int samples, std::uint64_t seed) {
  require_rows(rows, "bootstrap");
  if (samples < 200) {
    throw std::invalid_argument(fmt::format("bootstrap: {} samples; at least 200", samples));
  }
  const Index count = rows.rows();
  const double n = static_cast<double>(count);
  const VectorXd full = function(rows.colwise().mean());
  boost::random::mt19937_64 engine(seed);
  boost::random::uniform_int_distribution<Index> draw(0, count - 1);
  MatrixXd replicates(full.size(), samples);
  VectorXd mean(rows.cols());
  for (Index s = 0; s < samples; ++s) {
    mean.setZero();
    for (Index i = 0; i < count; ++i) mean += rows.row(draw(engine));
    replicates.col(s) = function(mean / n);
  }
  const VectorXd average = replicates.rowwise().mean();
  replicates.colwise() -= average;
  Derived derived;
  derived.value = 2 * full - average;
  derived.covariance =
      n / (n - 1) / static_cast<double>(samples - 1) * replicates * replicates.transpose();
  derived.error = derived.covariance.diagonal().cwiseSqrt();
  derived.dof = VectorXd::Constant(full.size(), n - 1);
  return derived;
}

MatrixXd rebin(const MatrixXd& bins, Index rows) {
  if (rows < 1 || bins.cols() < 1) {
    throw std::invalid_argument(
        fmt::format("rebin: {} bins into {} rows; at least 1 each", bins.cols(), rows));
  }
  const Index merge = (bins.cols() + rows - 1) / rows;
  const Index used = bins.cols() / merge;
  const Index first = bins.cols() - used * merge;
  MatrixXd result(used, bins.rows());
  for (Index i = 0; i < used; ++i) {
    result.row(i) = bins.middleCols(first + i * merge, merge).rowwise().mean().transpose();
  }
  return result;
}

}  // namespace symbreak::statistics
