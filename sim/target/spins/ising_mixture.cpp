// Mixture of Ising models on one lattice: class c has weight w_c, coupling K_c = J_c/T and field
// h_c/T, phi = sum_c w_c e^{K_c sum y_i y_j + h_c sum y_i}/Z_c. Two fields +-h: two phases held
// apart by hand; two couplings: a disordered and an ordered source; a chain (dimension = 1): two
// Markov sources of bits. Each class is a SpinTarget, summed exactly; Bayes' rule does the rest:
//   P(c|x) ~ w_c Z_c(x),  <y> = sum_c P(c|x) <y>_c,
//   Cov(y|x) = sum_c P(c|x) [Cov_c + (<y>_c - <y>)(<y>_c - <y>)^T].
// Spins do not say which class they are from; `classify` names the most probable one, which is as
// good as certain once classes differ in O(d).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/deck/key_forms.hpp"
#include "sim/target/chain_classes.hpp"
#include "sim/target/points/multinomial.hpp"
#include "sim/target/spectrum.hpp"
#include "sim/target/spins/lattice_bonds.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

struct IsingClass {
  double coupling = 0, field = 0, weight = 0;
  bool operator==(const IsingClass&) const = default;
};

class IsingMixture final : public Target, public SpinLaw, public ChainClassLaw {
 public:
  IsingMixture(const Lattice& lattice, const std::vector<IsingClass>& classes)
      : lattice_(lattice), weights_(static_cast<Index>(classes.size())), laws_(classes) {
    for (std::size_t c = 0; c < classes.size(); ++c) {
      const auto& [K, h, weight] = classes[c];
      std::vector<SpinBond> bonds;
      for (const auto& [i, j] : lattice.bonds()) bonds.push_back({i, j, K});
      parts_.push_back(std::make_shared<SpinTarget>(
          SpinModel{.graph = target::spin_graph(lattice.sites(), bonds, h),
                    .text = fmt::format("class {}", c + 1),
                    .sides = lattice.sides,
                    .homogeneous = lattice.homogeneous(),
                    .posterior = "exact"}));
      weights_[static_cast<Index>(c)] = weight;
      const IsingClass mirror{K, -h, weight};
      even_ = even_ && std::count(classes.begin(), classes.end(), classes[c]) ==
                           std::count(classes.begin(), classes.end(), mirror);
    }
    weights_ /= weights_.sum();
  }

  Index dimension() const override { return parts_.front()->dimension(); }

  Averages averages(const States& x, const Betas& beta) const override {
    const Mixed mixed = mix(x, beta);
    const VectorXd none = VectorXd::Constant(x.cols(), NAN);
    return {mixed.mean, mixed.log_partition, none, none, none};
  }
  MatrixXd jacobian_product(const States& x, const Betas& beta, const States& v) const override {
    const Mixed mixed = mix(x, beta);
    MatrixXd result = MatrixXd::Zero(x.rows(), x.cols());
    for (Index c = 0; c < classes(); ++c) {
      const auto at = static_cast<std::size_t>(c);
      const MatrixXd within = parts_[at]->jacobian_product(x, beta, v);
      for (Index k = 0; k < x.cols(); ++k) {
        const VectorXd away = mixed.means[at].col(k) - mixed.mean.col(k);
        result.col(k) +=
            mixed.probabilities(c, k) * (within.col(k) + beta[k] * away.dot(v.col(k)) * away);
      }
    }
    return result;
  }

