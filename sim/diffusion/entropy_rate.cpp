#include "sim/diffusion/entropy_rate.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/diffusion/state_average.hpp"

namespace symbreak::diffusion {

namespace {

using target::MatrixXd;
using target::VectorXd;

/// Nodes and weights of the 5-point Gauss-Legendre rule on [0, 1].
constexpr double kNodes[5] = {0.046910077030668, 0.230765344947158, 0.5, 0.769234655052842,
                              0.953089922969332};
constexpr double kWeights[5] = {0.118463442528095, 0.239314335249683, 0.284444444444444,
                                0.239314335249683, 0.118463442528095};

}  // namespace

double rate_by_quadrature(const target::Target& target, double s) {
  return state_average(target, target, s, [&](const auto& x, const auto& beta, const auto&) {
    const MatrixXd ones = MatrixXd::Ones(1, x.cols());
    return VectorXd(target.jacobian_product(x, beta, ones).row(0).transpose() / 2);
  });
}

double entropy_by_quadrature(const target::Target& target, double s) {
  return state_average(target, target, s, [](const auto&, const auto&, const auto& posterior) {
    return posterior.entropy;
  });
}

Rate gaussian_rate(const Eigen::VectorXd& variances, const Eigen::VectorXd& weights) {
  const VectorXd w = weights.size() > 0 ? weights : VectorXd::Ones(variances.size());
  return [variances, w](double s) {
    return (w.array() * variances.array() / (variances.array() + s)).sum() / 2;
  };
}

Rate tabulated_rate(const RateTable& table) {
  std::vector<std::pair<double, double>> rows;
  for (std::size_t i = 0; i < table.noise.size(); ++i) {
    if (!(table.noise[i] > 0) || !(table.rate[i] >= 0)) {
      throw std::invalid_argument("a row needs a noise level s > 0 and a rate dH/dln s >= 0");
    }
    rows.emplace_back(std::log(table.noise[i]), table.rate[i]);
  }
  std::sort(rows.begin(), rows.end());
  if (rows.size() < 2) throw std::invalid_argument("a table of rates needs at least two rows");
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    if (rows[i].first == rows[i + 1].first) {
      throw std::invalid_argument("two rows have the same noise level");
    }
  }
  return [rows](double s) {
    const double at = std::log(s);
    const double slack = 1e-12 * std::abs(at);
    if (at < rows.front().first - slack || at > rows.back().first + slack) return 0.0;
    auto next = std::lower_bound(rows.begin(), rows.end(), std::pair(at, -1.0));
    if (next == rows.begin()) return rows.front().second;
    if (next == rows.end()) return rows.back().second;
    const auto before = next - 1;
    const double u = (at - before->first) / (next->first - before->first);
    return before->second + u * (next->second - before->second);
  };
}

EntropyClock::EntropyClock(const Rate& rate, double power, double low, double high)
    : rate_(rate), power_(power) {
  constexpr std::size_t kCells = 4096;
  for (std::size_t i = 0; i <= kCells; ++i) {
    log_s_.push_back(std::log(low) +
                     std::log(high / low) * static_cast<double>(i) / static_cast<double>(kCells));
  }
  share_.assign(1, 0.0);
  for (std::size_t i = 0; i < kCells; ++i) share_.push_back(share_[i] + within(i, log_s_[i + 1]));
  if (!(share_.back() > 0)) throw std::invalid_argument("the entropy rate vanishes on this range");
}

/// The integral from the lower edge of a cell to log_s.
double EntropyClock::within(std::size_t cell, double log_s) const {
  const double width = log_s - log_s_[cell];
  double sum = 0;
  for (int g = 0; g < 5; ++g) {
    const double at = std::exp(log_s_[cell] + kNodes[g] * width);
    sum += kWeights[g] * rate_(at) * std::pow(at, power_);
  }
  return sum * width;
}

double EntropyClock::share(double s) const {
  const double at = std::log(s);
  const auto next = std::upper_bound(log_s_.begin() + 1, log_s_.end() - 1, at);
  const auto cell = static_cast<std::size_t>(next - log_s_.begin() - 1);
  return (share_[cell] + within(cell, at)) / total();
}

double EntropyClock::noise(double share) const {
  const double wanted = share * total();
  const auto next = std::upper_bound(share_.begin() + 1, share_.end() - 1, wanted);
  const auto cell = static_cast<std::size_t>(next - share_.begin() - 1);
  double low = log_s_[cell], high = log_s_[cell + 1];
  double at = (low + high) / 2;
  for (int i = 0; i < 60 && high - low > 1e-14 * std::abs(high) + 1e-15; ++i) {
    const double excess = share_[cell] + within(cell, at) - wanted;
    if (std::abs(excess) <= 1e-15 * total()) break;
    (excess < 0 ? low : high) = at;
    const double s = std::exp(at), slope = rate_(s) * std::pow(s, power_);
    const double newton = slope > 0 ? at - excess / slope : low;
    if (newton == at) break;
    at = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return std::exp(at);
}

}  // namespace symbreak::diffusion
