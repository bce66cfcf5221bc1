#include "sim/target/spins/spins.hpp"

#include <algorithm>
#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/target/spins/spin_posterior.hpp"

namespace symbreak::target {

namespace {

// Elementary steps (about 0.3 ns each) of one log-sum in one field.
constexpr double kCheap = 0x1p25;    // what `auto` sums rather than samples
constexpr double kLargest = 0x1p33;  // what `exact` accepts

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

kernel::SpinGraph spin_graph(Index sites, const std::vector<SpinBond>& bonds, double field) {
  const std::size_t entries = field == 0 ? 0 : static_cast<std::size_t>(sites);
  return spin_graph(sites, bonds, std::vector<double>(entries, field));
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
    throw deck::KeyError(
        "target.posterior",
        "the exact posterior of {} spins would take {}, {:.1g} steps per noisy state, or its "
        "couplings are too strong for it; the limit is {:.1g}; use monte_carlo or auto",
        d_, plan_.text, plan_.operations, kLargest);
  }
  if (cheap || model_.posterior == "exact") oracle_ = plan_.make();
  exact_ = oracle_ != nullptr && model_.posterior != "monte_carlo";
  if (oracle_ == nullptr) sampler_ = spin_sampler(graph, model_.address);
}

const SpinOracle& SpinTarget::oracle() const {
  if (!exact_) {
    throw deck::KeyError(
        "target.posterior",
        "{}: what is asked for needs the exact posterior; summing the states would take {}",
        describe(), plan_.text);
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

Averages SpinTarget::averages(const States& x, const Betas& beta) const {
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

Posterior::CopySum SpinTarget::draw_copies(const Eigen::Ref<const VectorXd>& x, double beta,
                                           std::int64_t n, random::Stream& stream) const {
  const VectorXd total = beta * x + h_;
  return {.sum = oracle().draw_sum(total, n, stream),
          .squared_norm = static_cast<double>(n) * static_cast<double>(d_)};
}

std::optional<VectorXd> SpinTarget::magnetization_law() const {
  if (!oracle_) return std::nullopt;
  return oracle_->law_of_up_spins(h_);
}

std::string SpinTarget::describe() const {
  return model_.text + (exact_ ? " (posterior exact)" : " (posterior sampled)");
}

std::size_t SpinTarget::memory() const {
  const kernel::SpinGraph& graph = model_.graph;
  const auto d = static_cast<std::size_t>(d_);
  std::size_t bytes = sizeof *this + graph.first.size() * 4 + graph.neighbour.size() * 12 +
                      (graph.field.size() + 3 * d) * sizeof(double) +
                      static_cast<std::size_t>(model_.patterns.size()) * sizeof(double);
  if (oracle_) bytes += oracle_->memory();
  if (covariance_in_reach()) bytes += d * d * sizeof(double);
  if (!oracle_) bytes += d * sizeof(double) * static_cast<std::size_t>(sample_count());
  if (sampler_) bytes += sampler_->memory();
  return bytes;
}

std::vector<Part> spin_parts(bool lattice) {
  return lattice ? plus({Part::spin_law, Part::spins, Part::lattice})
                 : plus({Part::spin_law, Part::spins});
}

deck::Key posterior_key() {
  return deck::word_key("target", "posterior", "auto",
                        "exact: all states are summed, by enumeration (d <= 20) or a transfer "
                        "vector along the longest axis; monte_carlo: sampled; auto: exact where "
                        "that takes less than about 10 ms per noisy state",
                        {"auto", "exact", "monte_carlo"});
}

}  // namespace symbreak::target
