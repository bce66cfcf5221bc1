#include "sim/target/spins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/target/spectrum.hpp"
#include "sim/target/spin_posterior.hpp"

namespace symbreak::target {

namespace {

// Elementary steps (about 0.3 ns each) of one log-sum in one field.
constexpr double kCheap = 0x1p25;      // what `auto` sums rather than samples
constexpr double kLargest = 0x1p33;    // what `exact` accepts
constexpr Index kLargestCovariance = 2048;

}  // namespace

kernel::SpinGraph spin_graph(Index sites, const std::vector<SpinBond>& bonds,
                             std::vector<double> field) {
  kernel::SpinGraph graph;
  const auto count = static_cast<std::size_t>(sites);
  graph.first.assign(count + 1, 0);
  for (const SpinBond& bond : bonds) {
    ++graph.first[static_cast<std::size_t>(bond.i) + 1];
    ++graph.first[static_cast<std::size_t>(bond.j) + 1];
  }
  for (std::size_t i = 0; i < count; ++i) graph.first[i + 1] += graph.first[i];
  graph.neighbour.resize(2 * bonds.size());
  graph.coupling.resize(2 * bonds.size());
  std::vector<std::int32_t> next(graph.first.begin(), graph.first.end() - 1);
  const auto put = [&](Index from, Index to, double K) {
    const auto entry = static_cast<std::size_t>(next[static_cast<std::size_t>(from)]++);
    graph.neighbour[entry] = static_cast<std::int32_t>(to);
    graph.coupling[entry] = K;
  };
  for (const SpinBond& bond : bonds) {
    put(bond.i, bond.j, bond.K);
    put(bond.j, bond.i, bond.K);
  }
  graph.field = std::move(field);
  return graph;
}

SpinTarget::SpinTarget(SpinModel model)
    : model_(std::move(model)), d_(static_cast<Index>(model_.graph.sites())) {
  const kernel::SpinGraph& graph = model_.graph;
  h_ = VectorXd::Zero(d_);
  for (Index i = 0; i < static_cast<Index>(graph.field.size()); ++i) {
    h_[i] = graph.field[static_cast<std::size_t>(i)];
  }
  even_ = h_.isZero(0);
  for (const double K : graph.coupling) ferromagnetic_ = ferromagnetic_ && K >= 0;

  plan_ = plan_oracle(graph, model_.sides);
  const bool within = plan_.make && plan_.operations <= kLargest;
  const bool cheap = plan_.make && plan_.operations <= kCheap;
  if (model_.posterior == "exact" && !within) {
    throw deck::KeyError("target.posterior",
                         fmt::format("the exact posterior of {} spins would take {}, {:.1g} steps "
                                     "per noisy state, or its couplings are too strong for it; the "
                                     "limit is {:.1g}; use monte_carlo or auto",
                                     d_, plan_.text, plan_.operations, kLargest));
  }
  if (cheap || model_.posterior == "exact") oracle_ = plan_.make();
  exact_ = oracle_ != nullptr && model_.posterior != "monte_carlo";
  if (oracle_ == nullptr) sampler_ = spin_sampler(graph, model_.address);
}

const SpinOracle& SpinTarget::oracle() const {
  if (!exact_) {
    throw std::logic_error(describe() +
                           ": the posterior is sampled (target.posterior = monte_carlo), not summed");
  }
  return *oracle_;
}

std::unique_ptr<MonteCarloPosterior> SpinTarget::monte_carlo(Index walkers,
                                                             const random::Address& address,
                                                             Index chains) const {
  constexpr Index kLevels = 16;  // of replica exchange, where barriers are not those of a flip
  return spin_posterior(model_.graph, walkers, address,
                        {.chains = chains, .levels = ferromagnetic_ ? 1 : kLevels});
}

MatrixXd SpinTarget::field(const States& x, const Betas& beta) const {
  return (x * beta.asDiagonal()).colwise() + h_;
}

Posterior SpinTarget::posterior(const States& x, const Betas& beta) const {
  const SpinOracle& exact = oracle();
  if (!log_sum_) log_sum_ = exact.sums(h_, {.mean = false}).log_sum[0];
  SpinOracle::Sums sums = exact.sums(field(x, beta), {.energy = true});
  const VectorXd none = VectorXd::Constant(x.cols(), NAN);
  return {.mean = std::move(sums.mean),
          .log_partition =
              (sums.log_sum.array() - *log_sum_ - beta.array() * static_cast<double>(d_) / 2),
          .participation = none,
          .largest_weight = none,
          .entropy = sums.log_sum - sums.energy};
}

MatrixXd SpinTarget::mean(const States& x, const Betas& beta) const {
  return oracle().sums(field(x, beta), {}).mean;
}

MatrixXd SpinTarget::jacobian_product(const States& x, const Betas& beta, const States& v) const {
  return oracle().covariance_product(field(x, beta), v) * beta.asDiagonal();
}

void SpinTarget::sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const {
  if (oracle_) {
    y = oracle_->draw(h_, y.cols(), stream);
  } else {
    sampler_->sample(stream, y);
  }
}

Target::CopySum SpinTarget::draw_copies(const Eigen::Ref<const VectorXd>& x, double beta,
                                        std::int64_t n, random::Stream& stream) const {
  const VectorXd total = beta * x + h_;
  return {.sum = oracle().draw_sum(total, n, stream),
          .squared_norm = static_cast<double>(n) * static_cast<double>(d_)};
}

const MatrixXd& SpinTarget::samples() const {
  if (samples_.size() == 0) {
    constexpr Index kFewest = 1024, kMost = 8192;
    random::Address address = model_.address;
    address.purpose = random::Purpose::target;
    address.replica = 1;  // 0: the sampler's own search for its chain length
    random::Stream stream(address);
    samples_.resize(d_, std::clamp<Index>(8 * d_, kFewest, kMost));
    sample(stream, samples_);
  }
  return samples_;
}

VectorXd SpinTarget::mean_of_target() const {
  if (even_) return VectorXd::Zero(d_);
  if (!mean_) {
    mean_ = oracle_ ? VectorXd(oracle_->sums(h_, {}).mean) : VectorXd(samples().rowwise().mean());
    if (!oracle_ && model_.homogeneous) mean_ = VectorXd::Constant(d_, mean_->mean());
  }
  return *mean_;
}

std::optional<MatrixXd> SpinTarget::covariance() const {
  if (!oracle_ || d_ > kLargestCovariance) return std::nullopt;
  if (!covariance_) {
    const MatrixXd product =
        oracle_->covariance_product(h_.replicate(1, d_), MatrixXd::Identity(d_, d_));
    covariance_ = (product + product.transpose()) / 2;
  }
  return covariance_;
}

MatrixXd SpinTarget::order_axes() const {
  if (axes_) return *axes_;
  if (model_.axes.size() > 0) {
    axes_ = model_.axes;
  } else if (model_.homogeneous && ferromagnetic_) {
    axes_ = MatrixXd::Ones(d_, 1);
  } else if (oracle_ && d_ <= kLargestCovariance) {
    axes_ = leading_axes(*covariance());
  } else {
    axes_ = measured_eigenvalue(samples().cols()).axis;
  }
  return *axes_;
}

std::optional<double> SpinTarget::critical_noise() const {
  if (!even_) return std::nullopt;
  if (!critical_noise_) {
    critical_noise_ = std::optional<double>();
    if (oracle_ && !(model_.homogeneous && ferromagnetic_) && d_ <= kLargestCovariance) {
      critical_noise_ = eigenvalues(*covariance()).maxCoeff();
    } else if (oracle_) {
      const MatrixXd axis = order_axes().col(0).normalized();
      critical_noise_ = axis.col(0).dot(oracle_->covariance_product(h_, axis).col(0));
    }
  }
  return *critical_noise_;
}

MeasuredEigenvalue SpinTarget::measured_eigenvalue(Index count) const {
  constexpr Index kGroups = 16;
  const MatrixXd& all = samples();
  count = std::clamp<Index>(count / (2 * kGroups) * (2 * kGroups), 2 * kGroups, all.cols());
  const VectorXd centre = mean_of_target();
  const MatrixXd deviations = all.leftCols(count).colwise() - centre;
  const Index half = count / 2;
  const bool known = model_.axes.size() > 0 || (model_.homogeneous && ferromagnetic_);
  const auto axis_of = [&](Index first, Index n) -> VectorXd {
    if (model_.axes.size() > 0) return model_.axes.col(0).normalized();
    if (known) return VectorXd::Constant(d_, 1 / std::sqrt(static_cast<double>(d_)));
    const auto part = deviations.middleCols(first, n);
    return leading_axis(
        [&](const VectorXd& v) -> VectorXd {
          return part * (part.transpose() * v) / static_cast<double>(n);
        },
        d_);
  };
  const VectorXd first = axis_of(0, half), second = axis_of(half, half);
  VectorXd squares(count);
  squares.head(half) = (second.transpose() * deviations.leftCols(half)).array().square();
  squares.tail(half) = (first.transpose() * deviations.rightCols(half)).array().square();
  const Index size = count / kGroups;
  VectorXd groups(kGroups);
  for (Index g = 0; g < kGroups; ++g) groups[g] = squares.segment(g * size, size).mean();
  const double mean = groups.mean();
  const double variance = (groups.array() - mean).square().sum() / (kGroups - 1) / kGroups;
  return {.value = mean, .error = std::sqrt(variance), .axis = axis_of(0, count)};
}

Index SpinTarget::classes() const {
  if (model_.patterns.cols() > 0) return 2 * model_.patterns.cols();
  return ferromagnetic_ && (even_ || oracle_) ? 2 : 1;
}

VectorXd SpinTarget::class_weights() const {
  const Index count = classes();
  if (count == 1) return VectorXd::Ones(1);
  if (count == 2 && even_) return VectorXd::Constant(2, 0.5);
  if (!class_weights_) {
    if (oracle_) {
      class_weights_ = class_sums(h_);
    } else {
      class_weights_ = VectorXd::Zero(count);
      const auto labels = classify(samples());
      for (const Index label : labels) {
        if (label >= 0) (*class_weights_)[label] += 1;
      }
      *class_weights_ /= class_weights_->sum();
    }
  }
  return *class_weights_;
}

MatrixXd SpinTarget::class_probabilities(const States& x, const Betas& beta) const {
  const Index count = classes();
  MatrixXd result = MatrixXd::Ones(count, x.cols());
  if (count == 1) return result;
  (void)oracle();
  const MatrixXd fields = field(x, beta);
  for (Index k = 0; k < x.cols(); ++k) result.col(k) = class_sums(fields.col(k));
  return result;
}

std::vector<Index> SpinTarget::classify(const States& y) const {
  std::vector<Index> labels(static_cast<std::size_t>(y.cols()), 0);
  const Index count = classes();
  if (count == 1) return labels;
  const MatrixXd overlaps = model_.patterns.cols() > 0
                                ? MatrixXd(model_.patterns.transpose() * y)
                                : MatrixXd(y.colwise().sum());
  for (Index k = 0; k < y.cols(); ++k) labels[static_cast<std::size_t>(k)] = label(overlaps.col(k));
  return labels;
}

/// Pattern of the largest |overlap|: mu where it is positive, P + mu where negative; -1 in a draw.
Index SpinTarget::label(const VectorXd& overlaps) {
  Index best = 0;
  const double top = overlaps.cwiseAbs().maxCoeff(&best);
  if (top == 0 || (overlaps.array().abs() > top - 0.5).count() > 1) return -1;
  return overlaps[best] > 0 ? best : overlaps.size() + best;
}

VectorXd SpinTarget::class_sums(const VectorXd& total) const {
  const Index count = classes();
  VectorXd result = VectorXd::Zero(count);
  double undecided = 0;
  if (model_.patterns.cols() == 0) {
    const VectorXd law = oracle_->law_of_up_spins(total);
    for (Index up = 0; up <= d_; ++up) {
      (2 * up > d_ ? result[0] : 2 * up < d_ ? result[1] : undecided) += law[up];
    }
  } else {
    const auto probabilities = oracle_->state_probabilities(total);
    if (!probabilities) throw std::logic_error("classes by pattern need enumeration");
    if (labels_.empty()) {
      VectorXd y(d_);
      for (Index s = 0; s < probabilities->size(); ++s) {
        for (Index i = 0; i < d_; ++i) y[i] = (s >> i & 1) != 0 ? 1 : -1;
        labels_.push_back(static_cast<std::int16_t>(label(model_.patterns.transpose() * y)));
      }
    }
    for (Index s = 0; s < probabilities->size(); ++s) {
      const auto at = labels_[static_cast<std::size_t>(s)];
      (at < 0 ? undecided : result[at]) += (*probabilities)[s];
    }
  }
  result.array() += undecided / static_cast<double>(count);  // draws count equally for all
  return result / result.sum();
}

std::optional<VectorXd> SpinTarget::magnetization_law() const {
  if (!oracle_) return std::nullopt;
  return oracle_->law_of_up_spins(h_);
}

std::string SpinTarget::describe() const {
  return model_.text + (exact_ ? ", posterior by " + oracle_->describe() : ", sampled posterior");
}

std::size_t SpinTarget::memory() const {
  const kernel::SpinGraph& graph = model_.graph;
  const auto d = static_cast<std::size_t>(d_);
  std::size_t bytes = sizeof *this + graph.first.size() * 4 + graph.neighbour.size() * 12 +
                      (graph.field.size() + 3 * d) * sizeof(double) +
                      static_cast<std::size_t>(model_.patterns.size()) * sizeof(double);
  if (oracle_) bytes += oracle_->memory();
  if (oracle_ && d_ <= kLargestCovariance) bytes += d * d * sizeof(double);
  if (sampler_) bytes += sampler_->memory();
  return bytes;
}

deck::Key posterior_key() {
  return {.section = "target",
          .name = "posterior",
          .kind = deck::Kind::word,
          .fallback = "auto",
          .text = "exact: all states are summed, by enumeration (d <= 20) or a transfer vector along "
                  "the longest axis; monte_carlo: sampled; auto: exact where that takes less than "
                  "about 10 ms per noisy state",
          .choices = {"auto", "exact", "monte_carlo"}};
}

}  // namespace symbreak::target