  void sample(random::Stream& stream, Eigen::Ref<MatrixXd> y) const override {
    std::vector<std::vector<Index>> members(parts_.size());
    for (Index k = 0; k < y.cols(); ++k) {
      const double u = stream.uniform();
      Index c = 0;
      for (double below = weights_[0]; u >= below && c + 1 < classes(); below += weights_[++c]) {
      }
      members[static_cast<std::size_t>(c)].push_back(k);
    }
    for (std::size_t c = 0; c < parts_.size(); ++c) {
      MatrixXd own(y.rows(), static_cast<Index>(members[c].size()));
      if (own.cols() > 0) parts_[c]->sample(stream, own);
      for (Index i = 0; i < own.cols(); ++i) {
        y.col(members[c][static_cast<std::size_t>(i)]) = own.col(i);
      }
    }
  }
  CopySum draw_copies(const Eigen::Ref<const VectorXd>& x, double beta, std::int64_t n,
                      random::Stream& stream) const override {
    const VectorXd p = mix(x, VectorXd::Constant(1, beta)).probabilities.col(0);
    const auto counts = multinomial(n, {p.data(), parts_.size()}, stream);
    CopySum result{VectorXd::Zero(dimension()), 0};
    for (std::size_t c = 0; c < parts_.size(); ++c) {
      if (counts[c] == 0) continue;
      const CopySum part = parts_[c]->draw_copies(x, beta, counts[c], stream);
      result.sum += part.sum;
      result.squared_norm += part.squared_norm;
    }
    return result;
  }

  VectorXd mean_of_target() const override {
    VectorXd mean = VectorXd::Zero(dimension());
    for (Index c = 0; c < classes(); ++c) {
      mean += weights_[c] * parts_[static_cast<std::size_t>(c)]->mean_of_target();
    }
    return mean;
  }
  std::optional<MatrixXd> covariance() const override {
    const VectorXd mean = mean_of_target();
    MatrixXd result = MatrixXd::Zero(dimension(), dimension());
    for (Index c = 0; c < classes(); ++c) {
      const auto& part = *parts_[static_cast<std::size_t>(c)];
      const auto within = part.covariance();
      if (!within) return std::nullopt;
      const VectorXd away = part.mean_of_target() - mean;
      result += weights_[c] * (*within + away * away.transpose());
    }
    return result;
  }
  MatrixXd order_axes() const override {
    if (lattice_.homogeneous()) {
      const auto all = covariance();
      const VectorXd ones = VectorXd::Ones(dimension());
      const double uniform =
          all ? ones.dot(*all * ones) / static_cast<double>(dimension()) : INFINITY;
      if (!all || uniform >= (1 - 1e-9) * eigenvalues(*all)[dimension() - 1]) return ones;
    }
    return leading_axes(*covariance());
  }
  std::optional<double> critical_noise() const override {
    if (!even_) return std::nullopt;
    const auto all = covariance();
    return all ? std::optional(eigenvalues(*all)[dimension() - 1]) : std::nullopt;
  }
  bool even() const override { return even_; }
  bool fixed_norm() const override { return true; }

  Index classes() const override { return weights_.size(); }
  VectorXd class_weights() const override { return weights_; }
  MatrixXd class_probabilities(const States& x, const Betas& beta) const override {
    return mix(x, beta).probabilities;
  }
  MatrixXd class_shares(const States& y) const override {
    constexpr double kNoiseless = 40;  // the other states weigh e^{-80} per spin
    return mix(y, VectorXd::Constant(y.cols(), kNoiseless)).probabilities;
  }
  std::vector<Index> classify(const States& y) const override {
    const MatrixXd p = class_shares(y);
    std::vector<Index> labels(static_cast<std::size_t>(y.cols()));
    for (Index k = 0; k < y.cols(); ++k) {
      const double top = p.col(k).maxCoeff(&labels[static_cast<std::size_t>(k)]);
      if ((p.col(k).array() > top - 1e-9).count() > 1) labels[static_cast<std::size_t>(k)] = -1;
    }
    return labels;
  }

  std::vector<Index> lattice() const override { return lattice_.sides; }
  std::optional<VectorXd> magnetization_law() const override {
    VectorXd law = VectorXd::Zero(dimension() + 1);
    for (Index c = 0; c < classes(); ++c) {
      const auto own = parts_[static_cast<std::size_t>(c)]->magnetization_law();
      if (!own) return std::nullopt;
      law += weights_[c] * *own;
    }
    return law;
  }
  std::optional<theory::ChainClasses> chain_classes() const override {
    const bool fields = std::ranges::any_of(laws_, [](const auto& law) { return law.field != 0; });
    const bool open = lattice_.sides.size() == 1 &&
                      static_cast<Index>(lattice_.bonds().size()) == dimension() - 1;
    if (laws_.size() != 2 || fields || !open) return std::nullopt;
    return theory::ChainClasses{.sites = static_cast<int>(dimension()),
                                .couplings = {laws_[0].coupling, laws_[1].coupling},
                                .log_odds = std::log(weights_[0] / weights_[1])};
  }
  std::string describe() const override {
    return fmt::format("mixture of {} Ising models on {}", classes(), lattice_.text());
  }
  std::size_t memory() const override {
    std::size_t bytes = sizeof *this;
    for (const auto& part : parts_) bytes += part->memory();
    return bytes;
  }

