#include "sim/target/random_features/trained_score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace symbreak::target::feature_flow {

const Flow& SolvedLevels::flow(std::size_t level) const {
  auto& found = flows_.at(level);
  if (!found) found = machine_->solve(levels_[level]);
  return *found;
}

Index SolvedLevels::dropped() const {
  Index sum = 0;
  for (const auto& each : flows_) sum += each ? each->dropped : 0;
  return sum;
}

TrainedScore::TrainedScore(std::shared_ptr<const SolvedLevels> levels, double training_time)
    : levels_(std::move(levels)), tau_(training_time), read_outs_(levels_->levels().size()) {}

const MatrixXd& TrainedScore::solved(std::size_t level) const {
  MatrixXd& result = read_outs_[level];
  if (result.size() == 0) result = levels_->flow(level).read_out(tau_);
  return result;
}

const MatrixXd& TrainedScore::read_out(double noise) const {
  if (machine().linear()) {
    if (last_noise_ != noise) last_ = machine().solve(noise).read_out(tau_);
    last_noise_ = noise;
    return last_;
  }
  const std::vector<double>& levels = levels_->levels();
  const auto above = std::ranges::lower_bound(levels, noise);
  if (above == levels.begin()) return solved(0);
  if (above == levels.end()) return solved(levels.size() - 1);
  const auto upper = static_cast<std::size_t>(above - levels.begin());
  if (*above == noise) return solved(upper);
  if (last_noise_ != noise) {
    const double low = levels[upper - 1], high = levels[upper];
    const double share = std::log(noise / low) / std::log(high / low);
    last_ = (1 - share) * solved(upper - 1) + share * solved(upper);
    last_noise_ = noise;
  }
  return last_;
}

template <class Visit>
void TrainedScore::for_each_batch(const Betas& beta, const Visit& visit) {
  constexpr Index kBatch = 256;  // the features of a batch stay in the cache
  for (Index first = 0; first < beta.size();) {
    Index count = 1;
    while (count < kBatch && first + count < beta.size() && beta[first + count] == beta[first]) {
      ++count;
    }
    visit(first, count, 1 / beta[first]);
    first += count;
  }
}

MatrixXd TrainedScore::mean(const States& x, const Betas& beta) const {
  MatrixXd result(x.rows(), x.cols());
  const Machine& net = machine();
  for_each_batch(beta, [&](Index first, Index count, double noise) {
    const MatrixXd at = x.middleCols(first, count).colwise() - net.shift();
    const Skip skip = net.skip(noise);
    auto out = result.middleCols(first, count);
    const MatrixXd phi = net.features().values(at, net.slope(noise));
    out.noalias() = (skip.output * read_out(noise)) * phi;
    out += skip.state * at;
    out.colwise() += net.shift();
  });
  return result;
}

MatrixXd TrainedScore::jacobian_product(const States& x, const Betas& beta, const States& v) const {
  MatrixXd result(x.rows(), x.cols());
  const Machine& net = machine();
  for_each_batch(beta, [&](Index first, Index count, double noise) {
    const MatrixXd at = x.middleCols(first, count).colwise() - net.shift();
    const MatrixXd along = v.middleCols(first, count);
    const Skip skip = net.skip(noise);
    const double k = net.slope(noise);
    MatrixXd moved = net.features().weights * (k * along);
    moved.array() *= net.features().slopes(at, k).array();
    auto out = result.middleCols(first, count);
    out.noalias() = (skip.output * read_out(noise)) * moved;
    out += skip.state * along;
  });
  return result;
}

MatrixXd TrainedScore::transposed_product(const States& x, const Betas& beta,
                                          const States& v) const {
  MatrixXd result(x.rows(), x.cols());
  const Machine& net = machine();
  for_each_batch(beta, [&](Index first, Index count, double noise) {
    const MatrixXd at = x.middleCols(first, count).colwise() - net.shift();
    const MatrixXd along = v.middleCols(first, count);
    const Skip skip = net.skip(noise);
    const double k = net.slope(noise);
    MatrixXd pulled = read_out(noise).transpose() * along;
    pulled.array() *= net.features().slopes(at, k).array();
    result.middleCols(first, count) =
        skip.state * along + skip.output * k * (net.features().weights.transpose() * pulled);
  });
  return result;
}

VectorXd TrainedScore::jacobian_trace(const States& x, const Betas& beta) const {
  VectorXd result(x.cols());
  const Machine& net = machine();
  for_each_batch(beta, [&](Index first, Index count, double noise) {
    const MatrixXd at = x.middleCols(first, count).colwise() - net.shift();
    const Skip skip = net.skip(noise);
    const double k = net.slope(noise);
    // (F A)_ii
    const VectorXd diagonal =
        (net.features().weights.array() * read_out(noise).transpose().array()).rowwise().sum();
    result.segment(first, count) =
        (skip.output * k * (diagonal.transpose() * net.features().slopes(at, k))).transpose();
    result.segment(first, count).array() += skip.state * static_cast<double>(x.rows());
  });
  return result;
}

std::size_t TrainedScore::memory() const {
  const auto d = static_cast<double>(dimension()),
             p = static_cast<double>(machine().features().count()),
             levels = static_cast<double>(levels_->levels().size());
  const double kept = levels * (p * p + 2 * d * p) * sizeof(double);
  return static_cast<std::size_t>(kept + Machine::workspace(p, d)) + machine().source()->memory();
}

std::vector<double> levels_of(const deck::Parameters& parameters, double variance) {
  const double low = parameters.real("target.noise_low"),
               high = parameters.real("target.noise_high");
  const double from = low > 0 ? low : 1e-3 * variance, to = high > 0 ? high : 1e3 * variance;
  const auto count = parameters.integer("target.levels");
  if (!(from < to)) {
    throw deck::KeyError("target.noise_low",
                         "the solved levels run from noise_low = {:.4g} up to noise_high = {:.4g}",
                         from, to);
  }
  std::vector<double> levels;
  for (std::int64_t i = 0; i < count; ++i) {
    levels.push_back(from *
                     std::pow(to / from, static_cast<double>(i) / static_cast<double>(count - 1)));
  }
  return levels;
}

std::shared_ptr<const SolvedLevels> solved_levels(const deck::Parameters& parameters,
                                                  const random::Address& address) {
  std::string text =
      fmt::format("{} {} {} {}", address.seed, address.point, address.disorder, address.replica);
  for (const auto& [path, value] : parameters.all()) {
    if (!path.starts_with("target.") || path == "target.training_time") continue;
    text += "\n" + path + "=" + value.canonical();
    if (value.kind != deck::Kind::file) continue;
    for (const std::string& file : parameters.words(path)) text += "|" + file;
  }
  // One is kept alive: a sweep over training times makes and drops its points one by one.
  static std::map<std::string, std::weak_ptr<const SolvedLevels>> live;
  static std::shared_ptr<const SolvedLevels> latest;
  if (auto found = live[text].lock()) return latest = found;
  std::erase_if(live, [](const auto& entry) { return entry.second.expired(); });
  auto machine = std::make_shared<const Machine>(parameters, address);
  auto levels = levels_of(parameters, machine->variance());
  latest = std::make_shared<const SolvedLevels>(std::move(machine), std::move(levels));
  live[text] = latest;
  return latest;
}

}  // namespace symbreak::target::feature_flow