 private:
  struct Mixed {
    MatrixXd probabilities;       ///< classes x walkers
    std::vector<MatrixXd> means;  ///< of each class, d x walkers
    MatrixXd mean;
    VectorXd log_partition;
  };
  Mixed mix(const States& x, const Betas& beta) const {
    Mixed mixed{MatrixXd(classes(), x.cols()), {}, MatrixXd::Zero(x.rows(), x.cols()), {}};
    for (Index c = 0; c < classes(); ++c) {
      Averages part = parts_[static_cast<std::size_t>(c)]->averages(x, beta);
      mixed.probabilities.row(c) = part.log_partition.transpose().array() + std::log(weights_[c]);
      mixed.means.push_back(std::move(part.mean));
    }
    const Eigen::RowVectorXd top = mixed.probabilities.colwise().maxCoeff();
    mixed.probabilities = (mixed.probabilities.rowwise() - top).array().exp();
    const Eigen::RowVectorXd sum = mixed.probabilities.colwise().sum();
    mixed.log_partition = (top.array() + sum.array().log()).matrix().transpose();
    for (Index c = 0; c < classes(); ++c) {
      mixed.probabilities.row(c).array() /= sum.array();
      mixed.mean +=
          mixed.means[static_cast<std::size_t>(c)] * mixed.probabilities.row(c).asDiagonal();
    }
    return mixed;
  }

  Lattice lattice_;
  std::vector<std::shared_ptr<const SpinTarget>> parts_;
  VectorXd weights_;
  std::vector<IsingClass> laws_;
  bool even_ = true;
};

std::shared_ptr<const Target> make_ising_mixture(const deck::Parameters& parameters,
                                                 const random::Address&) {
  const std::vector<double>&couplings = parameters.reals("target.couplings"),
        &fields = parameters.reals("target.fields"), &weights = parameters.reals("target.weights");
  const std::size_t count = std::max(couplings.size(), fields.size());
  const auto of = [&](const std::vector<double>& values, const std::string& name, double fallback,
                      std::size_t c) {
    if (values.empty()) return fallback;
    if (values.size() == 1) return values[0];
    if (values.size() != count) {
      throw deck::KeyError("target." + name, "{} values for {} classes", values.size(), count);
    }
    return values[c];
  };
  std::vector<IsingClass> classes;
  for (std::size_t c = 0; c < count; ++c) {
    classes.push_back({.coupling = of(couplings, "couplings", 0, c),
                       .field = of(fields, "fields", 0, c),
                       .weight = of(weights, "weights", 1, c)});
  }
  return std::make_shared<IsingMixture>(lattice_of(parameters), classes);
}

}  // namespace

TargetKind ising_mixture() {
  return {.name = "ising_mixture",
          .text =
              "mixture of Ising models on one lattice or chain: classes that differ in field or "
              "coupling, summed exactly",
          .keys = deck::joined(
              {lattice_keys(),
               {deck::list_of(deck::real_key("target", "couplings", deck::required,
                                             "K = J/T of each class; one value: of all classes",
                                             -20, 20)),
                deck::list_of(deck::real_key("target", "fields", "0",
                                             "field/T of each class; one value: of all classes",
                                             -1e3, 1e3)),
                deck::list_of(deck::positive_key("target", "weights", "",
                                                 "weight of each class; default: equal"))}}),
          .make = make_ising_mixture,
          .provides = plus({Part::spin_law, Part::lattice})};
}

}  // namespace symbreak::target
